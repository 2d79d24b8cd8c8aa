import { randomInt } from 'node:crypto'
import type { CallerAction } from '../voice/caller.ts'

/** One call of the demo. */
export interface DemoCall {
  readonly title: string
  readonly actions: readonly CallerAction[]
}

/** Two calls by one person: the second is greeted with what the first was about. */
export const DEMO: readonly DemoCall[] = [
  {
    title: 'First call, from a number that has not called before',
    actions: [
      { kind: 'say', text: 'My refund for order 1042 has not arrived' },
      { kind: 'say', text: 'Please call me back about my refund' },
    ],
  },
  {
    title: 'Second call, from the same number',
    actions: [{ kind: 'say', text: 'Where is my refund?' }, { kind: 'hang-up' }],
  },
]

/**
 * A number that belongs to nobody, most likely one that has not called before: with an exchange of 555 the
 * numbers 0100 to 0199 are reserved for fiction in every North American area code.
 */
export function fictionalNumber(): string {
  const area = `${randomInt(2, 10)}${randomInt(2, 9)}${randomInt(0, 10)}`
  return `+1${area}55501${String(randomInt(100)).padStart(2, '0')}`
}
