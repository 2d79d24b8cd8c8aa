import { findHeldLinks } from '../store/held.ts'
import type { HeldLink } from '../store/held.ts'
import type { Note } from '../store/notes.ts'
import { createRecorder, linkPlace } from '../store/row-recorder.ts'
import type { RowImage, RowValues } from '../store/row-images.ts'
import type { Scope } from '../store/scope.ts'

/** What agents said of a number and a customer. */
export type VerdictColumn = 'confirmed_count' | 'corrected_count'

/** The keys of a customer that were used on a call, as long as no later call used them. */
export async function findUsedLinks(
  scope: Scope,
  customerRef: string,
  { calledAt, endedAt }: Note,
): Promise<HeldLink[]> {
  const links = await findHeldLinks(scope, customerRef)
  return links.filter(({ lastSeenAt }) => lastSeenAt === calledAt || lastSeenAt === endedAt)
}

/** Counts one verdict more on a link. */
export function withVerdict(link: RowValues, column: VerdictColumn): RowValues {
  return { ...link, [column]: Number(link[column] ?? 0) + 1 }
}

/** Counts that an agent knows the customer to be on the numbers of a call. Answers the links that changed. */
export async function confirmCall(
  scope: Scope,
  customerRef: string,
  note: Note,
): Promise<readonly RowImage[]> {
  const recorder = createRecorder(scope)
  for (const { kind, identifierHash } of await findUsedLinks(scope, customerRef, note)) {
    if (kind !== 'ani') continue
    await recorder.write(
      linkPlace(identifierHash, customerRef),
      (link) => link && withVerdict(link, 'confirmed_count'),
    )
  }
  return recorder.images
}

/** Takes back what `confirmCall` counted, wherever the link is now and whatever else was counted since. */
export async function withdrawConfirmation(
  scope: Scope,
  customerRef: string,
  images: readonly RowImage[],
): Promise<void> {
  const recorder = createRecorder(scope)
  for (const { key } of images) {
    await recorder.write(linkPlace(String(key[0]), customerRef), (link) => {
      const confirmed = Number(link?.['confirmed_count'] ?? 0) - 1
      return link && { ...link, confirmed_count: confirmed > 0 ? confirmed : null }
    })
  }
}
