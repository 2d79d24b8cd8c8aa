import type { SaveReceipt } from '../../../src/flex-contract.ts'
import type { Draft, Drafts } from './drafts.ts'
import type { FunctionsClient } from './functions-client.ts'
import type { Outbox, SaveJob, SendResult } from './outbox.ts'
import type { Disposition } from './settings.ts'
import { prefilledDraft, saveFields, withCopilotNotes } from './wrap-up.ts'
import type { CopilotNotes } from './wrap-up.ts'

/** The part of a task that its wrap-up is about. */
export interface WrapUpTask {
  readonly taskSid: string
  readonly reservationSid: string
  readonly callSid: string
  readonly attributes: unknown
}

/** What a wrap-up came to when the task was completed. */
export type WrapUpOutcome = 'saved' | 'waits'

/** The wrap-up forms of all tasks on this desktop, and their way to the server. */
export interface WrapUps {
  /** What the form shows. The same object until something changes. */
  readonly draftOf: (task: WrapUpTask) => Draft
  readonly change: (task: WrapUpTask, draft: Draft) => void
  /** Takes over what Agent Copilot wrote, as far as the agent has not. */
  readonly takeCopilot: (task: WrapUpTask, notes: CopilotNotes) => void
  /**
   * Keeps the wrap-up and tries to send it, for two seconds at most. Never throws: the task must be completed
   * whatever becomes of the save.
   */
  readonly complete: (task: WrapUpTask) => Promise<WrapUpOutcome>
  readonly subscribe: (listener: () => void) => () => void
}

/** What the wrap-ups are made of. */
export interface WrapUpOptions {
  readonly drafts: Drafts
  readonly outbox: Outbox
  readonly dispositions: readonly Disposition[]
  /** A name that no other save has. */
  readonly newSaveId: () => string
  /** Told of every change, so that the newest draft is kept elsewhere too. */
  readonly onDraft: (task: WrapUpTask, draft: Draft) => void
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>
}

const LONGEST_WAIT_MS = 2_000

/** Creates the store of wrap-ups. It knows neither Flex nor React. */
export function createWrapUps(options: WrapUpOptions): WrapUps {
  const { drafts, outbox, dispositions, newSaveId, onDraft, pause } = options
  const shown = new Map<string, Draft>()
  const listeners = new Set<() => void>()
  const put = (task: WrapUpTask, draft: Draft): void => {
    shown.set(task.taskSid, draft)
    drafts.write(task.taskSid, draft)
    onDraft(task, draft)
    for (const listener of listeners) listener()
  }
  const draftOf = (task: WrapUpTask): Draft => {
    const known = shown.get(task.taskSid)
    if (known) return known
    const draft = drafts.read(task.taskSid) ?? prefilledDraft(task.attributes, dispositions)
    shown.set(task.taskSid, draft)
    return draft
  }
  return {
    draftOf,
    change: put,
    takeCopilot: (task, notes) => put(task, withCopilotNotes(draftOf(task), dispositions, notes)),
    complete: async (task) => {
      const place = { callSid: task.callSid, reservationSid: task.reservationSid, saveId: newSaveId() }
      outbox.add(task.taskSid, saveFields(place, draftOf(task)))
      drafts.remove(task.taskSid)
      shown.delete(task.taskSid)
      await Promise.race([outbox.flush().catch(() => undefined), pause(LONGEST_WAIT_MS)])
      return outbox.pending().some(({ taskSid }) => taskSid === task.taskSid) ? 'waits' : 'saved'
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Sends a job to `save-context`. Everything but a receipt and a refusal is tried again. */
export function createSend(client: FunctionsClient): (job: SaveJob) => Promise<SendResult> {
  return async ({ fields }) => {
    const result = await client.ask<SaveReceipt>('save-context', fields)
    if ('answer' in result) return 'saved'
    // A token that has run out is renewed; somebody who may not save today may tomorrow.
    return result.failure === 'refused' ? { refused: result.code } : 'later'
  }
}
