import type {
  CallerPanelResponse,
  CallerVerdict,
  CorrectCallerResponse,
  ForgetCallerResponse,
  PendingSavesCount,
} from '../../../src/flex-contract.ts'
import { viewFromAttributes } from './from-attributes.ts'
import { viewFromResponse } from './from-response.ts'
import type { Asked, AskFailure, FunctionsClient } from './functions-client.ts'
import { attributesAfter } from './task-change.ts'
import type { TaskChange } from './task-change.ts'
import { unlinked } from './view.ts'
import type { CallerView } from './view.ts'

/** The part of a Flex task that the panel is about. */
export interface TaskFacts {
  readonly taskSid: string
  readonly attributes: unknown
}

/** What an agent's action came to, said once under the buttons. */
export type ActionNote =
  | { readonly kind: 'confirmed' | 'unlinked' | 'undone' | 'busy' | 'copied' | 'copy_failed' }
  | {
      readonly kind: 'forgotten'
      readonly entries: number
      /** When it was, ISO-8601. */
      readonly at: string
      /** Whether every session and waiting save was looked at. */
      readonly complete: boolean
    }
  | { readonly kind: 'failed'; readonly failure: AskFailure; readonly code: string }

/** Everything that the panel of one task shows. */
export interface CallerState {
  readonly view: CallerView
  /** `loaded` also while it is loaded again: what is shown stays. */
  readonly live: 'loading' | 'loaded' | AskFailure
  readonly mayForget: boolean
  /** What waits on the server. */
  readonly pendingSaves: PendingSavesCount | undefined
  /** With this the last correction can be undone. */
  readonly correctionId: string | undefined
  readonly note: ActionNote | undefined
}

/** The callers of all tasks on this desktop. */
export interface CallerContexts {
  /** The state of a task, from its attributes until more is known. The same object until something changes. */
  readonly read: (task: TaskFacts) => CallerState
  readonly subscribe: (listener: () => void) => () => void
  /** Loads what the Functions know. An answer that comes after a newer question is dropped. */
  readonly load: (task: TaskFacts) => Promise<void>
  readonly correct: (task: TaskFacts, verdict: CallerVerdict, customerRef?: string) => Promise<void>
  readonly forget: (task: TaskFacts) => Promise<void>
  /** Says something under the buttons. */
  readonly note: (task: TaskFacts, note: ActionNote) => void
  /** Drops what is known of a task that is over. */
  readonly release: (taskSid: string) => void
}

/** What the store is made of. */
export interface CallerContextsOptions {
  readonly client: FunctionsClient
  /** Told what the task has to carry since an agent corrected it: other panels and a lost session read that. */
  readonly onCorrected: (taskSid: string, change: TaskChange) => void
}

interface Held {
  readonly attributes: unknown
  readonly response: CallerPanelResponse | undefined
  /** Said by the agent, and not yet by an answer: what is known is somebody else's. */
  readonly isUnlinked: boolean
  /** Counts questions, so that a late answer is known as late. */
  readonly asked: number
  readonly state: CallerState
}

/** Creates the store of callers. It knows neither Flex nor React. */
export function createCallerContexts({ client, onCorrected }: CallerContextsOptions): CallerContexts {
  const held = new Map<string, Held>()
  const listeners = new Set<() => void>()

  const of = (task: TaskFacts): Held => {
    const known = held.get(task.taskSid)
    if (known && known.attributes === task.attributes) return known
    const next = redrawn({ ...(known ?? UNTOLD), attributes: task.attributes })
    // While React draws, nobody is to be told: whoever reads has the newest already.
    held.set(task.taskSid, next)
    return next
  }
  const change = (
    taskSid: string,
    part: Partial<Omit<Held, 'state'>>,
    state: Partial<CallerState> = {},
  ): void => {
    const current = held.get(taskSid)
    if (!current) return
    held.set(taskSid, redrawn({ ...current, ...part, state: { ...current.state, ...state } }))
    for (const listener of listeners) listener()
  }
  const fail = (taskSid: string, { failure, code }: Extract<Asked<unknown>, { failure: AskFailure }>): void =>
    change(taskSid, { isUnlinked: false }, { note: { kind: 'failed', failure, code } })

  const load = async (task: TaskFacts): Promise<void> => {
    const { taskSid } = task
    const { state, response, asked } = of(task)
    const { callSid } = state.view
    if (callSid === undefined) return change(taskSid, {}, { live: 'refused' })
    change(taskSid, { asked: asked + 1 }, { live: response ? state.live : 'loading' })
    const result = await client.ask<CallerPanelResponse>('caller-context', { call_sid: callSid })
    if (held.get(taskSid)?.asked !== asked + 1) return undefined
    if ('failure' in result) return change(taskSid, {}, { live: result.failure })
    return takeAnswer(taskSid, result.answer)
  }
  const takeAnswer = (taskSid: string, answer: CallerPanelResponse): void => {
    try {
      change(
        taskSid,
        { response: answer, isUnlinked: false },
        {
          live: answer.customer_state === 'unavailable' ? 'unavailable' : 'loaded',
          mayForget: answer.may_forget,
          pendingSaves: answer.pending_saves ?? undefined,
          correctionId: answer.correction?.correction_id ?? undefined,
        },
      )
    } catch {
      // Functions of another version answer in another form. What the task carries is still shown.
      change(taskSid, {}, { live: 'refused' })
    }
  }
  /** Tells the task what is true now. Without an answer it still must not name the person from before. */
  const reload = async (
    task: TaskFacts,
    verdict: CallerVerdict | 'forget',
    customerRef: string | null,
  ): Promise<void> => {
    const before = held.get(task.taskSid)?.response
    await load(task)
    const after = held.get(task.taskSid)?.response
    const taskChange = attributesAfter(verdict, after === before ? undefined : after, customerRef)
    if (taskChange) onCorrected(task.taskSid, taskChange)
  }

  const correct: CallerContexts['correct'] = async (task, verdict, customerRef) => {
    const { taskSid } = task
    const { view, correctionId, note } = of(task).state
    if (note?.kind === 'busy') return
    if (view.callSid === undefined) return fail(taskSid, NO_CALL)
    // The wrong person's life is off the screen before anybody has answered.
    change(taskSid, { isUnlinked: verdict === 'wrong_person' }, { note: { kind: 'busy' } })
    const result = await client.ask<CorrectCallerResponse>('correct-caller', {
      call_sid: view.callSid,
      verdict,
      ...(customerRef !== undefined && { customer_ref: customerRef }),
      ...(verdict === 'undo' && correctionId !== undefined && { correction_id: correctionId }),
    })
    if ('failure' in result) return fail(taskSid, result)
    change(taskSid, {}, { correctionId: result.answer.correction_id ?? undefined, note: NOTES[verdict] })
    await reload(task, verdict, result.answer.customer_ref)
  }

  const forget: CallerContexts['forget'] = async (task) => {
    const { taskSid } = task
    const { view, note } = of(task).state
    if (note?.kind === 'busy') return
    if (view.callSid === undefined) return fail(taskSid, NO_CALL)
    change(taskSid, {}, { note: { kind: 'busy' } })
    const fields = { call_sid: view.callSid, verdict: 'forget' }
    const result = await client.ask<ForgetCallerResponse>('correct-caller', fields)
    if ('failure' in result) return fail(taskSid, result)
    const { receipt, complete } = result.answer
    const entries = Object.values(receipt.counts).reduce((sum, count) => sum + count, 0)
    const done = { kind: 'forgotten', entries, at: receipt.forgotten_at, complete } as const
    change(taskSid, { isUnlinked: true }, { correctionId: undefined, note: done })
    await reload(task, 'forget', null)
  }

  return {
    read: (task) => of(task).state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    load,
    correct,
    forget,
    note: (task, note) => {
      of(task)
      change(task.taskSid, {}, { note })
    },
    release: (taskSid) => void held.delete(taskSid),
  }
}

function redrawn(held: Held): Held {
  const { attributes, response, isUnlinked, state } = held
  const carried = viewFromAttributes(attributes)
  const known = response ? viewFromResponse(carried, response) : carried
  return { ...held, state: { ...state, view: isUnlinked ? unlinked(known) : known } }
}

const UNTOLD: Held = {
  attributes: undefined,
  response: undefined,
  isUnlinked: false,
  asked: 0,
  state: {
    view: viewFromAttributes(undefined),
    live: 'loading',
    mayForget: false,
    pendingSaves: undefined,
    correctionId: undefined,
    note: undefined,
  },
}

const NO_CALL = { failure: 'refused', code: 'no_call_sid' } as const

const NOTES: Readonly<Record<CallerVerdict, ActionNote>> = {
  right_person: { kind: 'confirmed' },
  another: { kind: 'confirmed' },
  wrong_person: { kind: 'unlinked' },
  undo: { kind: 'undone' },
}
