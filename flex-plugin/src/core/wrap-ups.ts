import type { SaveReceipt, SaveReceiptStatus } from '../../../src/flex-contract.ts'
import type { Draft, Drafts } from './drafts.ts'
import type { FunctionsClient } from './functions-client.ts'
import type { Outbox, SaveJob, SendResult, Settled } from './outbox.ts'
import type { Disposition } from './settings.ts'
import { carriedDraft, prefilledDraft, saveFields, withBlanksFilled, withCopilotNotes } from './wrap-up.ts'
import type { CopilotNotes } from './wrap-up.ts'

/** The part of a task that its wrap-up is about. */
export interface WrapUpTask {
  readonly taskSid: string
  /** Whose wrap-up it is: after a transfer, each agent has their own. */
  readonly reservationSid: string
  readonly callSid: string
  readonly attributes: unknown
}

/** The wrap-up forms of all tasks on this desktop, and their way to the server. */
export interface WrapUps {
  /** What the form shows. The same object until something changes. */
  readonly draftOf: (task: WrapUpTask) => Draft
  readonly change: (task: WrapUpTask, draft: Draft) => void
  /** Takes over what Agent Copilot wrote, as far as the agent has not. */
  readonly takeCopilot: (task: WrapUpTask, notes: CopilotNotes) => void
  /**
   * Keeps the wrap-up and tries to send it, for two seconds at most. Never throws: the task must be completed
   * whatever becomes of the save. The form keeps its contents, for completing may fail too.
   */
  readonly complete: (task: WrapUpTask) => Promise<'waits' | Settled>
  /** Drops the form of a reservation that is over. */
  readonly release: (reservationSid: string) => void
  /** Reads the drafts again: another tab has changed one. */
  readonly refresh: () => void
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

interface Prefilled {
  readonly attributes: unknown
  readonly draft: Draft
}

/** Creates the store of wrap-ups. It knows neither Flex nor React. */
export function createWrapUps(options: WrapUpOptions): WrapUps {
  const { drafts, outbox, dispositions, onDraft, pause } = options
  const written = new Map<string, Draft>()
  const prefilled = new Map<string, Prefilled>()
  const nameOf = createSaveNames(options.newSaveId)
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const put = (task: WrapUpTask, draft: Draft): void => {
    written.set(task.reservationSid, draft)
    drafts.write(task.reservationSid, draft)
    onDraft(task, draft)
    tell()
  }
  const prefilledOf = ({ reservationSid, attributes }: WrapUpTask): Draft => {
    const known = prefilled.get(reservationSid)
    if (known && known.attributes === attributes) return known.draft
    const draft = carriedDraft(attributes, reservationSid) ?? prefilledDraft(attributes, dispositions)
    prefilled.set(reservationSid, { attributes, draft })
    return draft
  }
  const draftOf = (task: WrapUpTask): Draft => {
    const known = written.get(task.reservationSid)
    if (known) return known
    const kept = drafts.read(task.reservationSid)
    if (kept) written.set(task.reservationSid, kept)
    return kept ?? prefilledOf(task)
  }
  return {
    draftOf,
    change: put,
    takeCopilot: (task, notes) => put(task, withCopilotNotes(draftOf(task), dispositions, notes)),
    complete: async (task) => {
      const { reservationSid } = task
      const draft = withBlanksFilled(draftOf(task), prefilledDraft(task.attributes, dispositions))
      outbox.add(reservationSid, saveFields({ ...task, saveId: nameOf(reservationSid, draft) }, draft))
      await Promise.race([outbox.flush().catch(() => undefined), pause(LONGEST_WAIT_MS)])
      return outbox.stateOf(reservationSid)
    },
    release: (reservationSid) => {
      written.delete(reservationSid)
      prefilled.delete(reservationSid)
      drafts.remove(reservationSid)
    },
    refresh: () => {
      written.clear()
      tell()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Names saves: the same wrap-up twice is one save, because completing failed and was tried again. */
function createSaveNames(newSaveId: () => string): (reservationSid: string, draft: Draft) => string {
  const names = new Map<string, { readonly content: string; readonly saveId: string }>()
  return (reservationSid, draft) => {
    const content = JSON.stringify(draft)
    const known = names.get(reservationSid)
    if (known?.content === content) return known.saveId
    const saveId = newSaveId()
    names.set(reservationSid, { content, saveId })
    return saveId
  }
}

const RESULTS: Readonly<Record<SaveReceiptStatus, SendResult>> = {
  saved: 'saved',
  'saved-before': 'saved',
  'nothing-new': 'saved',
  pending: 'kept',
  'set-aside': 'kept',
  'not-kept': { refused: 'not-kept' },
  forgotten: { refused: 'forgotten' },
}

/** Sends a job to `save-context`. Everything but a receipt and a refusal is tried again. */
export function createSend(client: FunctionsClient): (job: SaveJob) => Promise<SendResult> {
  return async ({ fields }) => {
    const result = await client.ask<SaveReceipt>('save-context', fields)
    if ('answer' in result) return RESULTS[result.answer.status] ?? 'later'
    // A token that has run out is renewed; somebody who may not save today may tomorrow.
    return result.failure === 'refused' ? { refused: result.code } : 'later'
  }
}
