import type { Twilio } from 'twilio'
import type { PendingEntry, PendingSave, PendingSaves } from '../call/saving/pending-saves.ts'
import { SYNC_STATUS, unlessStatus, withSync } from './sync.ts'

export interface SyncPendingSavesOptions {
  readonly client: () => Twilio
  readonly serviceSid: string
}

/** Unique name of the list in the Sync service. */
export const PENDING_SAVES_LIST = 'pending-saves'

const PAGE_SIZE = 100
/** How long a save waits before Sync forgets it: 90 days. */
const TTL_SECONDS = 7_776_000

/** Keeps the saves that wait for the memory in a Twilio Sync list, one item each. */
export function createSyncPendingSaves({ client, serviceSid }: SyncPendingSavesOptions): PendingSaves {
  const { notFound, taken, changed } = SYNC_STATUS
  const lists = () => client().sync.v1.services(serviceSid).syncLists
  const items = () => lists()(PENDING_SAVES_LIST).syncListItems
  const append = (data: PendingSave) =>
    unlessStatus([notFound], () => items().create({ data, itemTtl: TTL_SECONDS }))
  return {
    add: (save) =>
      withSync(async () => {
        if (await append(save)) return
        // The first save that ever waited makes the list; of two at once, one finds it made.
        await unlessStatus([taken], () => lists().create({ uniqueName: PENDING_SAVES_LIST }))
        await items().create({ data: save, itemTtl: TTL_SECONDS })
      }),
    list: (pageUrl) =>
      withSync(async () => {
        const page = await unlessStatus([notFound], () =>
          pageUrl ? items().getPage(pageUrl) : items().page({ order: 'asc', pageSize: PAGE_SIZE }),
        )
        const entries = page?.instances.flatMap(readEntry) ?? []
        return { entries, ...(page?.nextPageUrl && { nextPageToken: page.nextPageUrl }) }
      }),
    replace: ({ id, revision }, data) =>
      withSync(async () => {
        await unlessStatus([notFound, changed], () =>
          items()(Number(id)).update({ ifMatch: revision, data, itemTtl: TTL_SECONDS }),
        )
      }),
    remove: ({ id }) =>
      withSync(async () => {
        await unlessStatus([notFound], () => items()(Number(id)).remove())
      }),
  }
}

interface Item {
  readonly index: number
  readonly revision: string
  readonly data: unknown
}

function readEntry({ index, revision, data }: Item): readonly PendingEntry[] {
  const { call_id: callId, next_attempt_at: next, attempts } = (data ?? {}) as Partial<PendingSave>
  const isSave = typeof callId === 'string' && typeof next === 'string' && typeof attempts === 'number'
  return isSave ? [{ id: String(index), revision, save: data as PendingSave }] : []
}
