import { postgresHere, startPostgres } from '../../support/postgres.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { clustersEngine, postgresEngine, sqliteEngine, threadEngine } from './engines.ts'
import type { Engine } from './engines.ts'
import { auditContract } from './audit.ts'
import { clockJumpsContract } from './clock-jumps.ts'
import { idempotencyContract } from './idempotency.ts'
import { memoryContract } from './memory.ts'
import { retentionContract } from './retention.ts'
import { ratesContract } from './rates.ts'
import { readableContract } from './readable.ts'

const here = postgresHere()
const isFullCheck = process.env['TEST_POSTGRES'] === 'yes'
const elsewhere = process.env['DATABASE_URL']
let postgres: PostgresServer | undefined

beforeAll(async () => {
  if (here.kind === 'here') postgres = await startPostgres(here.binaries, { durable: false })
}, 30_000)
afterAll(() => postgres?.stop())

const addressOf = (): string => postgres?.url ?? ''

const engines: readonly Engine[] = [
  sqliteEngine,
  threadEngine,
  ...(here.kind === 'here' ? [postgresEngine('PostgreSQL', addressOf)] : []),
  ...(here.kind === 'here' && isFullCheck ? [clustersEngine(addressOf)] : []),
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
  describe('what is past its time', () => {
    retentionContract(engine)
  })
  describe('the audit log', () => {
    auditContract(engine)
  })
  describe('a clock that jumps', () => {
    clockJumpsContract(engine)
  })
})

if (here.kind === 'here' && isFullCheck) {
  describe('on PostgreSQL that is serializable', () => {
    idempotencyContract(
      postgresEngine('PostgreSQL', addressOf, ['default_transaction_isolation=serializable']),
    )
  })
}

if (here.kind === 'missing') {
  // eslint-disable-next-line jest/no-disabled-tests
  test.skip(`on PostgreSQL: ${here.reason}`, () => {
    expect(here.kind).toBe('here')
  })
} else if (!isFullCheck) {
  // eslint-disable-next-line jest/no-disabled-tests
  test.skip('on several clusters, and on PostgreSQL that is serializable: TEST_POSTGRES=yes, as in the full check', () => {
    expect(isFullCheck).toBe(true)
  })
}
