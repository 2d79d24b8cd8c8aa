import twilio from 'twilio'
import { createFaultRegistry } from '../../local-twilio/src/faults/registry.ts'
import { startTwilioApi } from '../../local-twilio/src/rest/twilio-api.ts'
import { unverified } from '../../src/caller/assurance.ts'
import type { CallSession, CallSessions } from '../../src/call/session.ts'
import { createTwilioHttpClient } from '../../src/twilio/rest-client.ts'
import { createSyncSessions } from '../../src/twilio/sync-sessions.ts'
import { sendJson, startTestServer } from '../support/http-server.ts'

const accountSid = `AC${'7'.repeat(32)}`
const authToken = 'f'.repeat(32)
const SESSION: CallSession = {
  callSid: `CA${'7'.repeat(32)}`,
  startedAt: '2026-03-02T09:00:00.000Z',
  tier: 'likely',
  memory: 'available',
  assurance: unverified('not_asked'),
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  saved: false,
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function sessionsAt(apiUrl: string): CallSessions {
  const httpClient = createTwilioHttpClient(apiUrl)
  const client = twilio(accountSid, authToken, { httpClient })
  return createSyncSessions({ client: () => client, serviceSid: 'default', ttlSeconds: 600 })
}

function put(sessions: CallSessions, session: CallSession): Promise<void> {
  return sessions.change(session.callSid, () => ({ session, result: undefined }))
}

async function localSync(now: { at: number }): Promise<CallSessions> {
  const clock = (): Date => new Date(now.at)
  const api = await startTwilioApi({
    accountSid,
    authToken,
    clock,
    log: () => {},
    faults: createFaultRegistry(),
  })
  closing.push(api.close)
  return sessionsAt(api.url)
}

describe('sessions in Twilio Sync', () => {
  test('are returned as they were kept', async () => {
    const sessions = await localSync({ at: Date.parse(SESSION.startedAt) })
    await sessions.open(SESSION)
    expect(await sessions.load(SESSION.callSid)).toEqual(SESSION)
    await put(sessions, { ...SESSION, intent: 'refund', saved: true })
    expect(await sessions.load(SESSION.callSid)).toEqual({ ...SESSION, intent: 'refund', saved: true })
  })

  test('are unknown before they were kept and after their time', async () => {
    const now = { at: Date.parse(SESSION.startedAt) }
    const sessions = await localSync(now)
    expect(await sessions.load(SESSION.callSid)).toBeUndefined()
    await sessions.open(SESSION)
    now.at += 601_000
    expect(await sessions.load(SESSION.callSid)).toBeUndefined()
  })

  test('lose no change when several writers meet', async () => {
    const sessions = await localSync({ at: Date.parse(SESSION.startedAt) })
    const words = ['a', 'b', 'c', 'd', 'e']
    const add = (word: string): Promise<void> =>
      sessions.change(SESSION.callSid, (kept) => {
        const session = kept ?? SESSION
        return { session: { ...session, said: `${session.said ?? ''}${word}` }, result: undefined }
      })
    await Promise.all(words.map(add))
    const said = (await sessions.load(SESSION.callSid))?.said ?? ''
    expect(said.split('').sort()).toEqual(words)
  })

  test('keep what the call has come to when its first webhook comes again', async () => {
    const sessions = await localSync({ at: Date.parse(SESSION.startedAt) })
    await sessions.open({ ...SESSION, intent: 'refund', saved: true })
    await sessions.open({ ...SESSION, tier: 'new' })
    expect(await sessions.load(SESSION.callSid)).toMatchObject({ tier: 'new', intent: 'refund', saved: true })
  })

  test('are listed a page at a time, other documents left out', async () => {
    const sessions = await localSync({ at: Date.parse(SESSION.startedAt) })
    const sids = Array.from({ length: 130 }, (_, at) => `CA${String(at).padStart(32, '0')}`)
    for (const callSid of sids) await sessions.open({ ...SESSION, callSid })
    const first = await sessions.list()
    const second = await sessions.list(first.nextPageToken)
    expect([...first.sessions, ...second.sessions].map(({ callSid }) => callSid)).toEqual(sids)
    expect(second.nextPageToken).toBeUndefined()
  })

  test('survive a webhook that comes twice, and a save without an opening', async () => {
    const sessions = await localSync({ at: Date.parse(SESSION.startedAt) })
    await sessions.open(SESSION)
    await sessions.open({ ...SESSION, tier: 'recognized' })
    expect((await sessions.load(SESSION.callSid))?.tier).toBe('recognized')
    const other = { ...SESSION, callSid: `CA${'8'.repeat(32)}` }
    await put(sessions, other)
    expect(await sessions.load(other.callSid)).toEqual(other)
  })
})

describe('sessions while Sync fails', () => {
  test.each([
    ['refuses', 500],
    ['limits', 429],
    ['does not let us in', 401],
  ])('are unavailable when it %s', async (_title, status) => {
    const server = await startTestServer((response) => sendJson(response, status, { code: 20_001, status }))
    closing.push(server.close)
    const sessions = sessionsAt(server.url)
    const fault = { code: 'CM_SESSION_UNAVAILABLE', facts: { upstreamStatus: status } }
    await expect(sessions.open(SESSION)).rejects.toMatchObject(fault)
    await expect(sessions.load(SESSION.callSid)).rejects.toMatchObject(fault)
  })

  test('are unavailable when nobody listens', async () => {
    const fault = { code: 'CM_SESSION_UNAVAILABLE' }
    await expect(sessionsAt('http://127.0.0.1:9').load(SESSION.callSid)).rejects.toMatchObject(fault)
  })

  test('are unavailable after two seconds when it hangs', async () => {
    const server = await startTestServer(() => {})
    closing.push(server.close)
    const startedAt = performance.now()
    const work = put(sessionsAt(server.url), SESSION)
    await expect(work).rejects.toMatchObject({ code: 'CM_SESSION_UNAVAILABLE' })
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })

  test('are asked for again at once when the connection breaks', async () => {
    const server = await startTestServer((response, _request, count) =>
      count === 1 ? response.socket?.destroy() : sendJson(response, 200, { data: SESSION }),
    )
    closing.push(server.close)
    expect(await sessionsAt(server.url).load(SESSION.callSid)).toEqual(SESSION)
  })

  test('that are no sessions count as none', async () => {
    const server = await startTestServer((response) => sendJson(response, 200, { data: { tier: 'high' } }))
    closing.push(server.close)
    expect(await sessionsAt(server.url).load(SESSION.callSid)).toBeUndefined()
  })
})
