import type { IntentStatus } from '../../contract.ts'
import type { CallRecord } from '../../memory/caller-memory.ts'
import type { CallSession } from '../session.ts'
import type { SavePart, ToldIntent } from './call-saves.ts'
import type { WrapUp } from './wrap-up.ts'

/** What the call was about when nobody said. It is not kept open: there is nothing to go on with. */
export const UNNAMED_INTENT = 'general_inquiry'

/** Name of the remembered variable that holds the caller's own words of the latest call. */
export const LAST_ISSUE = 'last_issue'

/** Whose call it is: the customer that the memory named or, without one, the number. */
export type Who = { readonly customerRef: string } | { readonly ani: string }

/**
 * The final record of a call: what it was about, and what the agent left, if one took it.
 *
 * The same call gives the same record every time, so that a repetition replays the save instead of
 * contradicting it.
 */
export function finalRecord(session: CallSession, who: Who, wrapUp: WrapUp): CallRecord {
  const intent = wrapUp.intent ?? session.intent ?? UNNAMED_INTENT
  // Nobody said that the matter is dealt with: it stays open for the next call, if there is one at all.
  const named = wrapUp.intent ?? session.intent ?? session.said
  return {
    callSid: session.callSid,
    ...who,
    intent,
    intentStatus: wrapUp.intentStatus ?? (named ? 'open' : 'abandoned'),
    variables: { ...callVariables(session), ...agentVariables(wrapUp, 1, () => false) },
  }
}

/** What an addition to a call rests on. */
export interface AdditionBasis {
  readonly callId: string
  /** 1 for the first agent of the call. */
  readonly agentNumber: number
  /** What was saved before. */
  readonly parts: readonly SavePart[]
  /** Whose words these are. */
  readonly by: string
}

/**
 * What an agent adds to a call that is saved already; undefined when there is nothing to add. An intent that
 * an earlier part told is not told again, for the memory would count another attempt. The words of the
 * second agent stand beside those of the first, under names with `_2`.
 */
export function additionRecord(
  session: CallSession,
  who: Who,
  wrapUp: WrapUp,
  { callId, agentNumber, parts, by }: AdditionBasis,
): CallRecord | undefined {
  const taken = (name: string): boolean => parts.some((part) => part.by !== by && part.names.includes(name))
  const variables = agentVariables(wrapUp, agentNumber, taken)
  const intent = addedIntent(session, wrapUp, parts)
  if (!intent && Object.keys(variables).length === 0) return undefined
  return { callSid: callId, ...who, ...intent, variables }
}

/** What a record tells about intents. */
export function toldBy({ intent, intentStatus }: CallRecord): ToldIntent {
  return { ...(intent && { intent }), ...(intentStatus && { status: intentStatus }) }
}

function addedIntent(
  session: CallSession,
  wrapUp: WrapUp,
  parts: readonly SavePart[],
): { readonly intent: string; readonly intentStatus: IntentStatus } | undefined {
  if (!wrapUp.intent && !wrapUp.intentStatus) return undefined
  const latest = parts.findLast(({ told }) => told.intent !== undefined)?.told
  const intent = wrapUp.intent ?? latest?.intent ?? session.intent
  if (intent === undefined) return undefined
  const earlier = parts.findLast(({ told }) => told.intent === intent)?.told.status
  const intentStatus = wrapUp.intentStatus ?? earlier ?? 'open'
  return earlier === intentStatus ? undefined : { intent, intentStatus }
}

function callVariables({
  startedAt,
  said,
  language,
  languageChosen,
  voicemailSid,
  saves,
}: CallSession): Record<string, string> {
  const seconds = saves?.durationSeconds
  return {
    ...(seconds !== undefined && { call_duration_seconds: String(seconds) }),
    call_date: startedAt,
    ...(said && { [LAST_ISSUE]: said }),
    ...(languageChosen && language && { language }),
    ...(voicemailSid && { voicemail_sid: voicemailSid }),
  }
}

function agentVariables(
  { notes, disposition, variables }: WrapUp,
  agentNumber: number,
  taken: (name: string) => boolean,
): Record<string, string> {
  const suffix = agentNumber > 1 ? `_${agentNumber}` : ''
  const own = Object.entries(variables ?? {}).map(([name, value]) => [
    taken(name) ? `${name}${suffix || '_2'}` : name,
    value,
  ])
  return {
    ...Object.fromEntries(own),
    ...(notes && { [`agent_notes${suffix}`]: notes }),
    ...(disposition && { [`disposition${suffix}`]: disposition }),
  }
}
