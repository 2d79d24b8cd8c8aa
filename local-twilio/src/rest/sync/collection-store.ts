import type { Clock } from '../../../../src/clock.ts'
import { newSid } from '../../sid.ts'
import type { CollectionKind } from './collection-kinds.ts'

/** A Sync List or Map. */
export interface Collection {
  readonly sid: string
  readonly serviceSid: string
  readonly uniqueName: string | null
  readonly position: number
  readonly createdAt: Date
  revision: number
  updatedAt: Date
  /** When it is gone with all its items; null for never. */
  expiresAt: Date | null
  /** By key: the key of a map item, the index of a list item. */
  readonly items: Map<string, CollectionItem>
  nextIndex: number
}

/** One item of a List or Map. */
export interface CollectionItem {
  readonly key: string
  readonly content: unknown
  readonly revision: number
  readonly position: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly expiresAt: Date | null
}

/** What a request sets of an item. */
export interface ItemChange {
  readonly content?: unknown
  /** Counts from now; 0 is for ever. */
  readonly ttlSeconds?: number
}

/** The Lists or the Maps of one account, in memory. What has expired is as good as deleted. */
export interface CollectionStore {
  /** Undefined when the unique name is taken. */
  readonly create: (
    serviceSid: string,
    uniqueName: string | null,
    ttlSeconds: number,
  ) => Collection | undefined
  readonly find: (serviceSid: string, reference: string) => Collection | undefined
  readonly list: (serviceSid: string) => readonly Collection[]
  readonly remove: (collection: Collection) => void
  /** Counts from now; 0 is for ever. */
  readonly setTtl: (collection: Collection, ttlSeconds: number) => void
  /** The items that are there, in order: of a list by index, of a map by key. */
  readonly items: (collection: Collection) => readonly CollectionItem[]
  /** Makes an item or replaces the one with this key. A list item gets its index as key. */
  readonly put: (collection: Collection, key: string | undefined, change: ItemChange) => CollectionItem
  readonly removeItem: (collection: Collection, key: string) => void
}

/** An empty store. */
export function createCollectionStore(kind: CollectionKind, clock: Clock): CollectionStore {
  const collections = new Map<string, Collection>()
  let created = 0
  const list = (serviceSid: string): readonly Collection[] => {
    const now = clock()
    for (const { sid, expiresAt } of collections.values()) {
      if (isOver(expiresAt, now)) collections.delete(sid)
    }
    return [...collections.values()].filter((collection) => collection.serviceSid === serviceSid)
  }
  const find = (serviceSid: string, reference: string): Collection | undefined =>
    list(serviceSid).find(({ sid, uniqueName }) => sid === reference || uniqueName === reference)
  return {
    list,
    find,
    create: (serviceSid, uniqueName, ttlSeconds) => {
      if (uniqueName !== null && find(serviceSid, uniqueName) !== undefined) return undefined
      created += 1
      const collection = newCollection(kind, serviceSid, uniqueName, created, clock())
      collection.expiresAt = expiryOf(ttlSeconds, clock())
      collections.set(collection.sid, collection)
      return collection
    },
    remove: ({ sid }) => void collections.delete(sid),
    setTtl: (collection, ttlSeconds) => {
      collection.expiresAt = expiryOf(ttlSeconds, clock())
      collection.updatedAt = clock()
    },
    items: (collection) => itemsOf(kind, collection, clock()),
    put: (collection, key, change) => putItem(collection, key, change, clock()),
    removeItem: (collection, key) => {
      collection.items.delete(key)
      collection.revision += 1
    },
  }
}

function newCollection(
  kind: CollectionKind,
  serviceSid: string,
  uniqueName: string | null,
  position: number,
  now: Date,
): Collection {
  return {
    sid: newSid(kind.sidPrefix),
    serviceSid,
    uniqueName,
    position,
    createdAt: now,
    revision: 0,
    updatedAt: now,
    expiresAt: null,
    items: new Map(),
    nextIndex: 0,
  }
}

function itemsOf(kind: CollectionKind, { items }: Collection, now: Date): readonly CollectionItem[] {
  for (const { key, expiresAt } of items.values()) if (isOver(expiresAt, now)) items.delete(key)
  const all = [...items.values()]
  return kind.name === 'list' ? all : all.sort((one, other) => (one.key < other.key ? -1 : 1))
}

function putItem(
  collection: Collection,
  key: string | undefined,
  { content, ttlSeconds }: ItemChange,
  now: Date,
): CollectionItem {
  const current = key === undefined ? undefined : collection.items.get(key)
  const index = collection.nextIndex
  if (!current) collection.nextIndex += 1
  const fresh = { key: key ?? String(index), content: {}, revision: -1, position: index, createdAt: now }
  const base = current ?? { ...fresh, expiresAt: null }
  const item: CollectionItem = {
    ...base,
    content: content ?? base.content,
    // Twilio counts the changes of the content, from 0.
    revision: base.revision + (content === undefined && current ? 0 : 1),
    updatedAt: now,
    expiresAt: ttlSeconds === undefined ? base.expiresAt : expiryOf(ttlSeconds, now),
  }
  collection.items.set(item.key, item)
  collection.revision += 1
  collection.updatedAt = now
  return item
}

function isOver(expiresAt: Date | null, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now
}

function expiryOf(ttlSeconds: number, now: Date): Date | null {
  return ttlSeconds === 0 ? null : new Date(now.getTime() + ttlSeconds * 1000)
}
