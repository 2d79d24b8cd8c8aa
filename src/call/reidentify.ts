import { gradeTier, type TierThresholds } from '../caller/tier.ts'
import type { CallerMemory } from '../memory/caller-memory.ts'
import { knownCallerOf } from './known-caller.ts'
import type { CallSession } from './session.ts'

/** Whose account it is, as far as the memory knows. */
export type Reidentified =
  /** The account belongs to somebody who has called from this number before. */
  | { readonly kind: 'account-known'; readonly change: Partial<CallSession> }
  /** Nobody had the account so far; the number's caller has it now. */
  | { readonly kind: 'account-new'; readonly change: Partial<CallSession> }
  /** The account belongs to somebody who never called from this number. */
  | { readonly kind: 'number-not-on-file' }

export interface ReidentifyOptions {
  readonly memory: Pick<CallerMemory, 'startCall'>
  readonly thresholds: TierThresholds
  readonly firstVariables: readonly string[]
  /** Name under which the memory knows account numbers. */
  readonly namespace: string
}

// A start is idempotent by its id, and this one has other hints than the first: it needs an id of its own, the same
// one for a repeated webhook.
const secondId = (callSid: string): string => `${callSid}-account`

/**
 * Identifies a caller again, by number and account number. The call stays one call: it is saved under its CallSid for
 * the customer who was found now.
 *
 * @throws CM_MEMORY_UNAVAILABLE and the other faults of the memory.
 */
export async function reidentify(
  { callSid }: Pick<CallSession, 'callSid'>,
  { e164, account }: { readonly e164: string; readonly account: string },
  { memory, thresholds, firstVariables, namespace }: ReidentifyOptions,
): Promise<Reidentified> {
  const externalIds = { [namespace]: account }
  const context = await memory.startCall({ callSid: secondId(callSid), ani: e164, externalIds })
  const { sources, confidence } = context.identity
  const knowsNumber = sources.some((source) => source.startsWith('ani:'))
  const knowsAccount = sources.some((source) => source.startsWith('external_id'))
  if (knowsAccount && !knowsNumber) return { kind: 'number-not-on-file' }
  // The code has just proved that the caller has the number, so what the network says of it counts no more.
  const tier = gradeTier(confidence, { level: 'absent', diverted: false }, thresholds)
  const known = knownCallerOf(context, firstVariables)
  const change = { customerRef: context.customerRef, tier, known, memory: 'available' } as const
  return { kind: knowsAccount ? 'account-known' : 'account-new', change }
}
