import type { Ani } from '../caller/ani.ts'
import { attest } from '../caller/assurance.ts'
import type { Attestation } from '../caller/attestation.ts'
import { discountReassigned } from '../caller/confidence.ts'
import { gradeTier, type TierThresholds } from '../caller/tier.ts'
import { type Clock, type Deadline, startDeadline, within } from '../clock.ts'
import type { LineType, Tier } from '../contract.ts'
import type { CallerMemoryError } from '../errors.ts'
import type { CallerContext, CallerMemory } from '../memory/caller-memory.ts'
import { askMemory } from './ask-memory.ts'
import { continueCall } from './continue-call.ts'
import type { EarlierCall } from './earlier-call.ts'
import { knownCallerOf } from './known-caller.ts'
import { NO_SAVES } from './saving/call-saves.ts'
import type { Sealer } from './saving/seal.ts'
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

/** What a look at the calling number found. */
export interface LineFacts {
  readonly lineType: LineType
  /** Whether the SIM card was exchanged lately, where that was asked. */
  readonly simSwapped?: boolean
}

export interface BeginCallOptions {
  readonly memory: Pick<CallerMemory, 'startCall'>
  readonly clock: Clock
  readonly thresholds: TierThresholds
  /** Longest that the caller waits for everything, the look at the number included. */
  readonly timeoutMs: number
  /** Variables to keep for the rest of the call before all others. */
  readonly firstVariables: readonly string[]
  /** The language that the caller is to hear, by what is remembered of it. */
  readonly languageOf: (remembered: string | undefined) => string
  /** Looks at the calling number. Absent: nobody asked for that. Never throws. */
  readonly lookUp?: (e164: string) => Promise<LineFacts | undefined>
  /** Whether a number went to somebody else since a date, ISO-8601. Absent: nobody asked for that. Never throws. */
  readonly wasReassigned?: (e164: string, since: string) => Promise<boolean | undefined>
  /** Finds the earlier call that this one goes on with. Never throws. */
  readonly findEarlier?: (e164: string, callSid: string) => Promise<EarlierCall | undefined>
  /** Keeps the number of a caller whom the memory did not name, so that the call can be saved if nobody tells more. */
  readonly sealer?: Sealer
}

// Of the time for the memory, the part that may go by before it is asked, and once more after it has answered: what
// Lookup tells is one hint of many.
const LOOK_UP_SHARE = 0.25

/**
 * Identifies the caller. Never throws: without the memory the call goes on as one from a new caller whose
 * session says that the memory was unavailable. A withheld caller is never looked up.
 */
export async function beginCall(call: InboundCall, options: BeginCallOptions): Promise<BegunCall> {
  const { callSid, ani, dnis } = call
  const opened = {
    callSid,
    startedAt: options.clock().toISOString(),
    ...networkWord(call),
    language: options.languageOf(undefined),
    saved: false,
  } as const
  if (ani.kind !== 'number') {
    return { session: { ...opened, ...graded('new', call), memory: 'not_asked' } }
  }
  const deadline = startDeadline(options.clock, options.timeoutMs)
  const searching = isOwnLine(call) ? options.findEarlier?.(ani.e164, callSid) : undefined
  const line = await lookUpInTime(ani.e164, options)
  const hints = { ani: ani.e164, ...(dnis && { dnis }), ...networkWord(call), ...lineTypeOf(line), callSid }
  const { context, fault } = await askMemory(hints, deadline, options.memory)
  const reassigned = context !== undefined && (await wasReassigned(ani.e164, context, deadline, options))
  const answered = reassigned ? { ...context, identity: discountReassigned(context.identity) } : context
  const earlier = line?.simSwapped || reassigned ? undefined : await searching
  const found = { answered, earlier, line }
  const facts = { ...opened, ...sessionFacts(line), ...(reassigned && { reassigned }) }
  return { ...describe(found, facts, call, options), ...(fault && { fault }) }
}

/**
 * Whether the number went to somebody else since the customer called. The caller is waiting, so that it is asked only
 * of a caller who would be greeted as a customer, and for what is left of the same share of time.
 */
async function wasReassigned(
  e164: string,
  { identity, variables }: CallerContext,
  deadline: Deadline,
  { wasReassigned: ask, timeoutMs, thresholds }: BeginCallOptions,
): Promise<boolean> {
  const since = variables['call_date']?.value
  if (!ask || since === undefined || identity.confidence < thresholds.possible) return false
  const patienceMs = Math.min(deadline.remainingMs(), timeoutMs * LOOK_UP_SHARE)
  return (await within(patienceMs, ask(e164, since), () => undefined)) ?? false
}

function lineTypeOf(line: LineFacts | undefined): Pick<LineFacts, 'lineType'> | undefined {
  return line && { lineType: line.lineType }
}

function sessionFacts(line: LineFacts | undefined): Pick<CallSession, 'lineType' | 'simSwapped'> {
  return { ...lineTypeOf(line), ...(line?.simSwapped && { simSwapped: true }) }
}

/**
 * Whether the number can stand for a person: nobody forwarded the call, and the network does not disown the number.
 */
export function isOwnLine({ ani, attestation }: InboundCall): boolean {
  return ani.kind === 'number' && !attestation.diverted && attestation.level !== 'failed'
}

/** What was found out about the caller. */
interface Found {
  readonly answered: CallerContext | undefined
  readonly earlier: EarlierCall | undefined
  readonly line: LineFacts | undefined
}

/**
 * Puts together what the memory and an earlier call say. Only what the memory says can skip verification: an earlier
 * call alone gives no assurance.
 */
function describe(
  { answered, earlier, line }: Found,
  opened: Pick<CallSession, 'callSid' | 'startedAt' | 'saved'>,
  call: InboundCall,
  options: BeginCallOptions,
): BegunCall {
  const lineType = line?.lineType ?? 'unknown'
  const continued = earlier && continueCall({ earlier, context: answered, lineType, now: options.clock() })
  const context = continued ?? answered
  const memory = answered ? ('available' as const) : ('unavailable' as const)
  if (!context) {
    return { session: { ...opened, ...graded('new', call, line), ...sealedNumber(call, options), memory } }
  }
  const tier = gradeTier(context.identity.confidence, call.attestation, options.thresholds)
  const isKnown = answered !== undefined && answered.identity.confidence > 0
  const session: CallSession = {
    ...opened,
    ...graded(isKnown ? tier : 'new', call, line),
    tier,
    memory,
    language: options.languageOf(context.variables['language']?.value),
    ...whoOf(context, call, options),
    known: knownCallerOf(context, options.firstVariables),
    ...(continued && earlier && { continues: earlier }),
  }
  return { session, context }
}

function whoOf(
  { customerRef, candidates }: CallerContext,
  call: InboundCall,
  options: BeginCallOptions,
): Pick<CallSession, 'customerRef' | 'candidates' | 'saves'> {
  if (customerRef === '') return sealedNumber(call, options)
  return { customerRef, ...(candidates && { candidates }) }
}

/** The number, for a save in case that nobody tells of the call's end. Nothing without a key. */
function sealedNumber(
  { ani, callSid }: InboundCall,
  { sealer }: BeginCallOptions,
): Pick<CallSession, 'saves'> {
  const caller = ani.kind === 'number' ? sealer?.seal(ani.e164, callSid) : undefined
  return caller ? { saves: { ...NO_SAVES, caller } } : {}
}

/** The tier, and what the network's word is worth. Somebody else may hold a number with a new SIM card. */
function graded(
  tier: Tier,
  { attestation }: InboundCall,
  line?: LineFacts,
): Pick<CallSession, 'tier' | 'assurance'> {
  const trusted: Attestation = line?.simSwapped ? { ...attestation, level: 'absent' } : attestation
  return { tier, assurance: attest(tier, trusted) }
}

/** What the network says of the number, for the agent who asks why. */
function networkWord({
  ani,
  attestation: { level, diverted },
}: InboundCall): Pick<CallSession, 'attestation' | 'forwarded'> {
  if (ani.kind !== 'number') return {}
  return { ...(level !== 'absent' && { attestation: level }), ...(diverted && { forwarded: true }) }
}

async function lookUpInTime(
  e164: string,
  { lookUp, timeoutMs }: BeginCallOptions,
): Promise<LineFacts | undefined> {
  return lookUp && within(timeoutMs * LOOK_UP_SHARE, lookUp(e164), () => undefined)
}
