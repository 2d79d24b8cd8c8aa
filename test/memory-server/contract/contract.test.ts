import { postgresBinaries, startPostgres } from '../../support/postgres.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { clustersEngine, postgresEngine, sqliteEngine, threadEngine } from './engines.ts'
import type { Engine } from './engines.ts'
import { auditContract } from './audit.ts'
import { idempotencyContract } from './idempotency.ts'
import { memoryContract } from './memory.ts'
import { ratesContract } from './rates.ts'
import { readableContract } from './readable.ts'

const binaries = postgresBinaries()
const elsewhere = process.env['DATABASE_URL']
let postgres: PostgresServer | undefined

beforeAll(async () => {
  if (binaries !== undefined) postgres = await startPostgres(binaries)
}, 30_000)
afterAll(() => postgres?.stop())

const addressOf = (): string => postgres?.url ?? ''

const engines: readonly Engine[] = [
  sqliteEngine,
  threadEngine,
  ...(binaries === undefined ? [] : [postgresEngine('PostgreSQL', addressOf), clustersEngine(addressOf)]),
  ...(elsewhere === undefined || elsewhere === '' || elsewhere === 'none'
    ? []
    : [postgresEngine('the database at DATABASE_URL', () => elsewhere)]),
]

describe.each(engines)('on $title', (engine) => {
  describe('requests that come twice or at once', () => {
    idempotencyContract(engine)
  })
  describe('what is remembered', () => {
    memoryContract(engine)
  })
  describe('readable numbers and external ids', () => {
    readableContract(engine)
  })
})

// They tamper with rows behind the server, which takes one database in the test's own thread.
const plainEngines = engines.filter(({ title }) => !/thread|clusters/.test(title))

describe.each(plainEngines)('on $title', (engine) => {
  describe('the rate of a tenant', () => {
    ratesContract(engine)
  })
  describe('the audit log', () => {
    auditContract(engine)
  })
})

if (binaries !== undefined) {
  describe('on PostgreSQL that is serializable', () => {
    idempotencyContract(
      postgresEngine('PostgreSQL', addressOf, ['default_transaction_isolation=serializable']),
    )
  })
}

if (binaries === undefined) {
  // eslint-disable-next-line jest/no-disabled-tests
  test.skip(`on PostgreSQL (needs TEST_POSTGRES=yes and binaries for ${process.platform} ${process.arch})`, () => {
    expect(binaries).toBeDefined()
  })
}
