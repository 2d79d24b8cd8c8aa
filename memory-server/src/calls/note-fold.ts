import type { Note } from '../store/notes.ts'
import type { RowValues } from '../store/row-images.ts'

/** What the notes of a customer's calls add up to, as rows: the intents and the variables by name. */
export interface Folded {
  readonly intents: ReadonlyMap<string, RowValues>
  readonly variables: ReadonlyMap<string, RowValues>
}

/**
 * Adds notes up in the order in which the calls ended, as the ends themselves did. The last to write a name
 * wins; an intent counts one attempt for each end that names it while it is open.
 */
export function foldNotes(notes: readonly Note[]): Folded {
  const intents = new Map<string, RowValues>()
  const variables = new Map<string, RowValues>()
  const ended = notes.flatMap((note) => (note.endedAt === null ? [] : [{ note, endedAt: note.endedAt }]))
  for (const { note, endedAt } of ended.toSorted((a, b) => a.endedAt - b.endedAt)) {
    const { intent, intentStatus, expiresAt } = note
    if (intent !== '') intents.set(intent, nextIntent(intents.get(intent), intentStatus, endedAt))
    for (const [name, value] of Object.entries(note.variables)) {
      variables.set(name, { value, updated_at: endedAt, expires_at: expiresAt })
    }
  }
  return { intents, variables }
}

function nextIntent(before: RowValues | undefined, status: string, endedAt: number): RowValues {
  const attempts = Number(before?.['attempt_count'] ?? 0)
  const reopened = status === 'open' ? (before?.['status'] === 'open' ? attempts + 1 : 1) : attempts
  return { status, attempt_count: reopened, updated_at: endedAt }
}
