import { runKeyCommand } from '../../../memory-server/src/cli/keys.ts'
import type { KeyCommand } from '../../../memory-server/src/cli/keys.ts'
import { createKeyedHash } from '../../../memory-server/src/identity/keyed-hash.ts'
import { openSqliteStore } from '../../../memory-server/src/store/sqlite.ts'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { HASH_KEY, movableClock, temporaryFolder } from '../support.ts'

const folder = temporaryFolder()
const clock = movableClock()
let store: Store
beforeAll(async () => {
  store = await openSqliteStore({ path: `${folder.path}/memory.db`, clock: clock.now })
})
afterAll(async () => {
  await store.close()
  folder.remove()
})

const run = (command: KeyCommand): Promise<string[]> =>
  runKeyCommand(command, { database: store, keyedHash: createKeyedHash(HASH_KEY), clock: clock.now })

test('a key is shown once, listed without its secret, and revoked by its prefix', async () => {
  await expect(
    run({ kind: 'create key', tenant: 'acme', mode: 'live', scopes: ['calls'] }),
  ).rejects.toMatchObject({ code: 'CM_USAGE' })
  expect(await run({ kind: 'create tenant', tenant: 'acme' })).toEqual(['tenant acme is there'])
  expect(await run({ kind: 'list tenants' })).toContain('acme')
  const [key = ''] = await run({
    kind: 'create key',
    tenant: 'acme',
    mode: 'live',
    scopes: ['calls', 'read'],
  })
  expect(key).toMatch(/^sk_live_[A-Za-z0-9_-]{43}$/)
  const prefix = key.slice(0, 16)
  const listed = await run({ kind: 'list keys' })
  expect(listed.join('\n')).toContain(`${prefix}  acme  calls,read  created 20`)
  expect(listed.join('\n')).not.toContain(key)
  await run({ kind: 'revoke key', prefix })
  expect((await run({ kind: 'list keys' })).join('\n')).toMatch(/revoked 20\d\d-/)
  await expect(run({ kind: 'revoke key', prefix: 'sk_live_nobodyse' })).rejects.toMatchObject({
    code: 'CM_USAGE',
  })
})

test('a tenant gets settings of its own, and is as the server again', async () => {
  const change = { variable_ttl_days: 60 }
  await expect(run({ kind: 'set tenant', tenant: 'nobody', change })).rejects.toMatchObject({
    code: 'CM_USAGE',
  })
  await run({ kind: 'create tenant', tenant: 'zeta' })
  expect(await run({ kind: 'set tenant', tenant: 'zeta', change })).toEqual([
    'variable_ttl_days of zeta: 60',
    'intent_ttl_days of zeta: as the server',
  ])
  const back = await run({ kind: 'set tenant', tenant: 'zeta', change: { variable_ttl_days: null } })
  expect(back[0]).toBe('variable_ttl_days of zeta: as the server')
})
