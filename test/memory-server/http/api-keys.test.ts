import { bearer, newCallId, startTestServer } from '../support.ts'
import type { Answer, TestServer } from '../support.ts'

const ANI = '+12025550101'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const raw = (body: string, headers: Record<string, string>): Promise<Answer> =>
  server.request('/v1/calls/start', { method: 'POST', headers, body })

describe('a request without a good key', () => {
  const { authorization } = bearer()
  test.each([
    ['no header', undefined],
    ['another scheme', authorization?.replace('Bearer', 'Basic')],
    ['no key after the scheme', 'Bearer '],
    ['a wrong password', `Basic ${btoa('studio:test-key-0000000000000000000000000009')}`],
    ['the key as the user name', `Basic ${btoa(`${authorization?.slice(7)}:`)}`],
    ['a broken password', 'Basic a'],
    ['the bare key', authorization?.replace('Bearer ', '')],
    ['an unknown key', 'Bearer test-key-0000000000000000000000000009'],
    ['a key cut short', authorization?.slice(0, -1)],
    ['a key with something behind', `${authorization}x`],
  ])('is refused with 401: %s', async (_case, header) => {
    const headers: Record<string, string> = header === undefined ? {} : { authorization: header }
    const answer = await raw('{"call_id":"k","identity_hints":{"ani":"+12025550101"}}', headers)
    expect(answer.status).toBe(401)
    expect(answer.body.error).toBe('Unauthorized')
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(answer.text).not.toContain('test-key')
  })

  test('is let in with any of the keys, the scheme in any case', async () => {
    for (const header of ['bearer another-key-000000000000000000000000002', authorization ?? '']) {
      const body = JSON.stringify({ call_id: newCallId(), identity_hints: { ani: ANI } })
      expect((await raw(body, { authorization: header })).status).toBe(200)
    }
  })

  test('is let in with the key as the password of HTTP Basic, for callers that can send no header', async () => {
    const body = JSON.stringify({ call_id: newCallId(), identity_hints: { ani: ANI } })
    const header = `Basic ${btoa(`studio:${authorization?.slice(7)}`)}`
    expect((await raw(body, { authorization: header })).status).toBe(200)
  })

  test('is refused before its body is read', async () => {
    const answer = await raw('x'.repeat(100_000), {})
    expect(answer.status).toBe(401)
  })
})
