import {
  MEMORY_SERVER_SETTINGS,
  memoryServerConfig,
  readMemoryServerConfig,
} from '../../memory-server/src/config.ts'

const secrets = { MEMORY_SERVER_API_KEYS: 'k'.repeat(32), MEMORY_SERVER_HASH_KEY: 'AB'.repeat(32) }

test('one secret is enough for the configuration: keys may stand in the database', () => {
  const { MEMORY_SERVER_HASH_KEY } = secrets
  expect(readMemoryServerConfig({ MEMORY_SERVER_HASH_KEY }).apiKeys).toEqual([])
  expect(() => readMemoryServerConfig({})).toThrow('MEMORY_SERVER_HASH_KEY')
})

test('two secrets are enough: everything else has a default', () => {
  expect(readMemoryServerConfig(secrets)).toEqual({
    host: '127.0.0.1',
    port: 4010,
    database: '.local/memory.db',
    databaseUrl: undefined,
    preparedStatements: true,
    apiKeys: ['k'.repeat(32)],
    hashKey: 'AB'.repeat(32),
    encryptionKeys: [],
    variableTtlDays: 30,
    intentTtlDays: 90,
    eventRetentionDays: 7,
    redactPatterns: [],
    retainCallsDays: 365,
    retainAnswersDays: 30,
    retainIntentsDays: 365,
    retainCustomersDays: undefined,
    retainAuditDays: undefined,
    sweepEveryHours: 24,
    rateLimitPerMinute: 600,
    monthlyQuota: undefined,
    docs: true,
  })
})

test('every setting can be given, and the keys are a list', () => {
  const keys = [`${'a'.repeat(31)}_`, `${'b'.repeat(40)}-`]
  const config = readMemoryServerConfig({
    ...secrets,
    MEMORY_SERVER_HOST: '::',
    MEMORY_SERVER_PORT: '0',
    MEMORY_SERVER_DATABASE: '/srv/memory/my file.db',
    MEMORY_SERVER_API_KEYS: keys.join(', '),
    VARIABLE_TTL_DAYS: '365',
    INTENT_TTL_DAYS: '3650',
    EVENT_RETENTION_DAYS: 'none',
  })
  expect(config).toMatchObject({
    host: '::',
    port: 0,
    apiKeys: keys,
    variableTtlDays: 365,
    intentTtlDays: 3650,
  })
})

test.each([
  'postgres://memory@127.0.0.1/memory',
  'postgresql://memory:p%40ss,word@db1:5432,db2:6432,[::1]:5432/memory?sslmode=require',
  'postgres:///memory?host=/var/run/postgresql',
])('a database is given by its address: %s', (url) => {
  const config = readMemoryServerConfig({ ...secrets, DATABASE_URL: url, PG_PREPARE: 'off' })
  expect(config).toMatchObject({ databaseUrl: url, preparedStatements: false })
})

test.each([
  'mysql://memory:secret@db/memory',
  'db7.internal/memory',
  'postgres://memory:secret@db:port/memory',
])('an address that is none of PostgreSQL is refused, and not shown: %s', (url) => {
  const read = (): unknown => readMemoryServerConfig({ ...secrets, DATABASE_URL: url })
  expect(read).toThrow(/DATABASE_URL: got a value of \d+ characters/)
  expect(read).not.toThrow(url)
})

test('several clusters are a list of addresses, and a wrong one is named by its place alone', () => {
  const good = 'postgres://memory:s3cret@a1,a2/memory'
  const read = (list: string): unknown => readMemoryServerConfig({ ...secrets, DATABASE_URL: list })
  expect(read(`  ${good}\n  postgres://b/memory `)).toMatchObject({
    databaseUrl: `${good} postgres://b/memory`,
  })
  const bad = [good, 'postgres://memory:hidden@b:port/memory', good].join(' ')
  expect(() => read(bad)).toThrow(/got a value of \d+ characters, wrong at address 2 of 3; expected none, or/)
  expect(() => read(bad)).not.toThrow(/s3cret|hidden/)
})

test('every problem is told at once, and no secret with it', () => {
  const environment = {
    MEMORY_SERVER_HOST: 'http://x',
    MEMORY_SERVER_PORT: '65536',
    MEMORY_SERVER_API_KEYS: `${'k'.repeat(32)},tooshort`,
    MEMORY_SERVER_HASH_KEY: 'z'.repeat(64),
    VARIABLE_TTL_DAYS: '0',
  }
  let message = ''
  try {
    readMemoryServerConfig(environment)
  } catch (error) {
    message = (error as Error).message
  }
  for (const name of Object.keys(environment)) expect(message).toContain(name)
  expect(message).not.toMatch(/tooshort|zzzz|kkkk/)
})

test.each([
  ['a list with a hole', { MEMORY_SERVER_API_KEYS: `${'k'.repeat(32)},` }],
  ['a key with a space', { MEMORY_SERVER_API_KEYS: `${'k'.repeat(20)} ${'k'.repeat(20)}` }],
  ['a short hash key', { MEMORY_SERVER_HASH_KEY: 'ab'.repeat(31) }],
])('a secret that would not do is refused: %s', (_case, changed) => {
  expect(() => readMemoryServerConfig({ ...secrets, ...changed })).toThrow(Object.keys(changed)[0])
})

test('every example is a value that is accepted', () => {
  for (const { parse, example } of Object.values(MEMORY_SERVER_SETTINGS)) {
    expect(parse(example)).toMatchObject({ ok: true })
  }
})

test('the environment of the process is where the server reads them', () => {
  const before = { ...process.env }
  Object.assign(process.env, secrets, { MEMORY_SERVER_PORT: '4999' })
  try {
    expect(memoryServerConfig().port).toBe(4999)
  } finally {
    process.env = before
  }
})
