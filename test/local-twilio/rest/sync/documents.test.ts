import type { DocumentListInstance } from 'twilio/lib/rest/sync/v1/service/document'
import { sendRaw, type RawAnswer } from '../../functions/raw-request.ts'
import { ACCOUNT_SID, AUTH_TOKEN, startLocalApi, type LocalApi } from '../local-client.ts'

// The properties of sync.v1.service.document in Twilio's API description twilio_sync_v1.json.
const SCHEMA_FIELDS = [
  'account_sid',
  'created_by',
  'data',
  'date_created',
  'date_expires',
  'date_updated',
  'links',
  'revision',
  'service_sid',
  'sid',
  'unique_name',
  'url',
]
const META_FIELDS = [
  'first_page_url',
  'key',
  'next_page_url',
  'page',
  'page_size',
  'previous_page_url',
  'url',
]

let api: LocalApi
let documents: DocumentListInstance

beforeEach(async () => {
  api = await startLocalApi()
  documents = api.client.sync.v1.services('default').documents
})

afterEach(() => api.server.close())

const raw = (method: string, path: string, form = {}, headers = {}): Promise<RawAnswer> =>
  sendRaw(api.server.url, {
    method,
    path: `/sync/v1/Services/default/Documents${path}`,
    headers: {
      Authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
  })

/** An object whose JSON text has this many bytes. */
const ofBytes = (bytes: number): object => ({ t: 'x'.repeat(bytes - '{"t":""}'.length) })

const create = async (count: number): Promise<void> => {
  for (let at = 1; at <= count; at += 1) await documents.create({ uniqueName: `d${at}` })
}

const names = (page: readonly { uniqueName: string }[]): string[] => page.map(({ uniqueName }) => uniqueName)

describe('creating', () => {
  it('keeps name, content and times', async () => {
    const document = await documents.create({ uniqueName: 'call-1', data: { tier: 'new' }, ttl: 3600 })
    expect(document).toMatchObject({
      uniqueName: 'call-1',
      accountSid: ACCOUNT_SID,
      data: { tier: 'new' },
      revision: '0',
      createdBy: 'system',
    })
    expect(document.sid).toMatch(/^ET[0-9a-f]{32}$/)
    expect(document.serviceSid).toMatch(/^IS[0-9a-f]{32}$/)
    expect(document.dateCreated.toISOString()).toBe('2026-11-20T18:00:00.000Z')
    expect(document.dateExpires.toISOString()).toBe('2026-11-20T19:00:00.000Z')
  })

  it('answers 201 with every field of the schema and no other, dates in seconds, revision as ETag', async () => {
    const answer = await raw('POST', '', { UniqueName: 'call-1', Data: '{"a":1}' })
    expect(answer.status).toBe(201)
    expect(answer.headers.etag).toBe('0')
    const body = JSON.parse(answer.body) as Record<string, unknown>
    expect(Object.keys(body).sort()).toEqual(SCHEMA_FIELDS)
    const url = `https://sync.twilio.com/v1/Services/${String(body['service_sid'])}/Documents/${String(body['sid'])}`
    expect(body).toMatchObject({
      data: { a: 1 },
      date_created: '2026-11-20T18:00:00Z',
      date_updated: '2026-11-20T18:00:00Z',
      date_expires: null,
      url,
      links: { permissions: `${url}/Permissions` },
    })
  })

  it('needs neither a name nor content, and nameless documents do not collide', async () => {
    const one = await documents.create()
    const two = await documents.create()
    expect(one).toMatchObject({ uniqueName: null, data: {} })
    expect(two.sid).not.toBe(one.sid)
  })

  it('refuses a name that is taken, but only in the same Service and while it is taken', async () => {
    await documents.create({ uniqueName: 'call-1' })
    await expect(documents.create({ uniqueName: 'call-1' })).rejects.toMatchObject({
      status: 409,
      code: 54301,
    })
    const elsewhere = api.client.sync.v1.services(`IS${'a'.repeat(32)}`).documents
    await expect(elsewhere.create({ uniqueName: 'call-1' })).resolves.toMatchObject({ revision: '0' })
    await documents('call-1').remove()
    await expect(documents.create({ uniqueName: 'call-1' })).resolves.toMatchObject({ revision: '0' })
  })

  it.each([
    ['JSON that does not parse', { Data: '{"a":' }, 400, 54008],
    ['a list', { Data: '[1]' }, 400, 54008],
    ['null', { Data: 'null' }, 400, 54008],
    ['empty content', { Data: '' }, 400, 54008],
    ['a negative time to live', { Ttl: '-1' }, 400, 54011],
    ['a time to live in words', { Ttl: 'soon' }, 400, 54011],
    ['a time to live of more than a year', { Ttl: '31536001' }, 400, 54011],
    ['an empty name', { UniqueName: '' }, 400, 54302],
    ['a name of 321 characters', { UniqueName: 'n'.repeat(321) }, 400, 54302],
    ['a name that looks like a SID', { UniqueName: `ET${'0'.repeat(32)}` }, 400, 54302],
  ])('refuses %s', async (_name, form, status, code) => {
    expect(JSON.parse((await raw('POST', '', form)).body)).toMatchObject({ status, code })
    expect(await documents.list()).toEqual([])
  })

  it('accepts content of exactly 16 KiB and refuses one byte more', async () => {
    await expect(documents.create({ data: ofBytes(16 * 1024) })).resolves.toMatchObject({ revision: '0' })
    await expect(documents.create({ data: ofBytes(16 * 1024 + 1) })).rejects.toMatchObject({
      status: 413,
      code: 54006,
    })
  })

  it('measures content in bytes, not in characters', async () => {
    const data = { t: 'é'.repeat(9_000) }
    await expect(documents.create({ data })).rejects.toMatchObject({ status: 413 })
  })
})

describe('finding', () => {
  it('works by SID and by name, also one that needs encoding and is very long', async () => {
    const name = `ada+1/2 ü?#%&${'é'.repeat(300)}`
    const { sid } = await documents.create({ uniqueName: name, data: { a: 1 } })
    expect((await documents(sid).fetch()).uniqueName).toBe(name)
    // The client library leaves the encoding of a path to its caller.
    expect((await documents(encodeURIComponent(name)).fetch()).sid).toBe(sid)
  })

  it('takes default and its SID for the same Service, and knows no Service by another word', async () => {
    const { sid, serviceSid } = await documents.create({ uniqueName: 'call-1' })
    const bySid = api.client.sync.v1.services(serviceSid).documents
    expect((await bySid('call-1').fetch()).sid).toBe(sid)
    const byWord = api.client.sync.v1.services('my-service').documents
    await expect(byWord('call-1').fetch()).rejects.toMatchObject({ status: 404, code: 20404 })
    await expect(byWord.create({})).rejects.toMatchObject({ status: 404, code: 20404 })
  })

  it('answers 404 for what is not there', async () => {
    await expect(documents('nobody').fetch()).rejects.toMatchObject({ status: 404, code: 20404 })
    await expect(documents('nobody').update({ data: {} })).rejects.toMatchObject({ status: 404, code: 20404 })
    await expect(documents('nobody').remove()).rejects.toMatchObject({ status: 404, code: 20404 })
  })
})

describe('updating', () => {
  it('replaces the content, counts the revision and tells the time', async () => {
    const { sid } = await documents.create({ uniqueName: 'call-1', data: { a: 1, b: 2 } })
    api.advance(5_000)
    const updated = await documents('call-1').update({ data: { a: 3 } })
    expect(updated).toMatchObject({ sid, revision: '1', data: { a: 3 } })
    expect(updated.dateCreated.toISOString()).toBe('2026-11-20T18:00:00.000Z')
    expect(updated.dateUpdated.toISOString()).toBe('2026-11-20T18:00:05.000Z')
    expect((await documents(sid).fetch()).data).toEqual({ a: 3 })
  })

  it('with If-Match happens only on the revision that was read', async () => {
    const { revision } = await documents.create({ uniqueName: 'call-1', data: { by: 'nobody' } })
    const first = documents('call-1').update({ data: { by: 'first' }, ifMatch: revision })
    const second = documents('call-1').update({ data: { by: 'second' }, ifMatch: revision })
    const outcomes = await Promise.allSettled([first, second])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const lost = outcomes.find((outcome) => outcome.status === 'rejected')
    expect(lost?.reason).toMatchObject({ status: 412, code: 54103 })
    expect((await documents('call-1').fetch()).revision).toBe('1')
  })

  it('takes the ETag of an answer, with or without quotation marks, and refuses anything else', async () => {
    await documents.create({ uniqueName: 'call-1' })
    const fetched = await raw('GET', '/call-1')
    expect(fetched.headers.etag).toBe('0')
    expect((await raw('POST', '/call-1', { Data: '{}' }, { 'If-Match': fetched.headers.etag })).status).toBe(
      200,
    )
    expect((await raw('POST', '/call-1', { Data: '{}' }, { 'If-Match': '"1"' })).headers.etag).toBe('2')
    const odd = await raw('POST', '/call-1', { Data: '{}' }, { 'If-Match': 'latest' })
    expect(JSON.parse(odd.body)).toMatchObject({ status: 400, code: 54003 })
  })

  it('without anything to change is refused, and so is wrong content, which leaves the old', async () => {
    await documents.create({ uniqueName: 'call-1', data: { a: 1 } })
    await expect(documents('call-1').update({})).rejects.toMatchObject({ status: 400, code: 54010 })
    expect((await raw('POST', '/call-1', { Data: 'x' })).status).toBe(400)
    expect(await documents('call-1').fetch()).toMatchObject({ revision: '0', data: { a: 1 } })
  })
})

describe('time to live', () => {
  it('ends a document at its time and frees the name', async () => {
    await documents.create({ uniqueName: 'call-1', ttl: 60 })
    api.advance(59_999)
    expect((await documents('call-1').fetch()).uniqueName).toBe('call-1')
    api.advance(1)
    await expect(documents('call-1').fetch()).rejects.toMatchObject({ status: 404 })
    await expect(documents('call-1').update({ data: {} })).rejects.toMatchObject({ status: 404 })
    await expect(documents.create({ uniqueName: 'call-1' })).resolves.toMatchObject({ revision: '0' })
  })

  it('is not prolonged by new content, but by a new time to live', async () => {
    await documents.create({ uniqueName: 'a', ttl: 60 })
    await documents.create({ uniqueName: 'b', ttl: 60 })
    await documents.create({ uniqueName: 'c', ttl: 60 })
    api.advance(30_000)
    await documents('a').update({ data: { x: 1 } })
    await documents('b').update({ ttl: 60 })
    await documents('c').update({ ttl: 0 })
    api.advance(45_000)
    expect((await documents.list()).map(({ uniqueName }) => uniqueName)).toEqual(['b', 'c'])
    expect((await documents('c').fetch()).dateExpires).toBeNull()
  })
})

describe('deleting', () => {
  it('answers 204 once', async () => {
    await documents.create({ uniqueName: 'call-1' })
    expect((await raw('DELETE', '/call-1')).status).toBe(204)
    expect((await raw('DELETE', '/call-1')).status).toBe(404)
  })
})

describe('listing', () => {
  it('is empty at first, with every field of meta', async () => {
    const { documents: items, meta } = JSON.parse((await raw('GET', '')).body) as {
      documents: unknown[]
      meta: Record<string, unknown>
    }
    expect(items).toEqual([])
    expect(Object.keys(meta).sort()).toEqual(META_FIELDS)
    expect(meta).toMatchObject({ key: 'documents', page: 0, page_size: 50, next_page_url: null })
    expect(meta['first_page_url']).toMatch(/^https:\/\/sync\.twilio\.com\/v1\/.*\?PageSize=50&Page=0$/)
  })

  it('goes through all pages with the real client, in the order of creation', async () => {
    await create(7)
    expect(names(await documents.list({ pageSize: 3 }))).toEqual(['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'])
  })

  it('goes forth and back, and loses nothing when a document goes in between', async () => {
    await create(6)
    const first = await documents.page({ pageSize: 2 })
    expect(names(first.instances)).toEqual(['d1', 'd2'])
    expect(first.previousPageUrl).toBeUndefined()
    await documents('d2').remove()
    const second = await first.nextPage()
    expect(names(second?.instances ?? [])).toEqual(['d3', 'd4'])
    const last = await second?.nextPage()
    expect(names(last?.instances ?? [])).toEqual(['d5', 'd6'])
    expect(last?.nextPageUrl).toBeUndefined()
    expect(names((await last?.previousPage())?.instances ?? [])).toEqual(['d3', 'd4'])
  })

  it.each(['PageSize=0', 'PageSize=101', 'PageSize=x', 'Page=-1', 'PageToken=guess'])(
    'refuses %s',
    async (query) => {
      expect(JSON.parse((await raw('GET', `?${query}`)).body)).toMatchObject({ status: 400, code: 20001 })
    },
  )
})
