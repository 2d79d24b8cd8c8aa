import { runKeyCommand } from '../../memory-server/src/cli/keys.ts'
import { createKeyedHash } from '../../memory-server/src/identity/keyed-hash.ts'
import { API_KEY, bearer, HASH_KEY, movableClock, newCallId, startTestServer } from './support.ts'
import type { Answer, TestServer } from './support.ts'

const identity_hints = { ani: '+12025550175' }

let server: TestServer
afterEach(() => server.close())

const startWith = async (options: Parameters<typeof startTestServer>[1]): Promise<void> => {
  server = await startTestServer(movableClock('2026-12-31T23:59:00.000Z'), options)
}

async function makeKey(tenant: string, scopes: readonly ('calls' | 'read')[]): Promise<string> {
  const options = { database: server.store, keyedHash: createKeyedHash(HASH_KEY), clock: server.clock.now }
  await runKeyCommand({ kind: 'create tenant', tenant }, options)
  const [apiKey = ''] = await runKeyCommand({ kind: 'create key', tenant, mode: 'test', scopes }, options)
  return apiKey
}

const start = (apiKey: string = API_KEY): Promise<Answer> =>
  server.request('/v1/calls/start', {
    method: 'POST',
    headers: bearer(apiKey),
    body: JSON.stringify({ call_id: newCallId(), identity_hints }),
  })

async function usage(apiKey: string = API_KEY): Promise<Record<string, unknown>> {
  const answer = await server.request('/v1/usage', { headers: bearer(apiKey) })
  expect(answer.status).toBe(200)
  return JSON.parse(answer.text) as Record<string, unknown>
}

const countOf = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length

describe('the rate limit', () => {
  test('lets a tenant send its number and a tenth more, then answers 429 with when to come back', async () => {
    await startWith({ rateLimitPerMinute: 20 })
    const answers = await Promise.all(Array.from({ length: 30 }, () => start()))
    expect([countOf(answers, 200), countOf(answers, 429)]).toEqual([22, 8])
    const refused = await start()
    expect(refused.body).toEqual({
      error: 'Too Many Requests',
      message: 'more than 20 requests in a minute: wait, then retry',
    })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(refused.headers.get('x-ratelimit-limit')).toBe('22')
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(answers[0]?.headers.get('x-ratelimit-reset')).toBe('60')
    expect(server.logLines.join('\n')).toContain('"status":429,"code":"CM_RATE_LIMITED"')
  })

  test('counts all keys and routes of a tenant together, and each tenant alone', async () => {
    await startWith({ rateLimitPerMinute: 10 })
    const [first, second] = [await makeKey('acme', ['calls']), await makeKey('acme', ['read'])]
    const other = await makeKey('zeta', ['calls'])
    for (let index = 0; index < 10; index += 1) expect((await start(first)).status).toBe(200)
    await usage(second)
    expect((await start(first)).status).toBe(429)
    expect((await server.request('/v1/usage', { headers: bearer(second) })).status).toBe(429)
    expect((await start(other)).status).toBe(200)
  })

  test('begins anew after a minute, and when the clock is set back', async () => {
    await startWith({ rateLimitPerMinute: 10 })
    const fill = async (): Promise<void> => {
      for (let index = 0; index < 11; index += 1) expect((await start()).status).toBe(200)
      const refused = await start()
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
    }
    await fill()
    for (const jump of [60_000, -7_200_000]) {
      server.clock.forward(jump)
      await fill()
    }
  })

  test('does not count requests without a good key, nor the health check', async () => {
    await startWith({ rateLimitPerMinute: 1 })
    for (let index = 0; index < 5; index += 1) {
      expect((await start('unknown')).status).toBe(401)
      expect((await server.request('/healthz')).status).toBe(200)
    }
    expect((await start()).status).toBe(200)
  })
})

describe('the monthly quota', () => {
  test('is exact under concurrency: of 40 requests at once 25 are answered and 15 refused with 402', async () => {
    await startWith({ monthlyQuota: 25 })
    const answers = await Promise.all(Array.from({ length: 40 }, () => start()))
    expect([countOf(answers, 200), countOf(answers, 402)]).toEqual([25, 15])
    const refused = await start()
    expect(refused.body).toEqual({
      error: 'Payment Required',
      message: 'the quota of this month is used up',
    })
    expect(await usage()).toEqual({
      month: '2026-12',
      starts: 25,
      ends: 0,
      used: 25,
      quota: 25,
      remaining: 0,
      resets_at: '2027-01-01T00:00:00.000Z',
    })
    expect(await server.store.read('SELECT count(*) AS n FROM calls', [])).toEqual([{ n: 25 }])
  })

  test('counts neither replays nor refusals, and what was answered replays when it is used up', async () => {
    await startWith({ monthlyQuota: 2 })
    const call_id = newCallId()
    await server.start({ call_id, identity_hints })
    expect((await server.start({ call_id, identity_hints })).status).toBe(200)
    expect((await server.start({ call_id, identity_hints: { ani: '+12025550176' } })).status).toBe(409)
    expect((await server.start({})).status).toBe(400)
    expect((await server.end({ call_id, customer_ref: 'nobody' })).status).toBe(404)
    expect(await usage()).toMatchObject({ starts: 1, ends: 0, remaining: 1 })
    const end = { call_id, identity_hints, intent: 'refund' }
    expect((await server.end(end)).status).toBe(200)
    expect((await server.end({ ...end, call_id: newCallId() })).status).toBe(402)
    expect((await server.end(end)).status).toBe(200)
    expect(await usage()).toMatchObject({ starts: 1, ends: 1, remaining: 0 })
  })

  test('begins anew with the month and is every tenant for itself', async () => {
    await startWith({ monthlyQuota: 1 })
    const acme = await makeKey('acme', ['calls', 'read'])
    expect((await start()).status).toBe(200)
    expect((await start()).status).toBe(402)
    expect((await start(acme)).status).toBe(200)
    server.clock.forward(60_000)
    expect(await usage(acme)).toMatchObject({
      month: '2027-01',
      used: 0,
      resets_at: '2027-02-01T00:00:00.000Z',
    })
    expect((await start()).status).toBe(200)
    expect((await start()).status).toBe(402)
  })
})

describe('usage', () => {
  test('is counted without a quota as well, wherever the calls are stored', async () => {
    await startWith({})
    await Promise.all(Array.from({ length: 30 }, () => start()))
    expect(await usage()).toMatchObject({ starts: 30, ends: 0, used: 30, quota: null, remaining: null })
    const rows = await server.store.read('SELECT count(*) AS n FROM usage', [])
    expect(Number(rows[0]?.['n'])).toBeGreaterThan(1)
  })

  test('is told to keys with the scope read only', async () => {
    await startWith({})
    const apiKey = await makeKey('acme', ['calls'])
    expect((await server.request('/v1/usage', { headers: bearer(apiKey) })).status).toBe(403)
    expect((await server.request('/v1/usage')).status).toBe(401)
  })
})
