import { MAX_VARIABLES } from '../request/variables.ts'
import { customerKey } from '../store/customers.ts'
import { textOf } from '../store/database.ts'
import { findHeldIntents, findHeldVariables } from '../store/held.ts'
import { findNotePlaces } from '../store/merges.ts'
import { MAX_NOTES } from '../store/notes.ts'
import type { NoteKey } from '../store/notes.ts'
import { NOTHING_SAID } from '../store/noted.ts'
import { readRow, writeRow } from '../store/row-images.ts'
import type { RowImage } from '../store/row-images.ts'
import { createRecorder, linkPlace, placeOf } from '../store/row-recorder.ts'
import type { Recorder } from '../store/row-recorder.ts'
import type { Scope } from '../store/scope.ts'
import { STATEMENTS } from '../store/statements.ts'
import { combineIntents, combineLinks, combineVariables, numberIn } from './combine.ts'

/** From whom to whom everything goes. `now` is in epoch milliseconds. */
export interface Whole {
  readonly goneRef: string
  readonly keptRef: string
  readonly now: number
}

/** Moves everything that one customer has to another, and tells what is needed to take it apart again. */
export async function moveAll(
  scope: Scope,
  whole: Whole,
): Promise<{ readonly images: readonly RowImage[]; readonly calls: readonly NoteKey[] }> {
  const recorder = createRecorder(scope)
  await moveIdentifiers(scope, recorder, whole)
  await moveRemembered(scope, recorder, whole)
  const calls = await moveNotes(scope, recorder, whole)
  const gone = await recorder.take(placeOf('customers', whole.goneRef))
  await recorder.write(placeOf('customers', whole.keptRef), (kept) => ({
    created_at: Math.min(numberIn(kept, 'created_at'), numberIn(gone, 'created_at')),
    last_contact_at: Math.max(numberIn(kept, 'last_contact_at'), numberIn(gone, 'last_contact_at')),
  }))
  return { images: recorder.images, calls }
}

async function moveIdentifiers(
  scope: Scope,
  { take, write }: Recorder,
  { goneRef, keptRef, now }: Whole,
): Promise<void> {
  const key = customerKey(scope, goneRef)
  for (const row of await scope.transaction.read(STATEMENTS.findHeldIdentifiers, key)) {
    const hash = textOf(row, 'identifier_hash')
    const identifier = await take(placeOf('customer_identifiers', goneRef, hash))
    await write(placeOf('customer_identifiers', keptRef, hash), (own) => own ?? identifier)
    const link = await take(linkPlace(hash, goneRef))
    if (link) await write(linkPlace(hash, keptRef), (own) => combineLinks(own, link, now))
  }
  for (const row of await scope.transaction.read(STATEMENTS.findNamespaces, key)) {
    const hash = textOf(row, 'namespace_hash')
    const namespace = await take(placeOf('identifier_namespaces', goneRef, hash))
    await write(placeOf('identifier_namespaces', keptRef, hash), (own) => own ?? namespace)
  }
}

/** Of variables that are too many together the newest are kept; the others come back when it is taken apart. */
async function moveRemembered(
  scope: Scope,
  { take, write }: Recorder,
  { goneRef, keptRef, now }: Whole,
): Promise<void> {
  for (const { intent } of await findHeldIntents(scope, goneRef)) {
    const row = await take(placeOf('intents', goneRef, intent))
    if (row) await write(placeOf('intents', keptRef, intent), (own) => combineIntents(own, row, now))
  }
  let room = MAX_VARIABLES - (await findHeldVariables(scope, keptRef)).length
  const variables = await findHeldVariables(scope, goneRef)
  for (const { name, expiresAt } of variables.toSorted((a, b) => b.updatedAt - a.updatedAt)) {
    const row = await take(placeOf('variables', goneRef, name))
    if (!row || expiresAt <= now) continue
    await write(placeOf('variables', keptRef, name), (own) => {
      if (own === null && --room < 0) return null
      return combineVariables(own, row, now)
    })
  }
}

/** Notes go over as they are; only where both have one of the same call, or texts are too many, rows are recorded. */
async function moveNotes(
  scope: Scope,
  { take, write }: Recorder,
  { goneRef, keptRef }: Whole,
): Promise<NoteKey[]> {
  const moved: NoteKey[] = []
  for (const note of await findNotePlaces(scope, goneRef)) {
    const rest = [note.calledAt, note.callHash] as const
    const [from, to] = [placeOf('call_notes', goneRef, ...rest), placeOf('call_notes', keptRef, ...rest)]
    const own = await readRow(scope, to)
    if (own) {
      const other = await take(from)
      await write(to, () => (own['state'] === 'held' ? own : other))
      continue
    }
    await writeRow(scope, to, await readRow(scope, from))
    await writeRow(scope, from, null)
    moved.push(note)
  }
  for (const { calledAt, callHash } of (await findNotePlaces(scope, keptRef)).slice(MAX_NOTES)) {
    const place = placeOf('call_notes', keptRef, calledAt, callHash)
    await write(place, (row) => row && { ...row, ...NOTHING_SAID })
  }
  return moved
}
