import { identifiersOf } from '../../memory-server/src/identity/identifiers.ts'
import type { Identifier } from '../../memory-server/src/identity/identifiers.ts'
import type { KeyedHash } from '../../memory-server/src/identity/keyed-hash.ts'

/** Invented customers for the benchmark: as many as there are, each with a number and something remembered. */

/** The tenant of the benchmark. */
export const TENANT = 'default'

/** How many variables an end writes. The raw statements have this many, too. */
export const VARIABLES_OF_AN_END = 5

/** The number of customer `index`, 0 to 9,999,999, under an area code that nobody has (555). */
export function numberOfCustomer(index: number): string {
  return `+1555${String(index).padStart(7, '0')}`
}

/** The number as the database knows it. */
export function identifierOfCustomer(index: number, keyedHash: KeyedHash): Identifier {
  const { number } = identifiersOf({ ani: numberOfCustomer(index), externalIds: [] }, TENANT, keyedHash)
  if (!number) throw new Error('a customer of the benchmark has no number')
  return number
}

/** How many variables customer `index` has: 4.3 on average, 2 % have 20. */
export function variableCount(index: number): number {
  return index % 50 === 0 ? 20 : index % 9
}

/** What customer `index` calls about. */
export function intentOf(index: number): string {
  return `intent_${index % 4}`
}

/** Variables as an end writes them. */
export function variablesOf(
  index: number,
  count: number,
): readonly (readonly [name: string, value: string])[] {
  return Array.from({ length: count }, (_, place) => [
    `variable_${place}`,
    `value of variable_${place} for customer ${index}, lorem ipsum dolor`,
  ])
}
