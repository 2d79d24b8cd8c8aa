import { bearer, newCallId, startTestServer } from './support.ts'
import type { Answer, TestServer } from './support.ts'

const ANI = '+12025550101'
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

function problemsOf(answer: Answer): Record<string, string> {
  expect(answer.status).toBe(400)
  expect(answer.body.error).toBe('Bad Request')
  expect(answer.body.message).toBe('Validation failed')
  return Object.fromEntries(
    answer.body.details?.issues.map(({ path, message }) => [path.join('.'), message]) ?? [],
  )
}

const raw = (body: string, headers: Record<string, string> = bearer()): Promise<Answer> =>
  server.request('/v1/calls/start', { method: 'POST', headers, body })

describe('a healthy server', () => {
  test('answers its health check without a key', async () => {
    const answer = await server.request('/healthz')
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ status: 'ok' })
  })

  test('answers a new caller with confidence 0, nothing remembered and a fresh reference', async () => {
    const answer = await server.start({ call_id: 'call_1', identity_hints: { ani: ANI } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(answer.body).toEqual({
      call_id: 'call_1',
      customer_ref: expect.stringMatching(UUID_V4) as string,
      call_start: '2026-11-02T10:30:00.000Z',
      identity: { confidence: 0, level: 'low', sources: [], recommendation: 'ignore' },
      open_intents: [],
      variables: {},
    })
  })

  test('answers the end of a call with times, duration and counts, and the next start with what was saved', async () => {
    const callId = newCallId()
    const { body } = await server.start({ call_id: callId, identity_hints: { ani: '+12025550102' } })
    server.clock.forward(15_700)
    const ended = await server.end({
      call_id: callId,
      customer_ref: body.customer_ref,
      intent: 'refund_request',
      intent_status: 'open',
      variables: { name: 'Ada Example', amount: '$1,234.56' },
    })
    expect(ended.status).toBe(200)
    expect(ended.body).toEqual({
      call_id: callId,
      customer_ref: body.customer_ref,
      call_start: body.call_start,
      call_end: server.clock.now().toISOString(),
      duration_seconds: 15,
      intents_updated: 1,
      variables_updated: 2,
    })
    expect(await server.identify({ ani: '+12025550102' })).toMatchObject({
      customer_ref: body.customer_ref,
      identity: { level: 'very_high', sources: ['ani:unknown', 'recency:1day'], recommendation: 'reuse' },
      open_intents: [{ intent: 'refund_request', status: 'open', attempt_count: 1 }],
      variables: {
        name: { value: 'Ada Example', source: null, ttl_seconds: 2_592_000 },
        amount: { value: '$1,234.56', source: null, ttl_seconds: 2_592_000 },
      },
    })
  })
})

describe('a start request that breaks a rule', () => {
  test('without a call_id is told so in the words of the API', async () => {
    const answer = await server.start({ identity_hints: { ani: ANI } })
    expect(answer.body).toEqual({
      error: 'Bad Request',
      message: 'Validation failed',
      details: { issues: [{ path: ['call_id'], message: "Required field 'call_id' is missing" }] },
    })
  })

  test.each([
    ['no identity_hints', { call_id: 'x' }],
    ['empty identity_hints', { call_id: 'x', identity_hints: {} }],
    ['a dnis alone', { call_id: 'x', identity_hints: { dnis: '+12025550199' } }],
    ['no external id in external_ids', { call_id: 'x', identity_hints: { external_ids: {} } }],
    ['hints that are null', { call_id: 'x', identity_hints: { ani: null, external_ids: null } }],
  ])('is told which hints are needed: %s', async (_case, body) => {
    expect(problemsOf(await server.start(body))).toEqual({
      identity_hints: 'identity_hints must include ani, external_ids, or customer_ref',
    })
  })

  test('hears of every problem at once', async () => {
    const answer = await server.start({
      call_id: 7,
      identity_hints: { ani: 'Ada', dnis: 5, external_ids: { crm_id: 4, account: '' }, customer_ref: [] },
      telco: { line_type: 'carrier_pigeon' },
    })
    expect(problemsOf(answer)).toEqual({
      call_id: 'call_id must be a string',
      'identity_hints.dnis': 'identity_hints.dnis must be a string',
      'identity_hints.ani': 'identity_hints.ani must be a phone number in E.164 format',
      'identity_hints.customer_ref': 'identity_hints.customer_ref must be a string',
      'identity_hints.external_ids.account': expect.stringContaining('1 to 256') as string,
      'identity_hints.external_ids.crm_id': 'identity_hints.external_ids.crm_id must be a string',
      'telco.line_type': 'telco.line_type must be one of mobile, landline, voip, unknown',
    })
  })

  test.each([
    'anonymous',
    'Restricted',
    'UNAVAILABLE',
    '+266696687',
    '+1266696687',
    'sip:anonymous@anonymous.invalid',
    '',
  ])('is refused for a withheld number: %p', async (ani) => {
    expect(problemsOf(await server.start({ call_id: 'x', identity_hints: { ani } }))).toEqual({
      'identity_hints.ani': expect.stringContaining('withheld') as string,
    })
  })

  test.each([
    '2025550101',
    '+1 202 555 0101',
    '+12',
    'client:ada',
    '+120255501010000000',
    '+0123456789',
    42,
    {},
  ])('is refused for a number that is not E.164: %p', async (ani) => {
    const problems = problemsOf(await server.start({ call_id: 'x', identity_hints: { ani } }))
    expect(Object.keys(problems)).toEqual(['identity_hints.ani'])
  })

  test('is refused beyond each limit and served at it', async () => {
    const many = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`namespace_${index}`, 'v']))
    const status = async (callId: string, externalIds: Record<string, string>): Promise<number> =>
      (await server.start({ call_id: callId, identity_hints: { external_ids: externalIds } })).status
    expect(await status('c'.repeat(128), { k: 'v' })).toBe(200)
    expect(await status('c'.repeat(129), { k: 'v' })).toBe(400)
    expect(await status('limit_1', many(20))).toBe(200)
    expect(await status('limit_2', many(21))).toBe(400)
    expect(await status('limit_3', { ['n'.repeat(64)]: 'w'.repeat(256) })).toBe(200)
    expect(await status('limit_4', { ['n'.repeat(65)]: 'w' })).toBe(400)
    expect(await status('limit_5', { n: 'w'.repeat(257) })).toBe(400)
    expect(await status('limit_6', { n: 'nul\0' })).toBe(400)
  })

  test.each([
    ['malformed JSON', '{"call_id":'],
    ['nothing', ''],
    ['a list', '[]'],
    ['a text', '"call"'],
    ['null', 'null'],
    ['lists in lists', '['.repeat(60_000)],
  ])('is refused when the body is %s', async (_case, body) => {
    expect(Object.keys(problemsOf(await raw(body)))).toEqual([''])
  })

  test('is refused when there is no body at all', async () => {
    const { authorization } = bearer()
    const init = { method: 'POST', headers: { authorization: authorization ?? '' } }
    expect(problemsOf(await server.request('/v1/calls/start', init))).toEqual({
      '': 'The body must be a JSON object',
    })
  })

  test('is refused with 413 beyond 64 kB and served just below', async () => {
    const body = (padding: number): string =>
      JSON.stringify({ call_id: 'size', identity_hints: { ani: ANI }, padding: 'p'.repeat(padding) })
    const tooLarge = await raw(body(65_536))
    expect(tooLarge.status).toBe(413)
    expect(tooLarge.body).toEqual({
      error: 'Payload Too Large',
      message: 'the body is larger than 65536 bytes',
    })
    expect((await raw(body(65_300))).status).toBe(200)
  })
})

describe('an end request that breaks a rule', () => {
  test('names neither customer nor hints', async () => {
    expect(problemsOf(await server.end({ call_id: 'x' }))).toEqual({
      customer_ref: 'customer_ref or identity_hints is required',
    })
    expect(problemsOf(await server.end({ call_id: 'x', identity_hints: {} }))).toEqual({
      identity_hints: 'identity_hints must include ani, external_ids, or customer_ref',
    })
  })

  test('hears of every problem at once', async () => {
    const answer = await server.end({
      identity_hints: { ani: 'anonymous' },
      intent: 'i'.repeat(129),
      intent_status: 'done',
      intent_is_open: 'yes',
      variables: { '1st': 'a', ok: 'b', list: [1], long: 'x'.repeat(4097), ['n'.repeat(65)]: 'c' },
    })
    expect(Object.keys(problemsOf(answer)).toSorted()).toEqual([
      'call_id',
      'identity_hints.ani',
      'intent',
      'intent_is_open',
      'intent_status',
      'variables.1st',
      'variables.list',
      'variables.long',
      `variables.${'n'.repeat(64)}`,
    ])
  })

  test('names a customer nobody has', async () => {
    for (const customerRef of ['cust_abc123', 'b5d2f90b-523b-4f4f-91e2-be35bb174b0d']) {
      const answer = await server.end({ call_id: newCallId(), customer_ref: customerRef })
      expect(answer.status).toBe(404)
      expect(answer.body).toEqual({ error: 'Not Found', message: 'no customer has this customer_ref' })
    }
  })
})

describe('other spellings', () => {
  test('unknown fields are ignored', async () => {
    const body = { call_id: newCallId(), identity_hints: { ani: ANI, colour: 'red' }, telco: {}, extra: [1] }
    expect((await server.start(body)).status).toBe(200)
  })

  test('ani and external_ids may stand at the top level, and identity_hints wins', async () => {
    const first = await server.start({ call_id: newCallId(), external_ids: { crm_id: 'top-1' } })
    expect(first.status).toBe(200)
    expect((await server.identify({ external_ids: { crm_id: 'top-1' } })).customer_ref).toBe(
      first.body.customer_ref,
    )
    const number = await server.identify({ ani: '+12025550103' })
    const both = await server.start({
      call_id: newCallId(),
      ani: '+12025550104',
      identity_hints: { ani: '+12025550103' },
    })
    expect(both.body.customer_ref).toBe(number.customer_ref)
  })

  test('a reference that nobody has is no error at the start: the number decides', async () => {
    const known = await server.identify({ ani: '+12025550105' })
    const again = await server.identify({ ani: '+12025550105', customer_ref: 'cust_abc123' })
    expect(again.customer_ref).toBe(known.customer_ref)
    expect(again.identity.sources).toEqual(['ani:unknown', 'recency:1day'])
    const alone = await server.identify({ customer_ref: 'cust_abc123' })
    expect(alone.customer_ref).toMatch(UUID_V4)
    expect(alone.identity.confidence).toBe(0)
  })

  test('a body is JSON whatever its content type says', async () => {
    const body = JSON.stringify({ call_id: newCallId(), identity_hints: { ani: ANI } })
    const headers = { ...bearer(), 'content-type': 'application/x-www-form-urlencoded' }
    expect((await raw(body, headers)).status).toBe(200)
  })
})

describe('what is not served', () => {
  test.each([
    ['GET', '/v1/calls/start'],
    ['POST', '/v1/calls'],
    ['GET', '/'],
  ])('is 404 in the same envelope: %s %s', async (method, path) => {
    const answer = await server.request(path, { method, headers: bearer() })
    expect(answer.status).toBe(404)
    expect(answer.body).toEqual({ error: 'Not Found', message: 'there is no such route' })
  })

  test('a malformed address is 400 in the same envelope and is not repeated', async () => {
    const answer = await server.request('/%zz')
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.body)).toEqual(['error', 'message', 'details'])
    expect(answer.text).not.toContain('zz')
  })
})

test('a failed request leaves one log line with route, status and code, and nothing that was sent', async () => {
  server.logLines.length = 0
  await server.start({ call_id: 'secret-call', identity_hints: { ani: '+1202555010' }, name: 'Ada' })
  await server.request('/v1/people/+12025550101', { headers: bearer() })
  await server.identify({ ani: ANI })
  expect(server.logLines.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      level: 'warn',
      message: 'request failed',
      route: '/v1/calls/start',
      status: 400,
      code: 'CM_PAYLOAD_INVALID',
    },
    { level: 'warn', message: 'request failed', route: 'none', status: 404, code: 'CM_NOT_FOUND' },
  ])
})

test('a database that is gone is 503 without a word about why', async () => {
  const other = await startTestServer()
  await other.store.close()
  const answer = await other.start({ call_id: 'x', identity_hints: { ani: ANI } })
  expect(answer.status).toBe(503)
  expect(answer.body).toEqual({
    error: 'Service Unavailable',
    message: 'The memory is unavailable, try again later',
  })
  expect(other.logLines.join()).toContain('"level":"error"')
  expect(other.logLines.join()).toContain('CM_STORE_UNAVAILABLE')
  await other.close()
})
