import type { Ani } from '../caller/ani.ts'
import type { Attestation } from '../caller/attestation.ts'
import { gradeTier, type TierThresholds } from '../caller/tier.ts'
import type { Clock } from '../clock.ts'
import { asCallerMemoryError, type CallerMemoryError } from '../errors.ts'
import type { CallerContext, CallerMemory } from '../memory/caller-memory.ts'
import type { CallSession } from './session.ts'

/** A call as its first webhook describes it. */
export interface InboundCall {
  readonly callSid: string
  readonly ani: Ani
  /** The number dialled, E.164, where it is one. */
  readonly dnis?: string
  readonly attestation: Attestation
}

/** A call that has begun: its session, what is known of the caller, and what went wrong on the way. */
export interface BegunCall {
  readonly session: CallSession
  readonly context?: CallerContext
  readonly fault?: CallerMemoryError
}

export interface BeginCallOptions {
  readonly memory: Pick<CallerMemory, 'startCall'>
  readonly clock: Clock
  readonly thresholds: TierThresholds
}

/**
 * Identifies the caller. Never throws: without the memory the call goes on as one from a new caller whose
 * session says that the memory was unavailable. A withheld caller is never looked up.
 */
export async function beginCall(call: InboundCall, options: BeginCallOptions): Promise<BegunCall> {
  const { callSid, ani, dnis, attestation } = call
  const opened = { callSid, startedAt: options.clock().toISOString(), saved: false } as const
  if (ani.kind !== 'number') return { session: { ...opened, tier: 'new', memory: 'not_asked' } }
  try {
    const context = await options.memory.startCall({ callSid, ani: ani.e164, ...(dnis && { dnis }) })
    const tier = gradeTier(context.identity.confidence, attestation, options.thresholds)
    const { customerRef } = context
    return { session: { ...opened, tier, memory: 'available', customerRef }, context }
  } catch (error) {
    const fault = asCallerMemoryError(error)
    return { session: { ...opened, tier: 'new', memory: 'unavailable' }, fault }
  }
}
