import { isoSeconds } from '../iso-seconds.ts'
import type { CollectionKind } from './collection-kinds.ts'
import type { Collection, CollectionItem } from './collection-store.ts'

/** Address of a List or Map, at Twilio's host. */
export function collectionUrl({ serviceSid, sid }: Collection, { path }: CollectionKind): string {
  return `https://sync.twilio.com/v1/Services/${serviceSid}/${path}/${sid}`
}

/** Writes a List or Map for an answer: `sync.v1.service.sync_list`, `.sync_map` of the API description. */
export function collectionJson(
  collection: Collection,
  kind: CollectionKind,
  accountSid: string,
): Readonly<Record<string, unknown>> {
  const url = collectionUrl(collection, kind)
  return {
    sid: collection.sid,
    unique_name: collection.uniqueName,
    account_sid: accountSid,
    service_sid: collection.serviceSid,
    url,
    links: { items: `${url}/Items`, permissions: `${url}/Permissions` },
    revision: String(collection.revision),
    date_expires: dateOf(collection.expiresAt),
    date_created: isoSeconds(collection.createdAt),
    date_updated: isoSeconds(collection.updatedAt),
    created_by: 'system',
  }
}

/** Writes an item for an answer: the description's `sync_list_item` or `sync_map_item`. */
export function itemJson(
  item: CollectionItem,
  collection: Collection,
  kind: CollectionKind,
  accountSid: string,
): Readonly<Record<string, unknown>> {
  return {
    ...(kind.name === 'list' ? { index: Number(item.key) } : { key: item.key }),
    account_sid: accountSid,
    service_sid: collection.serviceSid,
    [kind.sidProperty]: collection.sid,
    url: `${collectionUrl(collection, kind)}/Items/${encodeURIComponent(item.key)}`,
    revision: String(item.revision),
    data: item.content,
    date_expires: dateOf(item.expiresAt),
    date_created: isoSeconds(item.createdAt),
    date_updated: isoSeconds(item.updatedAt),
    created_by: 'system',
  }
}

function dateOf(date: Date | null): string | null {
  return date === null ? null : isoSeconds(date)
}
