import type { SaveContextForm, WrapUpDraft } from '../../../src/flex-contract.ts'
import type { Draft } from './drafts.ts'
import { fieldsOf, textOf } from './loose-json.ts'
import type { Disposition } from './settings.ts'

/** What Agent Copilot wrote, as Flex tells it (`notesSubmitted`, Flex UI 2.9 and later). */
export interface CopilotNotes {
  readonly summary?: string
  readonly dispositionCode?: string
}

const MAX_NOTES = 4_000
const MAX_LABEL = 128

/** The empty form. A matter stays open until somebody says that it is settled. */
export const EMPTY_DRAFT: Draft = { disposition: '', intent: '', isResolved: false, notes: '' }

/**
 * What the form starts with: what the call was about, and what other plugins or Agent Copilot have written
 * already (`conversations.outcome` and `conversations.content`).
 */
export function prefilledDraft(
  attributes: unknown,
  dispositions: readonly Disposition[],
  copilot?: CopilotNotes,
): Draft {
  const fields = fieldsOf(attributes)
  const conversations = fieldsOf(fields['conversations'])
  const outcome = copilot?.dispositionCode ?? textOf(conversations['outcome'], MAX_LABEL)
  const disposition = dispositions.some(({ value }) => value === outcome) ? (outcome ?? '') : ''
  return {
    disposition,
    intent: textOf(fields['intent'], MAX_LABEL) ?? '',
    isResolved: disposition === 'resolved',
    notes: textOf(copilot?.summary ?? conversations['content'], MAX_NOTES) ?? '',
  }
}

/** What this agent had written when the task last carried it: the form of another browser. */
export function carriedDraft(attributes: unknown, reservationSid: string): Draft | undefined {
  const draft = fieldsOf(fieldsOf(fieldsOf(attributes)['caller_context'])['draft'])
  if (draft['reservation_sid'] !== reservationSid) return undefined
  return {
    disposition: textOf(draft['disposition'], MAX_LABEL) ?? '',
    intent: textOf(draft['intent'], MAX_LABEL) ?? '',
    isResolved: draft['intent_status'] === 'resolved',
    notes: textOf(draft['notes'], MAX_NOTES) ?? '',
  }
}

/** What the agent left empty, as other plugins have written it by now. */
export function withBlanksFilled(draft: Draft, prefilled: Draft): Draft {
  return {
    ...draft,
    disposition: draft.disposition === '' ? prefilled.disposition : draft.disposition,
    notes: draft.notes.trim() === '' ? prefilled.notes : draft.notes,
  }
}

/** Puts what Copilot wrote into a form, without writing over what the agent typed. */
export function withCopilotNotes(
  draft: Draft,
  dispositions: readonly Disposition[],
  copilot: CopilotNotes,
): Draft {
  const { disposition, notes } = prefilledDraft(undefined, dispositions, copilot)
  return {
    ...draft,
    disposition: draft.disposition === '' ? disposition : draft.disposition,
    isResolved: draft.isResolved || (draft.disposition === '' && disposition === 'resolved'),
    notes: draft.notes.trim() === '' ? notes : draft.notes,
  }
}

/** Which call and whose time with it a wrap-up belongs to. */
export interface WrapUpPlace {
  readonly taskSid: string
  readonly callSid: string
  readonly reservationSid: string
  /** The plugin's own name for this save. */
  readonly saveId: string
}

/** The form fields of `save-context`, without the token. */
export function saveFields(place: WrapUpPlace, draft: Draft): Readonly<Record<string, string>> {
  const form: Omit<SaveContextForm, 'Token'> = {
    call_sid: place.callSid,
    reservation_sid: place.reservationSid,
    task_sid: place.taskSid,
    save_id: place.saveId,
    ...wordsOf(draft),
  }
  return Object.fromEntries(Object.entries(form).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/** The draft as the task carries it, so that it is saved even if this tab never comes back. */
export function draftAttribute(reservationSid: string, draft: Draft): WrapUpDraft {
  return { reservation_sid: reservationSid, ...wordsOf(draft) }
}

function wordsOf({
  intent,
  isResolved,
  notes,
  disposition,
}: Draft): Pick<WrapUpDraft, 'intent' | 'intent_status' | 'notes' | 'disposition'> {
  const label = intent.trim().slice(0, MAX_LABEL)
  return {
    ...(label !== '' && {
      intent: label,
      intent_status: isResolved ? ('resolved' as const) : ('open' as const),
    }),
    ...(notes.trim() !== '' && { notes: notes.trim().slice(0, MAX_NOTES) }),
    ...(disposition !== '' && { disposition }),
  }
}
