import { customerKey } from './customers.ts'
import { numberOf, textOf } from './database.ts'
import type { Row, SqlValue } from './database.ts'
import { intentColumns, saidOf, variableColumns } from './noted.ts'
import type { Said } from './noted.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** How many calls of one customer keep their texts: the newest. Older calls keep their times only. */
export const MAX_NOTES = 500

/** Which call of a customer a note is about. */
export interface NoteKey {
  /** When the call was first heard of, epoch milliseconds. */
  readonly calledAt: number
  readonly callHash: string
}

/** What a call brought. */
export interface Note extends NoteKey, Said {
  /** Epoch milliseconds; null until the end is told. */
  readonly endedAt: number | null
}

/** Notes that a call began. An end that is noted already stays. */
export async function noteStart(scope: Scope, customerRef: string, key: NoteKey): Promise<void> {
  await saveNote(scope, customerRef, { ...key, endedAt: null, intents: [], variables: {} })
}

/** Writes a note over what was noted of the call, and drops the texts of the call that is one too many. */
export async function saveNote(scope: Scope, customerRef: string, note: Note): Promise<void> {
  const [intent, status, moreIntents] = intentColumns(note.intents)
  const row = [note.endedAt, intent, status, ...variableColumns(note.variables), moreIntents]
  const [, beyond] = await Promise.all([
    scope.transaction.run(STATEMENTS.insertNote, [...noteKey(scope, customerRef, note), ...row]),
    findNoteBeyond(scope, customerRef),
  ])
  if (!beyond) return
  await scope.transaction.run(STATEMENTS.blankNote, noteKey(scope, customerRef, beyond))
  if (isBefore(note, beyond)) {
    await scope.transaction.run(STATEMENTS.blankNote, noteKey(scope, customerRef, note))
  }
}

/** The order in which the statements list notes. */
function isBefore(a: NoteKey, b: NoteKey): boolean {
  return a.calledAt < b.calledAt || (a.calledAt === b.calledAt && a.callHash < b.callHash)
}

/** Leaves of a note only that the call once was this customer's, so that forgetting still finds its answers. */
export async function markNoteMoved(scope: Scope, customerRef: string, key: NoteKey): Promise<void> {
  await scope.transaction.run(STATEMENTS.markNoteMoved, noteKey(scope, customerRef, key))
}

/** Removes variables that have expired at `now` from the notes. */
export async function expireNotes(scope: Scope, customerRef: string, now: number): Promise<void> {
  const params = [...customerKey(scope, customerRef), MAX_NOTES, now]
  const rows = await scope.transaction.read(STATEMENTS.findExpiringNotes, params)
  for (const row of rows) await rewriteNote(scope, customerRef, noteOf(row, now))
}

/** Removes variables from all notes of a customer, for a name that is to be forgotten is not to be recalled. */
export async function dropFromNotes(
  scope: Scope,
  customerRef: string,
  names: ReadonlySet<string>,
): Promise<void> {
  for (const note of await findNotes(scope, customerRef, 0, { limit: MAX_NOTES, offset: 0 })) {
    const kept = Object.entries(note.variables).filter(([name]) => !names.has(name))
    if (kept.length === Object.keys(note.variables).length) continue
    await rewriteNote(scope, customerRef, { ...note, variables: Object.fromEntries(kept) })
  }
}

async function rewriteNote(scope: Scope, customerRef: string, note: Note): Promise<void> {
  const columns = variableColumns(note.variables)
  await scope.transaction.run(STATEMENTS.rewriteNote, [...noteKey(scope, customerRef, note), ...columns])
}

/** Finds the notes of a customer, the newest first. Variables that have expired at `now` are left out. */
export async function findNotes(
  scope: Scope,
  customerRef: string,
  now: number,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<Note[]> {
  const key = customerKey(scope, customerRef)
  const rows = await scope.transaction.read(STATEMENTS.findNotes, [...key, limit, offset])
  return rows.map((row) => noteOf(row, now))
}

/** Finds all notes of a customer, expired variables included. */
export function findAllNotes(scope: Scope, customerRef: string): Promise<Note[]> {
  return findNotes(scope, customerRef, 0, { limit: 1_000_000, offset: 0 })
}

/** Finds the hashes of all calls that a customer had or once had. */
export async function findCallHashes(scope: Scope, customerRef: string): Promise<string[]> {
  const rows = await scope.transaction.read(STATEMENTS.findNoteKeys, customerKey(scope, customerRef))
  return rows.map((row) => textOf(row, 'call_hash'))
}

async function findNoteBeyond(scope: Scope, customerRef: string): Promise<NoteKey | undefined> {
  const params = [...customerKey(scope, customerRef), MAX_NOTES]
  const [row] = await scope.transaction.read(STATEMENTS.findNoteBeyond, params)
  return row && { calledAt: numberOf(row, 'called_at'), callHash: textOf(row, 'call_hash') }
}

function noteKey(scope: Scope, customerRef: string, { calledAt, callHash }: NoteKey): SqlValue[] {
  return [...customerKey(scope, customerRef), calledAt, callHash]
}

function noteOf(row: Row, now: number): Note {
  return {
    calledAt: numberOf(row, 'called_at'),
    callHash: textOf(row, 'call_hash'),
    endedAt: row['ended_at'] === null ? null : numberOf(row, 'ended_at'),
    ...saidOf(row, now),
  }
}
