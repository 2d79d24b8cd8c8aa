import { levelOf } from '../caller/confidence.ts'
import type {
  CallerContextAnswer,
  CallerTask,
  ConfirmCallerAnswer,
  OpenIntent,
  Variable,
} from '../contract.ts'
import { blankSession, type CallSession } from '../call/session.ts'
import type { CallerContext } from '../memory/caller-memory.ts'
import { BUILT_IN_CALL_FLOW } from '../voice/built-in-call-flow.ts'
import type { CallFlow } from '../voice/call-flow.ts'
import { standingOf } from '../voice/route-call.ts'
import { callerTask } from './caller-task.ts'

/** What an answer to a Studio flow is made from. */
export interface AnswerParts {
  readonly session: CallSession
  /** Absent when the memory named nobody, or the caller is somebody else. */
  readonly context?: CallerContext | undefined
  /** The calling number as it came in the webhook. */
  readonly from: string
  readonly greeting: readonly string[]
  readonly prompt: string
  readonly intent?: string | undefined
  readonly said?: string | undefined
  readonly flow: CallFlow
}

// Together with the task below 4,000 bytes, whatever the alphabet. Texts inside JSON count with their escapes.
const MAX_GREETING_BYTES = 600
const MAX_PROMPT_BYTES = 300
const MAX_VARIABLES_BYTES = 800
const MAX_INTENTS_BYTES = 400

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
  session: blankSession('', ''),
  flow: BUILT_IN_CALL_FLOW,
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

/** What the task is made from: of a caller who is somebody else, nothing that is known. */
function taskOf({ session, context, from, intent, said, flow }: AnswerParts): CallerTask {
  const { customerRef: _, known, ...bare } = session
  const caller: CallSession = {
    ...bare,
    ...(context && { customerRef: context.customerRef }),
    ...(context && known && { known }),
    ...(intent !== undefined && { intent }),
    ...(said !== undefined && { said }),
  }
  const { openIntents = [], variables = {} } = caller.known ?? {}
  const standing = standingOf(flow, { openIntents, variables, ...(intent !== undefined && { intent }) })
  return callerTask({ session: caller, standing, from, spoken: flow.spokenVariables, madeBy: 'studio' })
}

const bareIntent = ({ intent, status, attempt_count }: OpenIntent): OpenIntent => ({
  intent,
  status,
  attempt_count,
})

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
