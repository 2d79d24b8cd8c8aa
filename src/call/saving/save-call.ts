import { asCallerMemoryError, type CallerMemoryError } from '../../errors.ts'
import type { Clock } from '../../clock.ts'
import type { CallerMemory } from '../../memory/caller-memory.ts'
import { blankSession, type CallSession, type CallSessions, type Revision } from '../session.ts'
import { type CallSaves, NO_SAVES, type SavePart, type SaveState } from './call-saves.ts'
import { type Decision, decideSave, type Occurrence } from './decide-save.ts'
import { type Delivery, deliverRecord } from './deliver-record.ts'
import { backOffMs, type PendingSaves } from './pending-saves.ts'
import type { Who } from './record.ts'
import { keepRecord, type OpenedRecord, openRecord, type Sealer } from './seal.ts'

/** What became of an occurrence, and the faults met on the way. */
export interface SaveOutcome {
  /**
   * `pending`: kept, and tried again later. `set-aside`: kept for a person. `forgotten`: the customer is, so
   * nothing was kept. `failed`: neither saved nor kept; the same occurrence has to come again.
   */
  readonly kind: 'saved' | 'pending' | 'set-aside' | 'forgotten' | 'failed' | NonNullable<Decision['because']>
  readonly faults: readonly CallerMemoryError[]
  readonly customerRef?: string
  /** Under which name the memory has it, or will have it. */
  readonly callId?: string
}

/** What saving works with. */
export interface SavingPorts {
  readonly memory: Pick<CallerMemory, 'endCall'>
  readonly sessions: Pick<CallSessions, 'change'>
  readonly pending: Pick<PendingSaves, 'add'>
  readonly sealer: Sealer
  readonly clock: Clock
  /** From 0 to 1; spreads the attempts of many saves. */
  readonly random: () => number
}

/** What the sender of an occurrence knows of the call. */
export interface KnownOfCall {
  readonly callSid: string
  /** The calling number, E.164, where it is one. */
  readonly ani?: string
  readonly customerRef?: string
  /** Whether a call without a session is taken on trust: from Twilio yes, from a browser no. */
  readonly mayOpen: boolean
}

interface Claimed {
  readonly because?: Decision['because']
  readonly save?: { readonly part: SavePart; readonly record: OpenedRecord }
}

/**
 * Tells a call's session what happened, and saves what is to be saved. First the claim is kept in the session,
 * with the record; then the record is delivered; then the session learns that it was. Whatever breaks in
 * between, the same occurrence or a later one goes on from there, and a record is never saved twice.
 *
 * @throws CM_SESSION_UNAVAILABLE when the session cannot be reached: then nothing has happened.
 */
export async function saveOn(
  known: KnownOfCall,
  occurrence: Occurrence,
  ports: SavingPorts,
): Promise<SaveOutcome> {
  const claimed = await ports.sessions.change(known.callSid, (kept) => revise(kept, known, occurrence, ports))
  if (!claimed.save) return { kind: claimed.because ?? 'nothing-new', faults: [] }
  return deliverPart(known.callSid, claimed.save.part, claimed.save.record, ports)
}

function revise(
  kept: CallSession | undefined,
  known: KnownOfCall,
  occurrence: Occurrence,
  { sealer, clock }: SavingPorts,
): Revision<Claimed> {
  const at = clock().toISOString()
  if (!kept && !known.mayOpen) return { result: { because: 'unknown-call' } }
  const session = enriched(kept ?? blankSession(known.callSid, at), known, sealer)
  const who = whoIn(session, known, sealer)
  const { saves, save, because } = decideSave(session, occurrence, { who, at })
  if (!save) return { session: { ...session, saves }, result: { ...(because && { because }) } }
  // What was sealed into an earlier claim is delivered as it was, word for word.
  const sealed = save.part.kept?.sealed ? openRecord(save.part.kept, sealer) : undefined
  const isNew = save.part.kept === undefined
  const part = { ...save.part, kept: save.part.kept ?? keepRecord(save.record, sealer) }
  const parts = saves.parts.map((each) => (each.callId === part.callId ? part : each))
  const record = sealed ?? { record: save.record, complete: isNew }
  return { session: { ...session, saves: { ...saves, parts } }, result: { save: { part, record } } }
}

/** Adds what the sender knows of the caller and the session does not. */
function enriched(session: CallSession, { customerRef, ani }: KnownOfCall, sealer: Sealer): CallSession {
  if (session.customerRef || session.denied !== undefined) return session
  if (customerRef) return { ...session, customerRef }
  if (!ani || session.saves?.caller) return session
  const caller = sealer.seal(ani, session.callSid)
  return caller ? { ...session, saves: { ...(session.saves ?? NO_SAVES), caller } } : session
}

function whoIn(session: CallSession, { ani }: KnownOfCall, sealer: Sealer): Who | undefined {
  if (session.customerRef) return { customerRef: session.customerRef }
  // By its number the memory would find the very customer whom the caller is not.
  if (session.denied !== undefined) return undefined
  const caller = session.saves?.caller
  const number = ani ?? (caller === undefined ? undefined : sealer.open(caller, session.callSid))
  return number === undefined ? undefined : { ani: number }
}

/** Delivers a claimed part, keeps it where that fails, and notes in the session what became of it. */
export async function deliverPart(
  callSid: string,
  part: SavePart,
  record: OpenedRecord,
  ports: SavingPorts,
): Promise<SaveOutcome> {
  const delivery = await deliverRecord(record, ports.memory)
  const settled = await settle(part, record, delivery, ports)
  if (settled.state === undefined) return settled.outcome
  const noted = await notePart(callSid, part.callId, settled.state, delivery, ports)
  return { ...settled.outcome, faults: [...settled.outcome.faults, ...noted] }
}

interface Settled {
  readonly outcome: SaveOutcome
  /** Undefined: the claim stays as it is. */
  readonly state?: SaveState
}

async function settle(
  part: SavePart,
  record: OpenedRecord,
  delivery: Delivery,
  ports: SavingPorts,
): Promise<Settled> {
  const { callId } = part
  switch (delivery.kind) {
    case 'landed': {
      const customerRef = delivery.customerRef ?? record.record.customerRef
      return {
        outcome: { kind: 'saved', faults: [], callId, ...(customerRef && { customerRef }) },
        state: 'landed',
      }
    }
    case 'forgotten':
      return { outcome: { kind: 'forgotten', faults: [delivery.fault] }, state: 'refused' }
    case 'refused':
    case 'deferred':
      return keepPending(record, delivery, ports)
  }
}

async function keepPending(
  { record }: OpenedRecord,
  { kind, fault }: Extract<Delivery, { kind: 'refused' | 'deferred' }>,
  { pending, sealer, clock, random }: SavingPorts,
): Promise<Settled> {
  const kept = keepRecord(record, sealer)
  // Without a customer and without a key nothing could be found in it again.
  if (!kept.sealed && !kept.customer_ref) return { outcome: { kind: 'failed', faults: [fault] } }
  const now = clock()
  try {
    await pending.add({
      ...kept,
      kept_at: now.toISOString(),
      attempts: 1,
      next_attempt_at: new Date(now.getTime() + backOffMs(1, random())).toISOString(),
      reason: fault.code,
      ...(kind === 'refused' && { set_aside: true }),
    })
  } catch (error) {
    return { outcome: { kind: 'failed', faults: [fault, asCallerMemoryError(error)] } }
  }
  const state = kind === 'refused' ? 'refused' : 'pending'
  const outcome = kind === 'refused' ? 'set-aside' : 'pending'
  return { outcome: { kind: outcome, faults: [fault], callId: record.callSid }, state }
}

/** Notes in the session what became of a part. Its failure does no harm: a repetition replays the save. */
export async function notePart(
  callSid: string,
  callId: string,
  state: SaveState,
  delivery: Delivery,
  { sessions }: Pick<SavingPorts, 'sessions'>,
): Promise<readonly CallerMemoryError[]> {
  const customerRef = delivery.kind === 'landed' ? delivery.customerRef : undefined
  try {
    await sessions.change(callSid, (kept) => {
      if (!kept?.saves) return { result: undefined }
      const saves = withState(kept.saves, callId, state)
      const saved = saves.parts[0]?.state === 'landed'
      const named = kept.customerRef === undefined && customerRef ? { customerRef } : {}
      return { session: { ...kept, ...named, saved, saves }, result: undefined }
    })
    return []
  } catch (error) {
    return [asCallerMemoryError(error)]
  }
}

function withState(saves: CallSaves, callId: string, state: SaveState): CallSaves {
  const parts = saves.parts.map((part) => {
    if (part.callId !== callId || part.state === 'landed') return part
    const { kept: _, ...rest } = part
    return { ...rest, state }
  })
  return { ...saves, parts }
}
