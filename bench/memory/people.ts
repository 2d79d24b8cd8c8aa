/** The invented customers of the benchmark: as many as there are, each with a number and something remembered. */

/** The number of customer `index`, 0 to 9,999,999, under an area code that nobody has (555). */
export function numberOfCustomer(index: number): string {
  return `+1555${String(index).padStart(7, '0')}`
}

/** How many variables customer `index` has: 4.3 on average, 2 % have 20. */
export function variableCount(index: number): number {
  return index % 50 === 0 ? 20 : index % 9
}

/** Variables as an end writes them. */
export function variablesOf(index: number, count: number): Readonly<Record<string, string>> {
  const names = Array.from({ length: count }, (_, place) => `variable_${place}`)
  return Object.fromEntries(
    names.map((name) => [name, `value of ${name} for customer ${index}, lorem ipsum dolor`]),
  )
}
