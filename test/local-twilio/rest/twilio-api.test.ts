import { FAULTS } from '../../../local-twilio/src/faults/fault-names.ts'
import { startTwilioApi } from '../../../local-twilio/src/rest/twilio-api.ts'
import { systemClock } from '../../../src/clock.ts'
import { createLog } from '../../../src/log.ts'
import { sendRaw, type RawAnswer } from '../functions/raw-request.ts'
import { ACCOUNT_SID, AUTH_TOKEN, localClient, startLocalApi, type LocalApi } from './local-client.ts'

let api: LocalApi

beforeAll(async () => {
  api = await startLocalApi()
})

afterAll(() => api.server.close())

const basic = (sid: string, token: string): { Authorization: string } => ({
  Authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`,
})
const ours = basic(ACCOUNT_SID, AUTH_TOKEN)

describe('credentials', () => {
  const path = '/sync/v1/Services/default/Documents'

  it('of the account open the API', async () => {
    expect((await sendRaw(api.server.url, { path, headers: ours })).status).toBe(200)
  })

  it.each([
    ['missing', {}],
    ['with a wrong token', basic(ACCOUNT_SID, 'e'.repeat(32))],
    ['of another account', basic(`AC${'1'.repeat(32)}`, AUTH_TOKEN)],
    ['by another scheme', { Authorization: `Bearer ${AUTH_TOKEN}` }],
  ])('%s are refused in the form that Twilio uses', async (_name, headers) => {
    const answer = await sendRaw(api.server.url, { path, headers })
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toMatch(/^Basic/)
    expect(JSON.parse(answer.body)).toEqual({
      code: 20003,
      message: 'Authenticate',
      more_info: 'https://www.twilio.com/docs/errors/20003',
      status: 401,
    })
  })

  it('are needed for the local paths and for paths that do not exist', async () => {
    for (const hidden of ['/_local/faults', '/nothing/here']) {
      expect((await sendRaw(api.server.url, { method: 'POST', path: hidden })).status).toBe(401)
    }
  })

  it('that are wrong reach the real client as its own error', async () => {
    const stranger = localClient(api.server.url, 'e'.repeat(32))
    const asked = stranger.sync.v1.services('default').documents('x').fetch()
    await expect(asked).rejects.toMatchObject({ status: 401, code: 20003 })
  })
})

describe('what is not faked', () => {
  it.each(['/', '/sync/v1/Services/default/Streams', '/verify/v2/Services', '/sync/v1'])(
    '%s is not found, in the form that Twilio uses',
    async (path) => {
      const answer = await sendRaw(api.server.url, { path, headers: ours })
      expect(answer.status).toBe(404)
      expect(JSON.parse(answer.body)).toEqual({
        code: 20404,
        message: 'The requested resource was not found',
        more_info: 'https://www.twilio.com/docs/errors/20404',
        status: 404,
      })
    },
  )

  it('bodies of an unknown kind and of excessive length are refused in the same form', async () => {
    const path = '/sync/v1/Services/default/Documents'
    const send = (type: string, body: string): Promise<RawAnswer> =>
      sendRaw(api.server.url, { method: 'POST', path, headers: { ...ours, 'Content-Type': type }, body })
    expect(JSON.parse((await send('text/csv', 'a,b')).body)).toMatchObject({ status: 415, code: 20415 })
    const long = `Data=${'x'.repeat(1024 * 1024)}`
    expect(JSON.parse((await send('application/x-www-form-urlencoded', long)).body)).toMatchObject({
      status: 413,
      code: 20413,
    })
  })
})

const register = (body: string): Promise<RawAnswer> =>
  sendRaw(api.server.url, {
    method: 'POST',
    path: '/_local/faults',
    headers: { ...ours, 'Content-Type': 'application/json' },
    body,
  })

describe('faults', () => {
  it('are registered for a call', async () => {
    const callSid = `CA${'1'.repeat(32)}`
    const answer = await register(JSON.stringify({ call_sid: callSid, fault: 'memory-html' }))
    expect(answer).toMatchObject({ status: 204, body: '' })
    expect(api.faults.find(callSid)).toBe('memory-html')
  })

  it('with an unknown name are refused, and the known ones are listed', async () => {
    const answer = await register('{"call_sid":"CA1","fault":"memory-on-fire"}')
    expect(answer.status).toBe(400)
    for (const { name } of FAULTS) expect(answer.body).toContain(name)
    expect(answer.body).not.toContain('on-fire')
    expect(api.faults.find('CA1')).toBeUndefined()
  })

  it.each([
    ['{"fault":"memory-down"}'],
    ['{"call_sid":"","fault":"memory-down"}'],
    ['{"call_sid":7,"fault":"memory-down"}'],
    ['{"call_sid":"CA2"}'],
    ['[]'],
    ['null'],
    ['{"call_sid":'],
  ])('cannot be registered with %s', async (body) => {
    expect((await register(body)).status).toBe(400)
  })
})

describe('starting and logging', () => {
  it('two fakes share nothing', async () => {
    const other = await startLocalApi()
    await other.client.sync.v1.services('default').documents.create({ uniqueName: 'only-there' })
    const asked = api.client.sync.v1.services('default').documents('only-there').fetch()
    await expect(asked).rejects.toMatchObject({ status: 404 })
    await other.server.close()
  })

  it('a taken port is a coded fault', async () => {
    const options = { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN, clock: systemClock, log: createLog() }
    const started = startTwilioApi({ ...options, faults: api.faults, port: api.server.port })
    await expect(started).rejects.toMatchObject({ code: 'CM_LOCAL_SYSTEM' })
  })

  it('log lines name the route and hold neither names nor content', async () => {
    api.lines.length = 0
    const documents = api.client.sync.v1.services('default').documents
    await documents.create({ uniqueName: 'ada@example.com', data: { note: 'secret' } })
    await documents('ada@example.com').fetch()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(api.lines.map((line) => JSON.parse(line))).toMatchObject([
      { message: 'twilio api answered', route: 'POST /sync/v1/Services/:service/Documents', status: 201 },
      { route: 'GET /sync/v1/Services/:service/Documents/:reference', status: 200 },
    ])
    expect(api.lines.join()).not.toMatch(/ada|secret/)
  })
})
