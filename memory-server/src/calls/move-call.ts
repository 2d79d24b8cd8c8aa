import { isDeepStrictEqual } from 'node:util'
import { MAX_VARIABLES } from '../request/variables.ts'
import { findHeldVariables } from '../store/held.ts'
import type { HeldLink } from '../store/held.ts'
import { findAllNotes } from '../store/notes.ts'
import type { Note } from '../store/notes.ts'
import { NOTHING_SAID } from '../store/noted.ts'
import type { RowImage, RowValues } from '../store/row-images.ts'
import { createRecorder, linkPlace, placeOf } from '../store/row-recorder.ts'
import type { Recorder } from '../store/row-recorder.ts'
import type { Scope } from '../store/scope.ts'
import { findUsedLinks, withVerdict } from './confirm-call.ts'
import { foldNotes } from './note-fold.ts'
import type { Folded } from './note-fold.ts'
import { isKeptBack } from './precedence.ts'

/** A call to move from one customer to another. `now` is in epoch milliseconds. */
export interface Move {
  readonly note: Note
  readonly fromRef: string
  readonly toRef: string
  readonly now: number
  readonly intentTtlMs: number
  /** Whether an agent knows the one who gets the call, rather than only that it was somebody else. */
  readonly isPicked: boolean
}

/**
 * Moves what a call brought: its note, its intent and variables as far as the notes explain what is there,
 * and the keys that it taught. Answers every row that changed.
 */
export async function moveCall(scope: Scope, move: Move): Promise<readonly RowImage[]> {
  const recorder = createRecorder(scope)
  const { fromRef, toRef, now } = move
  const fromNotes = await findAllNotes(scope, fromRef)
  const toNotes = await findAllNotes(scope, toRef)
  const left = fromNotes.filter(({ callHash }) => callHash !== move.note.callHash)
  const room = MAX_VARIABLES - (await findHeldVariables(scope, toRef)).length
  await moveRemembered(recorder, move, { customerRef: fromRef, before: fromNotes, after: left, room: 0 })
  const withCall = [...toNotes, move.note]
  await moveRemembered(recorder, move, { customerRef: toRef, before: toNotes, after: withCall, room })
  await moveLinks(scope, recorder, move)
  await moveNote(recorder, move)
  await recorder.write(placeOf('customers', toRef), (before) => ({
    created_at: before?.['created_at'] ?? now,
    last_contact_at: Math.max(now, Number(before?.['last_contact_at'] ?? 0)),
  }))
  return recorder.images
}

/** One side of a move: the notes before and after it, and how many more variables there is room for. */
interface Side {
  readonly customerRef: string
  readonly before: readonly Note[]
  readonly after: readonly Note[]
  readonly room: number
}

/** A row that the notes do not explain was written by something else too, so it stays unless it is older. */
async function moveRemembered({ write }: Recorder, move: Move, side: Side): Promise<void> {
  const fold = (notes: readonly Note[]): Folded => foldNotes(notes, move.intentTtlMs)
  const before = fold(side.before)
  const after = fold(side.after)
  const own = fold([move.note])
  const isGiven = side.after.length > side.before.length
  let { room } = side
  for (const table of ['intents', 'variables'] as const) {
    for (const [name, brought] of own[table]) {
      await write(placeOf(table, side.customerRef, name), (row) => {
        if (isGiven && table === 'variables' && row === null && --room < 0) return null
        if (isDeepStrictEqual(row, before[table].get(name) ?? null)) return after[table].get(name) ?? null
        return isGiven && isReplaced(row, brought) ? brought : row
      })
    }
  }
}

function isReplaced(row: RowValues | null, by: RowValues): boolean {
  const writtenAt = Number(by['updated_at'])
  const isAlive = Number(row?.['expires_at'] ?? 0) > writtenAt
  const isKept = isAlive && isKeptBack(row?.['source'] as string | null, by['source'] as string | null)
  return !isKept && Number(row?.['updated_at'] ?? 0) < writtenAt
}

async function moveNote({ write }: Recorder, { note, fromRef, toRef }: Move): Promise<void> {
  const rest = [note.calledAt, note.callHash] as const
  let moved: RowValues | null = null
  await write(placeOf('call_notes', fromRef, ...rest), (row) => {
    moved = row
    return row && { ...row, state: 'moved', ...NOTHING_SAID }
  })
  await write(placeOf('call_notes', toRef, ...rest), (row) => moved ?? row)
}

/** A key that was first seen on this call goes along; an older number is from now on used by both. */
async function moveLinks(scope: Scope, recorder: Recorder, move: Move): Promise<void> {
  const { note, fromRef } = move
  for (const link of await findUsedLinks(scope, fromRef, note)) {
    const isNew = link.firstSeenAt >= note.calledAt
    if (isNew || link.kind === 'ani') await moveLink(recorder, link, move, isNew)
  }
}

async function moveLink(
  { write }: Recorder,
  { kind, identifierHash, firstSeenAt, lastSeenAt, namespace }: HeldLink,
  { note, fromRef, toRef, isPicked }: Move,
  isNew: boolean,
): Promise<void> {
  let identifier: RowValues | null = null
  await write(placeOf('customer_identifiers', fromRef, identifierHash), (row) => {
    identifier = row
    return isNew ? null : row
  })
  const held = identifier
  await write(placeOf('customer_identifiers', toRef, identifierHash), (row) => row ?? held)
  await write(linkPlace(identifierHash, fromRef), (row) =>
    isNew || row === null ? null : withVerdict(row, 'corrected_count'),
  )
  await write(linkPlace(identifierHash, toRef), (row) => {
    const link = {
      kind,
      first_seen_at: row?.['first_seen_at'] ?? (isNew ? firstSeenAt : note.calledAt),
      last_seen_at: Math.max(lastSeenAt, Number(row?.['last_seen_at'] ?? 0)),
      confirmed_count: row?.['confirmed_count'] ?? null,
      corrected_count: row?.['corrected_count'] ?? null,
    }
    return isPicked && kind === 'ani' ? withVerdict(link, 'confirmed_count') : link
  })
  const namespaceHash = (held as RowValues | null)?.['namespace_hash']
  if (namespace === null || typeof namespaceHash !== 'string') return
  await write(placeOf('identifier_namespaces', toRef, namespaceHash), (row) => row ?? { namespace })
}
