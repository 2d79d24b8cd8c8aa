import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Form, formOf } from '../form.ts'
import { type FormSchema, refusalOf, RULES } from '../form-schema.ts'
import { cutPage, INVALID_PAGE, readPageRequest } from '../paging.ts'
import { notFound, type Refusal, sendRefusal } from '../twilio-error.ts'
import { collectionJson, collectionUrl, itemJson } from './collection-json.ts'
import { type CollectionKind, INVALID_KEY, KEY_TAKEN } from './collection-kinds.ts'
import type { Collection, CollectionItem, CollectionStore, ItemChange } from './collection-store.ts'
import { NO_PARAMETERS, readChange, readIfMatch, readUniqueName } from './document-form.ts'

/** What the routes work on. */
export interface CollectionRoutesOptions {
  readonly kind: CollectionKind
  readonly accountSid: string
  readonly store: CollectionStore
  /** The SID of a Service by its SID or alias. */
  readonly serviceSid: (reference: string) => string | undefined
}

interface Path {
  readonly service: string
  readonly reference: string
  readonly key: string
}
type PathRequest = FastifyRequest<{ Params: Path }>
type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

const TTLS: FormSchema = { Ttl: RULES.any, ItemTtl: RULES.any, CollectionTtl: RULES.wholeNumber }
const COLLECTION: FormSchema = {
  UniqueName: RULES.any,
  Ttl: RULES.wholeNumber,
  CollectionTtl: RULES.wholeNumber,
}
const NEW_ITEM: FormSchema = { Data: { required: true }, ...TTLS }
const KEYED_ITEM: FormSchema = { Key: { required: true, maxLength: 320 }, ...NEW_ITEM }
const ITEM_UPDATE: FormSchema = { Data: RULES.any, ...TTLS }

/** Serves the Lists or the Maps of Twilio Sync and their items. */
export function serveSyncCollections(app: FastifyInstance, options: CollectionRoutesOptions): void {
  const lists = `/sync/v1/Services/:service/${options.kind.path}`
  const one = `${lists}/:reference`
  const items = `${one}/Items`
  app.post(lists, createCollection(options))
  app.get(lists, listCollections(options))
  app.get(
    one,
    withCollection(options, (_, reply, found) => sendCollection(options, reply, found)),
  )
  app.post(one, withCollection(options, updateCollection(options)))
  app.delete(
    one,
    withCollection(options, (_, reply, found) => {
      options.store.remove(found)
      return reply.code(204).send()
    }),
  )
  app.post(items, withCollection(options, createItem(options)))
  app.get(items, withCollection(options, listItems(options)))
  app.get(
    `${items}/:key`,
    withItem(options, (_, reply, found, item) => sendItem(options, reply, found, item)),
  )
  app.post(`${items}/:key`, withItem(options, updateItem(options)))
  app.delete(`${items}/:key`, withItem(options, deleteItem(options)))
}

type Handler = (request: PathRequest, reply: FastifyReply) => FastifyReply
type CollectionHandler = (request: PathRequest, reply: FastifyReply, found: Collection) => FastifyReply
type ItemHandler = (
  request: PathRequest,
  reply: FastifyReply,
  found: Collection,
  item: CollectionItem,
) => FastifyReply

function withCollection({ store, serviceSid }: CollectionRoutesOptions, handle: CollectionHandler): Handler {
  return (request, reply) => {
    const service = serviceSid(request.params.service)
    const found = service === undefined ? undefined : store.find(service, request.params.reference)
    return found ? handle(request, reply, found) : sendRefusal(reply, notFound())
  }
}

function withItem(options: CollectionRoutesOptions, handle: ItemHandler): Handler {
  return withCollection(options, (request, reply, found) => {
    const item = options.store.items(found).find(({ key }) => key === request.params.key)
    return item ? handle(request, reply, found, item) : sendRefusal(reply, notFound())
  })
}

function createCollection({ store, serviceSid, kind, accountSid }: CollectionRoutesOptions): Handler {
  return (request, reply) => {
    const service = serviceSid(request.params.service)
    if (service === undefined) return sendRefusal(reply, notFound())
    const form = formOf(request.body)
    const refusal = refusalOf(form, COLLECTION)
    if (refusal) return sendRefusal(reply, refusal)
    const name = readUniqueName(form)
    if (!name.ok) return sendRefusal(reply, name.refusal)
    const created = store.create(service, name.value, collectionTtl(form) ?? 0)
    if (!created) return sendRefusal(reply, kind.nameTaken)
    return sendCollection({ kind, accountSid }, reply.code(201), created)
  }
}

function listCollections({ store, serviceSid, kind, accountSid }: CollectionRoutesOptions): Handler {
  return (request, reply) => {
    const service = serviceSid(request.params.service)
    if (service === undefined) return sendRefusal(reply, notFound())
    const asked = readPageRequest(queryOf(request))
    if (asked === undefined) return sendRefusal(reply, INVALID_PAGE)
    const url = `https://sync.twilio.com/v1/Services/${service}/${kind.path}`
    const { items, meta } = cutPage(store.list(service), asked, url, kind.property)
    return reply.send({ [kind.property]: items.map((each) => collectionJson(each, kind, accountSid)), meta })
  }
}

function updateCollection({ store, kind, accountSid }: CollectionRoutesOptions): CollectionHandler {
  return (request, reply, found) => {
    const form = formOf(request.body)
    const refusal = refusalOf(form, { Ttl: RULES.wholeNumber, CollectionTtl: RULES.wholeNumber })
    if (refusal) return sendRefusal(reply, refusal)
    const ttl = collectionTtl(form)
    if (ttl === undefined) return sendRefusal(reply, NO_PARAMETERS)
    store.setTtl(found, ttl)
    return sendCollection({ kind, accountSid }, reply, found)
  }
}

function createItem(options: CollectionRoutesOptions): CollectionHandler {
  const { store, kind } = options
  return (request, reply, found) => {
    const form = formOf(request.body)
    const key = kind.name === 'map' ? form.get('Key') : undefined
    if (kind.name === 'map' && !key) return sendRefusal(reply, INVALID_KEY)
    const change = readItem(form, kind.name === 'map' ? KEYED_ITEM : NEW_ITEM)
    if (!change.ok) return sendRefusal(reply, change.refusal)
    if (store.items(found).some((item) => item.key === key)) return sendRefusal(reply, KEY_TAKEN)
    const ttl = collectionTtl(form, false)
    if (ttl !== undefined) store.setTtl(found, ttl)
    return sendItem(options, reply.code(201), found, store.put(found, key, change.value))
  }
}

function listItems({ store, kind, accountSid }: CollectionRoutesOptions): CollectionHandler {
  return (request, reply, found) => {
    const query = queryOf(request)
    const asked = readPageRequest(query)
    const [order, bounds] = [query.get('Order') ?? 'asc', query.get('Bounds') ?? 'inclusive']
    const known = ['asc', 'desc'].includes(order) && ['inclusive', 'exclusive'].includes(bounds)
    if (asked === undefined || !known) return sendRefusal(reply, INVALID_PAGE)
    const sorted = [...store.items(found)]
    const inOrder = order === 'asc' ? sorted : sorted.toReversed()
    const from = query.get('From')
    const start = from === null ? 0 : inOrder.findIndex(({ key }) => key === from)
    const shown = start === -1 ? [] : inOrder.slice(start + (from !== null && bounds === 'exclusive' ? 1 : 0))
    // Pages are cut by the place in what is shown; a page that is asked for later finds the same places.
    const placed = shown.map((item) => ({ item, position: order === 'asc' ? item.position : -item.position }))
    const { items, meta } = cutPage(placed, asked, `${collectionUrl(found, kind)}/Items`, 'items')
    return reply.send({ items: items.map(({ item }) => itemJson(item, found, kind, accountSid)), meta })
  }
}

function updateItem(options: CollectionRoutesOptions): ItemHandler {
  const { store, kind } = options
  return (request, reply, found, item) => {
    const form = formOf(request.body)
    const change = readItem(form, ITEM_UPDATE)
    if (!change.ok) return sendRefusal(reply, change.refusal)
    if (Object.keys(change.value).length === 0) return sendRefusal(reply, NO_PARAMETERS)
    const revision = readIfMatch(request.headers['if-match'])
    if (!revision.ok) return sendRefusal(reply, revision.refusal)
    if (revision.value !== undefined && revision.value !== item.revision) {
      return sendRefusal(reply, kind.itemMismatch)
    }
    return sendItem(options, reply, found, store.put(found, item.key, change.value))
  }
}

function deleteItem({ store, kind }: CollectionRoutesOptions): ItemHandler {
  return (request, reply, found, item) => {
    const revision = readIfMatch(request.headers['if-match'])
    if (!revision.ok) return sendRefusal(reply, revision.refusal)
    if (revision.value !== undefined && revision.value !== item.revision) {
      return sendRefusal(reply, kind.itemMismatch)
    }
    store.removeItem(found, item.key)
    return reply.code(204).send()
  }
}

function readItem(form: Form, schema: FormSchema): Answer<ItemChange> {
  const refusal = refusalOf(form, schema)
  if (refusal) return { ok: false, refusal }
  const data = form.get('Data')
  const ttl = form.get('Ttl') ?? form.get('ItemTtl')
  return readChange(
    new Map([
      ...(data === undefined ? [] : [['Data', data] as const]),
      ...(ttl === undefined ? [] : [['Ttl', ttl] as const]),
    ]),
  )
}

/** `Ttl` is the collection's own on the collection, the item's on an item. */
function collectionTtl(form: Form, alias = true): number | undefined {
  const text = (alias ? form.get('Ttl') : undefined) ?? form.get('CollectionTtl')
  return text === undefined ? undefined : Number(text)
}

function queryOf(request: FastifyRequest): URLSearchParams {
  return new URL(request.url, 'http://127.0.0.1').searchParams
}

function sendCollection(
  { kind, accountSid }: Pick<CollectionRoutesOptions, 'kind' | 'accountSid'>,
  reply: FastifyReply,
  found: Collection,
): FastifyReply {
  return reply.header('ETag', String(found.revision)).send(collectionJson(found, kind, accountSid))
}

function sendItem(
  { kind, accountSid }: CollectionRoutesOptions,
  reply: FastifyReply,
  found: Collection,
  item: CollectionItem,
): FastifyReply {
  return reply.header('ETag', String(item.revision)).send(itemJson(item, found, kind, accountSid))
}
