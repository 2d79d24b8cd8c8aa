import { levelOf } from '../caller/confidence.ts'
import type {
  CallerContextAnswer,
  CallerTask,
  ConfirmCallerAnswer,
  OpenIntent,
  Tier,
  Variable,
} from '../contract.ts'
import type { CallSession } from '../call/session.ts'
import type { CallerContext } from '../memory/caller-memory.ts'

/** What an answer to a Studio flow is made from. */
export interface AnswerParts {
  readonly session: Pick<CallSession, 'startedAt' | 'tier' | 'memory'>
  /** Absent when the memory named nobody, or the caller is somebody else. */
  readonly context?: CallerContext | undefined
  /** The calling number as it came in the webhook. */
  readonly from: string
  readonly greeting: readonly string[]
  readonly prompt: string
  readonly intent?: string | undefined
  readonly said?: string | undefined
}

// Together below 4,000 bytes, whatever the alphabet. Texts inside JSON count with their escapes.
const MAX_GREETING_BYTES = 600
const MAX_PROMPT_BYTES = 300
const MAX_TASK_LENGTH = 1_000
const MAX_TASK_BYTES = 1_200
const MAX_VARIABLES_BYTES = 800
const MAX_INTENTS_BYTES = 400
const MAX_REASON = 160
const MAX_NAME = 64

/** Builds the answer of `get-caller-context`: bounded, flat, and safe to put into any Studio widget. */
export function callerContextAnswer(parts: AnswerParts): CallerContextAnswer {
  const { session, context, greeting, prompt } = parts
  const { variables = {}, openIntents = [] } = context ?? {}
  return {
    tier: session.tier,
    memory: session.memory,
    greeting: spokenText(greeting, MAX_GREETING_BYTES),
    confirm_prompt: spokenText([prompt], MAX_PROMPT_BYTES),
    task: taskOf(parts),
    ...identityOf(context),
    variables: variablesText(variables),
    open_intents: intentsText(openIntents),
    call_start: session.startedAt,
  }
}

/** The answer of `confirm-caller`. */
export function confirmCallerAnswer(
  parts: AnswerParts,
  confirmed: ConfirmCallerAnswer['confirmed'],
): ConfirmCallerAnswer {
  return { ...callerContextAnswer(parts), confirmed }
}

/** What is answered when nothing could be found out: a caller we do not know, and why. */
export const NOTHING_KNOWN: AnswerParts = {
  session: { startedAt: '', tier: 'new', memory: 'unavailable' },
  from: '',
  greeting: [],
  prompt: '',
}

type FlatIdentity = Pick<CallerTask, 'customer_ref' | 'identity_confidence' | 'identity_level'>

function identityOf(context: CallerContext | undefined): FlatIdentity {
  const confidence = context?.identity.confidence ?? 0
  return {
    customer_ref: context?.customerRef ?? '',
    identity_confidence: confidence,
    identity_level: context ? levelOf(confidence) : 'none',
  }
}

/** Whole sentences as far as they fit, without a character that SSML or Liquid could read as its own. */
function spokenText(sentences: readonly string[], maxBytes: number): string {
  const plain = sentences.map((sentence) =>
    sentence
      .replace(/[\p{C}<>{}\\|"]/gu, ' ')
      .replace(/&/g, ' and ')
      .replace(/\s+/g, ' ')
      .trim(),
  )
  return longestFitting(plain, (kept) => Buffer.byteLength(kept.join(' ')) <= maxBytes).join(' ')
}

/** TWILIO: `call_sid`, `from` and `to` are added to a call's task by Twilio and must not be sent (read 2026-11). */
function taskOf(parts: AnswerParts): CallerTask {
  const { session, context, from, intent, said } = parts
  const reason = said === undefined ? undefined : wellFormed(said, MAX_REASON)
  const base: CallerTask = {
    type: 'inbound',
    name: wellFormed(from, MAX_NAME),
    tier: session.tier,
    memory: session.memory,
    ...identityOf(context),
    call_start: session.startedAt,
    open_intents: '[]',
    variables: '{}',
    ...(intent !== undefined && { intent: wellFormed(intent, 60) }),
    ...(reason && { reason }),
  }
  return fillTask(base, context, session.tier)
}

/** Adds open intents, then variables, as far as they fit. */
function fillTask(base: CallerTask, context: CallerContext | undefined, tier: Tier): CallerTask {
  if (!context || tier === 'new') return base
  const intents = longestFitting(context.openIntents.slice(0, 5), (kept) =>
    fits({ ...base, open_intents: JSON.stringify(kept.map(bareIntent)) }),
  )
  const withIntents = { ...base, open_intents: JSON.stringify(intents.map(bareIntent)) }
  const variables = longestFitting(Object.entries(context.variables), (kept) =>
    fits({ ...withIntents, variables: JSON.stringify(bareVariables(kept)) }),
  )
  return { ...withIntents, variables: JSON.stringify(bareVariables(variables)) }
}

const bareIntent = ({ intent, status, attempt_count }: OpenIntent): OpenIntent => ({
  intent,
  status,
  attempt_count,
})

// Without source and time to live: an agent reads what, not until when.
const bareVariables = (entries: readonly VariableEntry[]): Record<string, string> =>
  Object.fromEntries(entries.map(([name, { value }]) => [name, value]))

function fits(task: CallerTask): boolean {
  const text = JSON.stringify(task)
  return text.length <= MAX_TASK_LENGTH && Buffer.byteLength(text) <= MAX_TASK_BYTES
}

type VariableEntry = readonly [string, Variable]

const objectText = (entries: readonly VariableEntry[]): string => JSON.stringify(Object.fromEntries(entries))

function variablesText(variables: Readonly<Record<string, Variable>>): string {
  const isShort = (kept: readonly VariableEntry[]): boolean =>
    bytesInJson(objectText(kept)) <= MAX_VARIABLES_BYTES
  return objectText(longestFitting(Object.entries(variables), isShort))
}

function intentsText(intents: readonly OpenIntent[]): string {
  const isShort = (kept: readonly OpenIntent[]): boolean =>
    bytesInJson(JSON.stringify(kept.map(bareIntent))) <= MAX_INTENTS_BYTES
  return JSON.stringify(longestFitting(intents, isShort).map(bareIntent))
}

function bytesInJson(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}

/** As many of the first items as `isShort` allows; what is too long by itself is left out. */
function longestFitting<T>(items: readonly T[], isShort: (kept: readonly T[]) => boolean): readonly T[] {
  const kept: T[] = []
  for (const item of items) if (isShort([...kept, item])) kept.push(item)
  return kept
}

// Half a character pair, cut or sent so, is no text that every JSON reader takes.
function wellFormed(text: string, maxLength: number): string {
  return text
    .slice(0, maxLength)
    .replace(/[\p{Cs}\p{Cc}]/gu, ' ')
    .trim()
}
