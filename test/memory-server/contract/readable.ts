import { createVault, keyIdOf } from '../../../memory-server/src/identity/vault.ts'
import type { Vault } from '../../../memory-server/src/identity/vault.ts'
import { dropKey, rotateKeys } from '../../../memory-server/src/maintenance/rotate.ts'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { textOf } from '../../../memory-server/src/store/database.ts'
import { checkEncryptionKeys, findEncryptionKeyIds } from '../../../memory-server/src/store/installation.ts'
import { ask } from '../customers/support.ts'
import { ENCRYPTION_KEY } from '../support.ts'
import type { TestServer } from '../support.ts'
import { startServers } from './engines.ts'
import type { Engine, Servers } from './engines.ts'

const NEW_KEY = 'c4'.repeat(32)
const both = createVault([NEW_KEY, ENCRYPTION_KEY]) as Vault

const numberAt = (index: number): string => `+120255501${String(index).padStart(2, '0')}`

/** What must hold for numbers and external ids that are kept readable under a key. */
export function readableContract(engine: Engine): void {
  let servers: Servers
  let server: TestServer
  beforeAll(async () => {
    servers = await startServers(engine, { encryptionKeys: [ENCRYPTION_KEY] })
    server = servers.first
  }, 30_000)
  beforeEach(() => servers.empty())
  afterAll(() => servers.close())

  const keysInUse = async (store: Store): Promise<string[]> => {
    const rows = await store.read('SELECT DISTINCT bucket, key_id FROM readable_identifiers', [])
    return [...new Set(rows.map((row) => textOf(row, 'key_id')))]
  }

  test('the rows hold no number, no external id and no key', async () => {
    await server.identify({ ani: numberAt(1), external_ids: { crm_id: 'quaxly-77' } })
    const tables = [
      'readable_identifiers',
      'identifier_links',
      'customer_identifiers',
      'calls',
      'installation',
    ]
    for (const table of tables) {
      const rows = JSON.stringify(await server.store.read(`SELECT * FROM ${table}`, []))
      expect(rows).not.toMatch(/2025550101|quaxly|a7a7a7/)
    }
    expect(await server.store.read('SELECT bucket, key_id FROM readable_identifiers', [])).toHaveLength(2)
  })

  test('a number that several share is kept once, and goes with the last of them', async () => {
    const first = await server.identify({ ani: numberAt(2), external_ids: { crm_id: 'a' } })
    const second = await server.identify({ ani: numberAt(2), external_ids: { crm_id: 'b' } })
    const count = async (): Promise<number> =>
      (await server.store.read('SELECT bucket, key_id FROM readable_identifiers', [])).length
    expect(await count()).toBe(3)
    await ask(server, first.customer_ref, 'DELETE')
    expect(await count()).toBe(2)
    const shown = await ask(server, `${second.customer_ref}?reveal=yes`)
    expect(shown.body.links.map(({ value }) => value)).toContain(numberAt(2))
    const { body } = await ask(server, second.customer_ref, 'DELETE')
    expect(body.counts['readable_identifiers']).toBe(2)
    expect(await count()).toBe(0)
  })

  test('rotation stops where it is told to, goes on from there, and lets the old key go', async () => {
    await checkEncryptionKeys(server.store, createVault([ENCRYPTION_KEY]))
    const people = await Promise.all(
      Array.from({ length: 12 }, (_, index) => servers.pick(index).identify({ ani: numberAt(index) })),
    )
    await checkEncryptionKeys(server.store, both)
    const seen: number[] = []
    const onProgress = (resealed: number): void => void seen.push(resealed)
    const isStopping = (): boolean => (seen.at(-1) ?? 0) >= 5
    const part = await rotateKeys({ database: server.store, vault: both, onProgress, isStopping })
    expect(part.done).toBe(false)
    expect((await keysInUse(server.store)).length).toBe(2)
    const rest = await rotateKeys({ database: server.store, vault: both, onProgress })
    expect(rest).toEqual({ resealed: 12 - part.resealed, done: true })
    expect(await keysInUse(server.store)).toEqual([keyIdOf(NEW_KEY)])
    expect(await findEncryptionKeyIds(server.store)).toEqual([keyIdOf(NEW_KEY)])
    await checkEncryptionKeys(server.store, createVault([NEW_KEY]))
    // The server of this test still has only the old key: it says so instead of showing nothing.
    const shown = await ask(server, people[0]?.customer_ref ?? '')
    expect(shown.status).toBe(500)
    expect(server.logLines.join('')).toContain('CM_CONFIG_INVALID')
  })

  test('a key that is missing at the start is named, and what a lost key sealed can be given up', async () => {
    await checkEncryptionKeys(server.store, createVault([ENCRYPTION_KEY, NEW_KEY]))
    const { customer_ref } = await server.identify({ ani: numberAt(3) })
    await expect(checkEncryptionKeys(server.store, undefined)).rejects.toMatchObject({
      code: 'CM_CONFIG_INVALID',
    })
    await expect(checkEncryptionKeys(server.store, createVault([NEW_KEY]))).rejects.toMatchObject({
      code: 'CM_CONFIG_INVALID',
      message: expect.stringContaining(keyIdOf(ENCRYPTION_KEY)) as string,
    })
    await dropKey(server.store, keyIdOf(ENCRYPTION_KEY))
    await checkEncryptionKeys(server.store, createVault([NEW_KEY]))
    expect((await server.identify({ ani: numberAt(3) })).customer_ref).toBe(customer_ref)
    expect((await ask(server, customer_ref)).body.links.map(({ value }) => value)).toEqual([null])
  })
}
