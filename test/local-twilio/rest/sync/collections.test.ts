import type { Twilio } from 'twilio'
import { sendRaw, type RawAnswer } from '../../functions/raw-request.ts'
import { ACCOUNT_SID, AUTH_TOKEN, startLocalApi, type LocalApi } from '../local-client.ts'

// The properties of sync.v1.service.sync_list.sync_list_item in Twilio's API description twilio_sync_v1.json.
const LIST_ITEM_FIELDS = [
  'account_sid',
  'created_by',
  'data',
  'date_created',
  'date_expires',
  'date_updated',
  'index',
  'list_sid',
  'revision',
  'service_sid',
  'url',
]

let api: LocalApi
beforeEach(async () => {
  api = await startLocalApi()
})
afterEach(() => api.server.close())

const lists = (): ReturnType<typeof sync>['syncLists'] => sync().syncLists
const maps = (): ReturnType<typeof sync>['syncMaps'] => sync().syncMaps
const sync = (): ReturnType<Twilio['sync']['v1']['services']> => api.client.sync.v1.services('default')

async function post(path: string, form: Readonly<Record<string, string>>, headers = {}): Promise<RawAnswer> {
  const credentials = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')
  return sendRaw(api.server.url, {
    path: `/sync/v1/Services/default${path}`,
    method: 'POST',
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
  })
}

describe('Sync lists', () => {
  test('number their items, keep them in order and show them in both directions', async () => {
    await lists().create({ uniqueName: 'saves' })
    const items = lists()('saves').syncListItems
    for (const n of [1, 2, 3]) await items.create({ data: { n } })
    await items(1).remove()
    await items.create({ data: { n: 4 } })
    expect((await items.list()).map(({ index, data }) => [index, (data as { n: number }).n])).toEqual([
      [0, 1],
      [2, 3],
      [3, 4],
    ])
    expect((await items.list({ order: 'desc' })).map(({ index }) => index)).toEqual([3, 2, 0])
    const after = await items.list({ from: '0', bounds: 'exclusive' })
    expect(after.map(({ index }) => index)).toEqual([2, 3])
  })

  test('are paged with tokens that survive removals', async () => {
    await lists().create({ uniqueName: 'saves' })
    const items = lists()('saves').syncListItems
    for (let n = 0; n < 5; n += 1) await items.create({ data: { n } })
    const first = await items.page({ pageSize: 2 })
    await items(0).remove()
    const second = await items.getPage(first.nextPageUrl ?? '')
    expect(second.instances.map(({ index }) => index)).toEqual([2, 3])
  })

  test('answer items as Twilio describes them', async () => {
    await lists().create({ uniqueName: 'saves' })
    const answer = await post('/Lists/saves/Items', { Data: '{"n":1}', ItemTtl: '60' })
    const body = JSON.parse(answer.body) as Record<string, unknown>
    expect(Object.keys(body).sort()).toEqual(LIST_ITEM_FIELDS)
    expect(body).toMatchObject({ index: 0, revision: '0', data: { n: 1 } })
    expect(answer.status).toBe(201)
  })

  test('change an item only when If-Match names its revision', async () => {
    await lists().create({ uniqueName: 'saves' })
    const item = await lists()('saves').syncListItems.create({ data: { n: 1 } })
    const context = lists()('saves').syncListItems(item.index)
    await context.update({ ifMatch: item.revision, data: { n: 2 } })
    await expect(context.update({ ifMatch: item.revision, data: { n: 3 } })).rejects.toMatchObject({
      status: 412,
      code: 54155,
    })
    await expect(context.remove({ ifMatch: item.revision })).rejects.toMatchObject({ status: 412 })
    expect((await context.fetch()).data).toEqual({ n: 2 })
  })

  test('forget an item after its time', async () => {
    await lists().create({ uniqueName: 'saves' })
    await lists()('saves').syncListItems.create({ data: {}, itemTtl: 60 })
    api.advance(61_000)
    expect(await lists()('saves').syncListItems.list()).toEqual([])
  })

  test.each([
    ['no content', {}, 20001],
    ['a field that Twilio does not know', { Data: '{}', Tttl: '1' }, 20001],
    ['content that is no JSON', { Data: '{' }, 54008],
    ['more than 16 KiB', { Data: JSON.stringify({ a: 'x'.repeat(17_000) }) }, 54006],
  ])('refuse an item with %s', async (_title, form, code) => {
    await lists().create({ uniqueName: 'saves' })
    const { body } = await post('/Lists/saves/Items', form)
    expect(JSON.parse(body)).toMatchObject({ code })
  })

  test('are unknown until they are made, and made once', async () => {
    await expect(lists()('saves').syncListItems.create({ data: {} })).rejects.toMatchObject({ status: 404 })
    await lists().create({ uniqueName: 'saves' })
    await expect(lists().create({ uniqueName: 'saves' })).rejects.toMatchObject({ status: 409, code: 54301 })
  })
})

describe('Sync maps', () => {
  test('keep one item per key, in the order of the keys', async () => {
    await maps().create({ uniqueName: 'calls' })
    const items = maps()('calls').syncMapItems
    await items.create({ key: 'b', data: { n: 2 } })
    await items.create({ key: 'a', data: { n: 1 } })
    await expect(items.create({ key: 'a', data: {} })).rejects.toMatchObject({ status: 409, code: 54208 })
    expect((await items.list()).map(({ key }) => key)).toEqual(['a', 'b'])
    await items('a').update({ data: { n: 3 }, ifMatch: '0' })
    await expect(items('a').update({ data: {}, ifMatch: '0' })).rejects.toMatchObject({ code: 54205 })
  })
})

describe('a product of Twilio that fails', () => {
  const fail = (body: object): Promise<Response> =>
    fetch(`${api.server.url}/_local/faults`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    })

  test('does so as often as it was told to, and no other product does', async () => {
    expect((await fail({ service: 'sync', fault: '503', count: 1 })).status).toBe(204)
    await expect(lists().create({})).rejects.toMatchObject({ status: 503 })
    await expect(lists().create({})).resolves.toMatchObject({ revision: '0' })
    expect((await fail({ service: 'iam', fault: '500' })).status).toBe(204)
    await expect(lists().create({})).resolves.toBeDefined()
  })

  test('is named by one of the known names', async () => {
    expect((await fail({ service: 'fax', fault: '503' })).status).toBe(400)
    expect((await fail({ service: 'sync', fault: 'tired' })).status).toBe(400)
    expect((await fail({ service: 'sync', fault: '503', count: 0 })).status).toBe(400)
  })
})
