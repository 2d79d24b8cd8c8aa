import { runKeyCommand } from '../../memory-server/src/cli/keys.ts'
import { createKeyedHash } from '../../memory-server/src/identity/keyed-hash.ts'
import type { KeyScope } from '../../memory-server/src/keys/api-key.ts'
import { listApiKeys } from '../../memory-server/src/store/api-keys.ts'
import type { Store } from '../../memory-server/src/store/database.ts'
import { bearer, HASH_KEY, newCallId, startTestServer } from './support.ts'
import type { Answer, TestServer } from './support.ts'

const ANI = '+12025550170'
const hints = { ani: ANI, external_ids: { crm_id: 'ada' } }

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

const run = (command: Parameters<typeof runKeyCommand>[0]): Promise<string[]> =>
  runKeyCommand(command, {
    database: server.store,
    keyedHash: createKeyedHash(HASH_KEY),
    clock: server.clock.now,
  })

async function makeKey(tenant: string, scopes: readonly KeyScope[] = ['calls']): Promise<string> {
  await run({ kind: 'create tenant', tenant })
  const [apiKey = ''] = await run({ kind: 'create key', tenant, mode: 'test', scopes })
  return apiKey
}

const post = (apiKey: string, stage: 'start' | 'end', body: object): Promise<Answer> =>
  server.request(`/v1/calls/${stage}`, {
    method: 'POST',
    headers: bearer(apiKey),
    body: JSON.stringify(body),
  })

const start = (apiKey: string, more: object = {}): Promise<Answer> =>
  post(apiKey, 'start', { call_id: newCallId(), identity_hints: hints, ...more })

test('a tenant never sees the customer of another, by number, external id, reference or call_id', async () => {
  const [acme, zeta] = [await makeKey('acme'), await makeKey('zeta')]
  const own = await start(acme, { call_id: 'shared' })
  await post(acme, 'end', {
    call_id: 'shared',
    identity_hints: hints,
    intent: 'refund',
    variables: { name: 'Ada' },
  })
  const { customer_ref } = own.body

  const other = await start(zeta, { call_id: 'shared' })
  expect(other.body).toMatchObject({ identity: { confidence: 0 }, open_intents: [], variables: {} })
  expect(other.body.customer_ref).not.toBe(customer_ref)
  const byRef = await start(zeta, { identity_hints: { customer_ref } })
  expect(byRef.body).toMatchObject({ identity: { confidence: 0 }, open_intents: [], variables: {} })
  expect((await post(zeta, 'end', { call_id: newCallId(), customer_ref })).status).toBe(404)
  expect((await server.identify(hints)).identity.confidence).toBe(0)

  const again = await start(acme)
  expect(again.body).toMatchObject({ customer_ref, open_intents: [{ intent: 'refund' }] })
})

test('two keys of one tenant share its customers', async () => {
  const first = await start(await makeKey('acme'))
  const second = await start(await makeKey('acme'))
  expect(second.body.customer_ref).toBe(first.body.customer_ref)
})

test('a key without the scope is refused with 403, which names the scope', async () => {
  const answer = await start(await makeKey('acme', ['read', 'erase', 'admin']))
  expect([answer.status, answer.body.error]).toEqual([403, 'Forbidden'])
  expect(answer.body.message).toBe('the API key lacks the scope calls')
  expect(await server.store.read('SELECT * FROM calls', [])).toEqual([])
})

test('a revoked key is refused with 401 at the latest five seconds later, and stays revoked', async () => {
  const apiKey = await makeKey('acme')
  expect((await start(apiKey)).status).toBe(200)
  await run({ kind: 'revoke key', prefix: apiKey.slice(0, 16) })
  server.clock.forward(5000)
  expect((await start(apiKey)).status).toBe(401)
  const [revoked] = await listApiKeys(server.store)
  server.clock.forward(1000)
  await run({ kind: 'revoke key', prefix: apiKey.slice(0, 16) })
  expect(await listApiKeys(server.store)).toEqual([revoked])
  await expect(run({ kind: 'revoke key', prefix: 'sk_test_AAAAAAAA' })).rejects.toThrow('no such key')
})

test('a key of the right form is refused unless every character is right', async () => {
  const apiKey = await makeKey('acme')
  const last = apiKey.endsWith('A') ? 'Q' : 'A'
  for (const wrong of [`${apiKey.slice(0, -1)}${last}`, apiKey.slice(0, 16), `sk_test_${'A'.repeat(43)}`]) {
    expect((await start(wrong)).status).toBe(401)
  }
  expect((await start(apiKey)).status).toBe(200)
  expect((await start(`${apiKey.slice(0, -1)}${last}`)).status).toBe(401)
})

test('the last use of a key is written at most once a minute', async () => {
  const apiKey = await makeKey('acme')
  const lastUse = async (store: Store): Promise<number | undefined> =>
    (await listApiKeys(store))[0]?.lastUsedAt
  expect(await lastUse(server.store)).toBe(0)
  await Promise.all([start(apiKey), start(apiKey)])
  const first = server.clock.now().getTime()
  expect(await lastUse(server.store)).toBe(first)
  server.clock.forward(59_999)
  await start(apiKey)
  expect(await lastUse(server.store)).toBe(first)
  server.clock.forward(1)
  await start(apiKey)
  expect(await lastUse(server.store)).toBe(first + 60_000)
})

test('neither a key nor a hash without its key stands in the database or in the log', async () => {
  const apiKey = await makeKey('acme')
  await start(apiKey)
  await start(`${apiKey}x`)
  const rows = JSON.stringify(await server.store.read('SELECT * FROM api_keys', []))
  expect(rows).toContain(apiKey.slice(0, 16))
  expect(rows).not.toContain(apiKey.slice(16))
  expect(server.logLines.join('')).not.toContain(apiKey.slice(0, 16))
})

test('a key needs a tenant that is there; the default one always is', async () => {
  const command = { kind: 'create key', tenant: 'nobody', mode: 'test', scopes: ['calls'] } as const
  await expect(run(command)).rejects.toMatchObject({ code: 'CM_USAGE' })
  const [apiKey = ''] = await run({ ...command, tenant: 'default', mode: 'live' })
  expect(apiKey).toMatch(/^sk_live_/)
  const { customer_ref } = await server.identify(hints)
  expect((await start(apiKey)).body.customer_ref).toBe(customer_ref)
  expect(await run({ kind: 'list tenants' })).toEqual(['default'])
})
