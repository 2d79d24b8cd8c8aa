import { isDeepStrictEqual } from 'node:util'
import { customerKey } from '../store/customers.ts'
import { textOf } from '../store/database.ts'
import type { Merge } from '../store/merges.ts'
import { readRow, writeRow } from '../store/row-images.ts'
import type { RowImage, RowValues } from '../store/row-images.ts'
import { placeOf } from '../store/row-recorder.ts'
import type { Scope } from '../store/scope.ts'
import { STATEMENTS } from '../store/statements.ts'
import { numberIn } from './combine.ts'

/**
 * Takes apart what a merge brought together. The customer who went gets back what it had; what came since stays
 * where it came to. `now` is in epoch milliseconds: what has expired does not come back.
 */
export async function takeApart(scope: Scope, merge: Merge, now: number): Promise<void> {
  const images = merge.images.toReversed()
  for (const image of images.filter((each) => !isName(each))) await restore(scope, merge, image, now)
  // Last, for whether a name is still needed depends on the identifiers that are left.
  for (const image of images.filter(isName)) await restore(scope, merge, image, now)
  for (const { calledAt, callHash } of merge.calls) {
    const from = placeOf('call_notes', merge.intoRef, calledAt, callHash)
    const note = await readRow(scope, from)
    if (!note) continue
    await writeRow(scope, placeOf('call_notes', merge.customerRef, calledAt, callHash), note)
    await writeRow(scope, from, null)
  }
}

function isName({ table }: RowImage): boolean {
  return table === 'identifier_namespaces'
}

async function restore(scope: Scope, merge: Merge, image: RowImage, now: number): Promise<void> {
  if (isExpired(image, now)) {
    if (isDeepStrictEqual(await readRow(scope, image), image.after)) await writeRow(scope, image, null)
    return
  }
  if (image.key.includes(merge.customerRef)) {
    await writeRow(scope, image, image.before)
    return
  }
  const current = await readRow(scope, image)
  const isAsLeft = isDeepStrictEqual(current, image.after)
  if (image.table === 'identifier_namespaces' && (await isNeeded(scope, merge.intoRef, image))) return
  await writeRow(scope, image, isAsLeft ? image.before : withoutMerged(image, current))
}

function isExpired({ table, before }: RowImage, now: number): boolean {
  return table === 'variables' && before !== null && numberIn(before, 'expires_at') <= now
}

/** What is left of a row that changed after the merge once the part that the merge brought is taken out. */
function withoutMerged(image: RowImage, current: RowValues | null): RowValues | null {
  if (current === null) return null
  switch (image.table) {
    case 'customers':
      return { ...current, created_at: image.before?.['created_at'] ?? null }
    case 'identifier_links':
      return linkWithoutMerged(image, current)
    case 'customer_identifiers':
      return image.before
    case 'intents': {
      const isCounting = numberIn(current, 'attempt_count') > numberIn(image.after, 'attempt_count')
      return isCounting ? { ...current, attempt_count: grownSince(image, current, 'attempt_count') } : current
    }
    case 'identifier_namespaces':
    case 'variables':
    case 'call_notes':
      return current
  }
}

/** A key that only the other had goes back; of one that both had, what was seen and said since stays. */
function linkWithoutMerged(image: RowImage, current: RowValues): RowValues | null {
  const { before, after } = image
  if (before === null) return null
  const isSeenSince = numberIn(current, 'last_seen_at') > numberIn(after, 'last_seen_at')
  const { last_seen_at = null } = isSeenSince ? current : before
  return {
    ...before,
    last_seen_at,
    confirmed_count: grownSince(image, current, 'confirmed_count'),
    corrected_count: grownSince(image, current, 'corrected_count'),
  }
}

/** What a count was before the merge, with what came since. */
function grownSince({ before, after }: RowImage, current: RowValues, column: string): number {
  return Math.max(0, numberIn(current, column) - numberIn(after, column) + numberIn(before, column))
}

/** Whether the customer still has an identifier under a name. */
async function isNeeded(scope: Scope, customerRef: string, { key }: RowImage): Promise<boolean> {
  const rows = await scope.transaction.read(STATEMENTS.findHeldIdentifiers, customerKey(scope, customerRef))
  return rows.some((row) => textOf(row, 'namespace_hash') === key[1])
}
