import type { Note } from '../store/notes.ts'
import type { RowValues } from '../store/row-images.ts'
import { isKeptBack } from './precedence.ts'

/** What the notes of a customer's calls add up to, as rows: the intents and the variables by name. */
export interface Folded {
  readonly intents: ReadonlyMap<string, RowValues>
  readonly variables: ReadonlyMap<string, RowValues>
}

type Rows = Map<string, RowValues>

/**
 * Adds notes up in the order in which the calls ended, as the ends themselves did. The last to write a name
 * wins, except that the IVR does not replace what an agent wrote; an intent counts one attempt for each end that
 * names it while it is open.
 */
export function foldNotes(notes: readonly Note[], intentTtlMs: number): Folded {
  const intents: Rows = new Map()
  const variables: Rows = new Map()
  const ended = notes.flatMap((note) => (note.endedAt === null ? [] : [{ note, endedAt: note.endedAt }]))
  for (const { note, endedAt } of ended.toSorted((a, b) => a.endedAt - b.endedAt)) {
    for (const { intent, status } of note.intents) {
      intents.set(intent, nextIntent(intents.get(intent), status, endedAt, intentTtlMs))
    }
    addVariables(variables, note, endedAt)
  }
  return { intents, variables }
}

function addVariables(variables: Rows, note: Note, endedAt: number): void {
  for (const [name, { value, source, expiresAt }] of Object.entries(note.variables)) {
    const held = variables.get(name)
    const isAlive = Number(held?.['expires_at'] ?? 0) > endedAt
    if (isAlive && isKeptBack(held?.['source'] as string | null, source)) continue
    variables.set(name, { value, source, updated_at: endedAt, expires_at: expiresAt })
  }
}

function nextIntent(
  before: RowValues | undefined,
  status: string,
  endedAt: number,
  intentTtlMs: number,
): RowValues {
  const attempts = Number(before?.['attempt_count'] ?? 0)
  const isOpen = before?.['status'] === 'open' && Number(before['updated_at']) > endedAt - intentTtlMs
  const reopened = status === 'open' ? (isOpen ? attempts + 1 : 1) : attempts
  return { status, attempt_count: reopened, updated_at: endedAt }
}
