import type {
  CallerPanelResponse,
  CorrectCallerForm,
  CorrectCallerResponse,
  ForgetCallerResponse,
  PendingSavesCount,
} from '../../../src/flex-contract.ts'
import { viewFromAttributes } from './from-attributes.ts'
import { viewFromResponse } from './from-response.ts'
import type { AskFailure, FunctionsClient } from './functions-client.ts'
import type { CallerView } from './view.ts'

/** The part of a Flex task that the panel is about. */
export interface TaskFacts {
  readonly taskSid: string
  readonly attributes: unknown
}

/** What an agent's action came to, said once under the buttons. */
export type ActionNote =
  | { readonly kind: 'confirmed' | 'unlinked' | 'undone' | 'busy' }
  | { readonly kind: 'forgotten'; readonly entries: number }
  | { readonly kind: 'failed'; readonly failure: AskFailure }

/** Everything that the panel of one task shows. */
export interface CallerState {
  readonly view: CallerView
  readonly live: 'loading' | 'loaded' | AskFailure
  readonly mayForget: boolean
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
  readonly correct: (
    task: TaskFacts,
    verdict: Exclude<CorrectCallerForm['verdict'], 'forget'>,
    customerRef?: string,
  ) => Promise<void>
  readonly forget: (task: TaskFacts) => Promise<void>
  /** Drops what is known of a task that is over. */
  readonly release: (taskSid: string) => void
}

interface Held {
  readonly attributes: unknown
  readonly response: CallerPanelResponse | undefined
  readonly state: CallerState
  /** Counts questions, so that a late answer is known as late. */
  readonly asked: number
}

/** Creates the store of callers. It knows neither Flex nor React. */
export function createCallerContexts(client: FunctionsClient): CallerContexts {
  const held = new Map<string, Held>()
  const listeners = new Set<() => void>()

  const hold = (taskSid: string, next: Held): Held => {
    held.set(taskSid, next)
    for (const listener of listeners) listener()
    return next
  }
  const of = (task: TaskFacts): Held => {
    const known = held.get(task.taskSid)
    if (known && known.attributes === task.attributes) return known
    const carried = viewFromAttributes(task.attributes)
    const view = known?.response ? viewFromResponse(carried, known.response) : carried
    const next: Held = {
      attributes: task.attributes,
      response: known?.response,
      asked: known?.asked ?? 0,
      state: known ? { ...known.state, view } : { ...UNTOLD, view },
    }
    // While React draws, nobody is to be told: whoever reads has the newest already.
    held.set(task.taskSid, next)
    return next
  }
  const change = (task: TaskFacts, change_: Partial<CallerState>): void => {
    const current = of(task)
    hold(task.taskSid, { ...current, state: { ...current.state, ...change_ } })
  }

  const load = async (task: TaskFacts): Promise<void> => {
    const callSid = of(task).state.view.callSid
    if (callSid === undefined) return change(task, { live: 'refused' })
    const asked = of(task).asked + 1
    hold(task.taskSid, { ...of(task), asked, state: { ...of(task).state, live: 'loading' } })
    const result = await client.ask<CallerPanelResponse>('caller-context', { call_sid: callSid })
    const current = held.get(task.taskSid)
    if (current?.asked !== asked) return undefined
    if ('failure' in result)
      return change({ ...task, attributes: current.attributes }, { live: result.failure })
    const { answer } = result
    const view = viewFromResponse(viewFromAttributes(current.attributes), answer)
    const state: CallerState = {
      ...current.state,
      view,
      live: 'loaded',
      mayForget: answer.may_forget,
      pendingSaves: answer.pending_saves ?? undefined,
    }
    hold(task.taskSid, { ...current, response: answer, state })
    return undefined
  }

  const correct: CallerContexts['correct'] = async (task, verdict, customerRef) => {
    const { view, correctionId } = of(task).state
    if (view.callSid === undefined) return
    // The wrong person's life is off the screen before anybody has answered.
    change(task, { note: { kind: 'busy' }, ...(verdict === 'wrong_person' && { view: strangerOf(view) }) })
    const result = await client.ask<CorrectCallerResponse>('correct-caller', {
      call_sid: view.callSid,
      verdict,
      ...(customerRef !== undefined && { customer_ref: customerRef }),
      ...(verdict === 'undo' && correctionId !== undefined && { correction_id: correctionId }),
    })
    if ('failure' in result) return change(task, { view, note: { kind: 'failed', failure: result.failure } })
    change(task, { correctionId: result.answer.correction_id ?? undefined, note: NOTES[verdict] })
    await load(task)
  }

  const forget: CallerContexts['forget'] = async (task) => {
    const { callSid } = of(task).state.view
    if (callSid === undefined) return
    change(task, { note: { kind: 'busy' } })
    const fields = { call_sid: callSid, verdict: 'forget' }
    const result = await client.ask<ForgetCallerResponse>('correct-caller', fields)
    if ('failure' in result) return change(task, { note: { kind: 'failed', failure: result.failure } })
    const entries = Object.values(result.answer.receipt.counts).reduce((sum, count) => sum + count, 0)
    change(task, { correctionId: undefined, note: { kind: 'forgotten', entries } })
    await load(task)
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
    release: (taskSid) => void held.delete(taskSid),
  }
}

/** The same call, by somebody of whom nothing is known. */
function strangerOf({ phone, callSid, assurance, intent, said }: CallerView): CallerView {
  return {
    kind: 'new',
    evidence: [],
    assurance,
    openMatters: [],
    values: [],
    contacts: [],
    candidates: [],
    ...(phone !== undefined && { phone }),
    ...(callSid !== undefined && { callSid }),
    ...(intent !== undefined && { intent }),
    ...(said !== undefined && { said }),
  }
}

const UNTOLD: Omit<CallerState, 'view'> = {
  live: 'loading',
  mayForget: false,
  pendingSaves: undefined,
  correctionId: undefined,
  note: undefined,
}

const NOTES: Readonly<Record<Exclude<CorrectCallerForm['verdict'], 'forget'>, ActionNote>> = {
  right_person: { kind: 'confirmed' },
  another: { kind: 'confirmed' },
  wrong_person: { kind: 'unlinked' },
  undo: { kind: 'undone' },
}
