import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { runBackup, runRestore } from '../../../memory-server/src/cli/backup.ts'
import type { BackupPlace } from '../../../memory-server/src/cli/backup.ts'
import { createKeyedHash } from '../../../memory-server/src/identity/keyed-hash.ts'
import { verifyDatabase } from '../../../memory-server/src/maintenance/verify.ts'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { openPostgresStore } from '../../../memory-server/src/store/postgres.ts'
import { shapesOf } from '../../../memory-server/src/store/shape.ts'
import { MIGRATIONS } from '../../../memory-server/src/store/sql/migrations.ts'
import { openSqliteStore } from '../../../memory-server/src/store/sqlite.ts'
import { postgresBinaries, runSql, startPostgres } from '../../support/postgres.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { ask, hold } from '../customers/support.ts'
import { ENCRYPTION_KEY, HASH_KEY, movableClock, startTestServer, temporaryFolder } from '../support.ts'
import type { MovableClock, TestServer } from '../support.ts'
import { addressWith } from './engines.ts'

type Kind = 'SQLite' | 'PostgreSQL'

const binaries = postgresBinaries()
let postgres: PostgresServer | undefined
beforeAll(async () => {
  if (binaries !== undefined) postgres = await startPostgres(binaries)
}, 30_000)
afterAll(() => postgres?.stop())

let folder: ReturnType<typeof temporaryFolder>
let clock: MovableClock
let servers: TestServer[]
beforeEach(() => {
  folder = temporaryFolder()
  clock = movableClock()
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()))
  folder.remove()
})

let lastPlace = 0

/** An empty database of a kind. */
async function newPlace(kind: Kind): Promise<BackupPlace> {
  lastPlace += 1
  const database = join(folder.path, `place-${lastPlace}`, 'memory.db')
  if (kind === 'SQLite') return { database, databaseUrl: undefined, hashKey: HASH_KEY }
  const schema = `backup_${process.pid}_${lastPlace}`
  await runSql(postgres?.url ?? '', `CREATE SCHEMA ${schema}`)
  return {
    database,
    databaseUrl: addressWith(postgres?.url ?? '', [`search_path=${schema}`]),
    hashKey: HASH_KEY,
  }
}

function open({ database, databaseUrl }: BackupPlace): Promise<Store> {
  return databaseUrl === undefined
    ? openSqliteStore({ path: database, clock: clock.now })
    : openPostgresStore({ url: databaseUrl, clock: clock.now })
}

async function serveAt(place: BackupPlace): Promise<TestServer> {
  const server = await startTestServer(clock, { encryptionKeys: [ENCRYPTION_KEY] }, () => open(place))
  servers.push(server)
  return server
}

const quiet = (): void => undefined
const backUp = (place: BackupPlace, file: string, tombstonesOnly = false): Promise<string[]> =>
  runBackup({ kind: 'backup', path: file, tombstonesOnly }, place, clock.now, quiet)
const restore = (place: BackupPlace, file: string, tombstones?: string): Promise<string[]> =>
  runRestore({ kind: 'restore', file, tombstones }, place, clock.now, quiet)
const fileAt = (name: string): string => join(folder.path, name)

const PEOPLE = Array.from({ length: 12 }, (_, index) => ({
  ani: `+120255501${String(index).padStart(2, '0')}`,
  external_ids: { crm_id: `crm-${index}` },
}))

/** A dozen customers with all that there is; one more is forgotten. */
async function fill(server: TestServer): Promise<string[]> {
  const refs: string[] = []
  for (const [index, hints] of PEOPLE.entries()) {
    const said = {
      intent: `intent ${index}`,
      variables: { name: `Zoë ${index} "q" \\ 🙂`, note: 'line\nline' },
    }
    refs.push((await hold(server, hints, said)).customerRef)
  }
  const gone = (await hold(server, { ani: '+12025550199' }, { intent: 'gone' })).customerRef
  await ask(server, gone, 'DELETE')
  await ask(server, `${refs[0]}/export`)
  return [...refs, gone]
}

const kinds: readonly Kind[] = binaries === undefined ? ['SQLite'] : ['SQLite', 'PostgreSQL']
const journeys = kinds.flatMap((from) => kinds.map((to) => [from, to] as const))

test.each(journeys)(
  'a backup of %s restored into an empty %s answers every start as before',
  async (from, to) => {
    const source = await newPlace(from)
    const server = await serveAt(source)
    const refs = await fill(server)
    const file = fileAt('all.jsonl.gz')
    // The server goes on while the backup is made; what comes later is not in it.
    const [written] = await backUp(source, file)
    expect(written).toBe(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await server.identify({ ani: '+12025550188' })
    const target = await newPlace(to)
    expect((await restore(target, file))[0]).toMatch(/^\d+ rows restored, as of 2026-11-02/)
    const restored = await serveAt(target)

    const starts = [
      ...PEOPLE.map(({ ani }, index) => ({ call_id: `new ${index}`, identity_hints: { ani } })),
      ...PEOPLE.map(({ external_ids }, index) => ({
        call_id: `id ${index}`,
        identity_hints: { external_ids },
      })),
      ...refs
        .slice(0, 12)
        .map((customer_ref, index) => ({ call_id: `ref ${index}`, identity_hints: { customer_ref } })),
    ]
    for (const start of starts) {
      const [before, after] = [await server.start(start), await restored.start(start)]
      expect([after.status, after.text]).toEqual([200, before.text])
      expect(after.body.identity.sources).not.toEqual([])
    }
    expect((await ask(restored, refs.at(-1) ?? '')).status).toBe(410)
    const shown = await ask(restored, `${refs[3]}?reveal=yes`)
    expect(shown.body.links.map(({ value }) => value)).toContain(PEOPLE[3]?.ani)
    const keyedHash = createKeyedHash(HASH_KEY)
    const { problems, entries } = await verifyDatabase({
      database: restored.store,
      keyedHash,
      isFile: to === 'SQLite',
    })
    expect(problems).toEqual([])
    expect(entries).toBeGreaterThan(2)
    await expect(restore(target, file)).rejects.toMatchObject({ code: 'CM_USAGE' })
  },
  40_000,
)

test('whoever was forgotten after the backup is erased again with the tombstones of the later one', async () => {
  const source = await newPlace('SQLite')
  const server = await serveAt(source)
  const refs = await fill(server)
  await backUp(source, fileAt('monday'))
  await ask(server, refs[1] ?? '', 'DELETE')
  await backUp(source, fileAt('tuesday'), true)
  expect(gunzipSync(readFileSync(fileAt('tuesday'))).toString()).not.toContain('Zoë')
  const target = await newPlace('SQLite')
  expect((await restore(target, fileAt('monday'), fileAt('tuesday')))[1]).toBe('1 customers erased again')
  const restored = await serveAt(target)
  expect((await ask(restored, refs[1] ?? '')).status).toBe(410)
  expect((await ask(restored, refs[2] ?? '')).status).toBe(200)
  expect(JSON.stringify(await restored.store.read('SELECT * FROM variables', []))).not.toContain('Zoë 1 ')
})

describe('a backup that is not whole', () => {
  let file: string
  beforeEach(async () => {
    const source = await newPlace('SQLite')
    await fill(await serveAt(source))
    file = fileAt('whole')
    await backUp(source, file)
  })
  const rewrite = (change: (lines: string[]) => string[]): void =>
    writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(file)).toString().split('\n')).join('\n')))

  test.each([
    [
      'cut in the middle',
      () => truncateSync(file, Math.floor(statSync(file).size / 2)),
      'it cannot be read or unpacked',
    ],
    ['without its end', () => rewrite((lines) => lines.slice(0, -2)), 'it was cut short'],
    [
      'with a changed row',
      () => rewrite((lines) => lines.map((line) => line.replace('Zoë 3', 'Zoë 4'))),
      'its checksum is another',
    ],
    ['with a row left out', () => rewrite((lines) => lines.toSpliced(5, 1)), 'its checksum is another'],
    [
      'with a flipped byte',
      () => {
        const bytes = readFileSync(file)
        const middle = Math.floor(bytes.length / 2)
        bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle)
        writeFileSync(file, bytes)
      },
      '',
    ],
  ])('is named and leaves nothing behind: %s', async (_case, damage, reason) => {
    damage()
    const target = await newPlace('SQLite')
    await expect(restore(target, file)).rejects.toMatchObject({
      code: 'CM_STORE_DAMAGED',
      message: expect.stringContaining(reason) as string,
    })
    expect(existsSync(target.database)).toBe(false)
  })

  test('or was made with another hash key, or is none, is refused', async () => {
    const target = await newPlace('SQLite')
    await expect(restore({ ...target, hashKey: '00'.repeat(32) }, file)).rejects.toMatchObject({
      code: 'CM_CONFIG_INVALID',
    })
    writeFileSync(fileAt('other'), gzipSync('{"format":"something"}\n'))
    await expect(restore(target, fileAt('other'))).rejects.toMatchObject({ code: 'CM_USAGE' })
    await expect(restore(target, fileAt('nowhere'))).rejects.toMatchObject({ code: 'CM_USAGE' })
    await expect(backUp(target, fileAt('empty'))).rejects.toMatchObject({ code: 'CM_USAGE' })
  })
})

test('a backup never takes the place of a file, and gets a name of its own in a folder', async () => {
  const source = await newPlace('SQLite')
  await serveAt(source)
  const [file = ''] = await backUp(source, folder.path)
  expect(file).toBe(fileAt('caller-memory-2026-11-02T10-30-00Z.jsonl.gz'))
  await expect(backUp(source, file)).rejects.toMatchObject({ code: 'CM_USAGE' })
  expect(existsSync(`${file}.snapshot`)).toBe(false)
})

test('the copy knows every column of every table', async () => {
  const server = await serveAt(await newPlace('SQLite'))
  const tables = await server.store.read(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'schema_migrations'",
    [],
  )
  const shapes = shapesOf(MIGRATIONS)
  expect(shapes.map(({ name }) => name).toSorted()).toEqual(tables.map(({ name }) => String(name)).toSorted())
  for (const { name, columns, key } of shapes) {
    const found = await server.store.read(`PRAGMA table_info(${name})`, [])
    expect(columns).toEqual(
      found.map((row) => ({ name: row['name'], type: String(row['type']).toLowerCase() })),
    )
    const keyed = found
      .filter((row) => Number(row['pk']) > 0)
      .sort((a, b) => Number(a['pk']) - Number(b['pk']))
    expect(key).toEqual(keyed.map((row) => row['name']))
  }
})

if (binaries === undefined) {
  // eslint-disable-next-line jest/no-disabled-tests
  test.skip(`to and from PostgreSQL (needs TEST_POSTGRES=yes and binaries for ${process.platform} ${process.arch})`, () => {
    expect(binaries).toBeDefined()
  })
}
