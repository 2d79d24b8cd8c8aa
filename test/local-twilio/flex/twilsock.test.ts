import fc from 'fast-check'
import { answerTwilsock, readTwilsock, writeTwilsock } from '../../../local-twilio/src/flex/twilsock.ts'

const ask = (header: object, body?: unknown): ReturnType<typeof readTwilsock> => {
  const message = readTwilsock(writeTwilsock(header as Record<string, unknown>, body))
  const answer = message && answerTwilsock(message, (index, query) => [{ key: 'K', data: { index, query } }])
  return answer && readTwilsock(answer)
}

describe('a Twilsock message', () => {
  test('is read as it was written, whatever letters its body has', () => {
    const body = { text: 'Gruß 你好 🙂' }
    const message = readTwilsock(writeTwilsock({ id: 'TM1', method: 'message' }, body))
    expect(message?.header).toMatchObject({
      id: 'TM1',
      payload_size: Buffer.byteLength(JSON.stringify(body)),
    })
    expect(JSON.parse(message?.body ?? '')).toEqual(body)
  })

  test('that is none is not read', () => {
    for (const text of [
      '',
      'GET / HTTP/1.1',
      'TWILSOCK V3.0 2\r\n[]',
      'TWILSOCK V3.0 4\r\nnull',
      'TWILSOCK V3.0 99999999\r\n{}',
    ]) {
      expect(Object.keys(readTwilsock(Buffer.from(text))?.header ?? {})).toEqual([])
    }
  })

  test('of any bytes never breaks the reader or the answer', () => {
    const header = fc.dictionary(fc.constantFrom('id', 'method', 'http_request'), fc.jsonValue())
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), header), (given) => {
        const bytes = given instanceof Uint8Array ? Buffer.from(given) : writeTwilsock(given)
        const message = readTwilsock(bytes)
        if (message) answerTwilsock(message, () => [])
        return true
      }),
    )
  })
})

describe('an answer', () => {
  test('grants the steps of the connection, and nothing where nothing was asked', () => {
    for (const method of ['init', 'ping', 'update', 'close']) {
      expect(ask({ id: 'TM2', method })?.header).toMatchObject({
        id: 'TM2',
        method: 'reply',
        status: { code: 200 },
      })
    }
    expect(ask({ id: 'TM3', method: 'reply' })).toBeUndefined()
  })

  test('to a live query holds its items under a name of its own', () => {
    const http_request = { path: '/v3/Insights/tr-worker/Items' }
    const query = { query_string: 'data.worker_sid == "WK1"' }
    const [first, second] = [1, 2].map(
      () => ask({ id: 'TM4', method: 'message', http_request }, query)?.body ?? '',
    )
    expect(JSON.parse(first ?? '')).toMatchObject({
      items_count: 1,
      items: [{ key: 'K', data: { index: 'tr-worker', query: query.query_string } }],
    })
    expect(first).not.toBe(second)
  })

  test('to everything else is that it does not exist', () => {
    for (const http_request of [{ path: '/v3/Services' }, { path: 7 }, null, 'x']) {
      expect(ask({ id: 'TM5', method: 'message', http_request })?.header).toMatchObject({
        status: { code: 404 },
      })
    }
  })
})
