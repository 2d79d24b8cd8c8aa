import type { IntentStatus } from '../../../src/contract.ts'

/** Why the customer called, and how that ended. */
export interface IntentWrite {
  readonly intent: string
  readonly status: IntentStatus
}

/** How long the label of an intent may be, in characters. */
export const MAX_INTENT_LENGTH = 128
