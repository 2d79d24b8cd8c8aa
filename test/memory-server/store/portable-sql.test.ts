import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MIGRATIONS } from '../../../memory-server/src/store/sql/migrations.ts'
import { STATEMENTS } from '../../../memory-server/src/store/statements.ts'
import { tablesOfSchema, WHOLE_TABLES } from '../../../memory-server/src/store/tables.ts'
import { forbiddenIn, sqlBreachesOf } from '../../support/sql-rules.ts'
import type { SqlContext } from '../../support/sql-rules.ts'

const STORE = resolve(__dirname, '../../../memory-server/src/store')
const context: SqlContext = {
  keys: new Map(tablesOfSchema().map(({ name, key }) => [name, key])),
  whole: WHOLE_TABLES,
}

// Statements that go through all buckets of one tenant. Each answers a bounded number of small rows.
const ALL_BUCKETS = new Set<string>(['findEvents', 'findUsage'])

describe('the SQL of the store stays in the subset of CockroachDB, YugabyteDB, Aurora DSQL and Citus', () => {
  test.each(Object.entries(STATEMENTS))('%s', (name, sql) => {
    expect(sqlBreachesOf(sql, { ...context, allBuckets: ALL_BUCKETS.has(name) })).toEqual([])
  })

  const steps = MIGRATIONS.flatMap(({ version, statements }) =>
    statements.map((statement, index) => [`${version}.${index + 1}`, statement] as const),
  )
  test.each(steps)('migration %s', (_step, statement) => {
    // Rows that a migration fills in are found by no placeholder.
    const isTable = statement.trim().startsWith('CREATE TABLE')
    expect(isTable ? sqlBreachesOf(statement, context) : forbiddenIn(statement)).toEqual([])
  })

  test('every table but the small whole ones is led by tenant and bucket', () => {
    const tables = tablesOfSchema()
    expect(tables.filter(({ isWhole }) => isWhole).map(({ name }) => name)).toEqual([...WHOLE_TABLES])
    expect(tables.length).toBeGreaterThan(10)
    for (const { isWhole, key } of tables) {
      expect(key.slice(0, 2).join() === 'tenant,bucket').toBe(!isWhole)
    }
  })

  test('no file that runs on PostgreSQL reaches beyond it', () => {
    const embedded = /^(?:sqlite|group-commit|checkpoints|lock)/
    const files = readdirSync(STORE).filter((name) => name.endsWith('.ts') && !embedded.test(name))
    expect(files.length).toBeGreaterThan(20)
    const texts = files.map((name) => readFileSync(join(STORE, name), 'utf8'))
    const statements = texts.flatMap((text) => text.match(/[`'"]\s*[A-Z]{4,}[^`'"]*[`'"]/g) ?? [])
    expect(statements.length).toBeGreaterThan(5)
    for (const statement of statements) expect([statement, ...forbiddenIn(statement)]).toEqual([statement])
  })
})

describe('the guard of the SQL', () => {
  test.each([
    ['foreign key', 'CREATE TABLE t (tenant text, bucket bigint REFERENCES b, PRIMARY KEY (tenant, bucket))'],
    ['sequence', 'CREATE TABLE t (tenant text, bucket bigserial, PRIMARY KEY (tenant, bucket))'],
    ['trigger', 'CREATE TRIGGER t AFTER INSERT ON calls EXECUTE x'],
    ['stored function', 'CREATE FUNCTION f() RETURNS text'],
    ['temporary table', 'CREATE TEMP TABLE t (a text, PRIMARY KEY (a))'],
    ['partition', 'CREATE TABLE t (a text) PARTITION BY hash (a)'],
    ['TRUNCATE', 'TRUNCATE calls'],
    ['SAVEPOINT', 'SAVEPOINT a'],
    ['advisory lock', 'SELECT pg_advisory_xact_lock($1)'],
    ['LISTEN or NOTIFY', 'NOTIFY calls'],
    ['SKIP LOCKED', 'SELECT answer FROM calls WHERE tenant = $1 AND bucket = $2 FOR UPDATE SKIP LOCKED'],
    ['secondary index', 'CREATE INDEX i ON calls (call_hash)'],
    ['more than one statement', 'DELETE FROM tenants; DELETE FROM api_keys'],
    ['no primary key', 'CREATE TABLE t (tenant text, bucket bigint)'],
    ['column type', 'CREATE TABLE t (tenant text, bucket bigint, a jsonb, PRIMARY KEY (tenant, bucket))'],
    [
      'primary key too wide',
      'CREATE TABLE t (tenant text, bucket bigint, PRIMARY KEY (tenant, bucket, a, b, c, d, e, f, g))',
    ],
    ['primary key not led by tenant and bucket', 'CREATE TABLE t (bucket bigint, PRIMARY KEY (bucket))'],
    ['placeholder left out', 'SELECT answer FROM calls WHERE tenant = $1 AND bucket = $2 AND stage = $4'],
    ['condition not led by tenant and bucket', 'SELECT answer FROM calls WHERE call_hash = $1'],
    ['condition not led by tenant and bucket', 'DELETE FROM calls'],
    [
      'condition not led by tenant and bucket',
      'SELECT n FROM (SELECT name AS n FROM variables WHERE name = $3) AS x WHERE tenant = $1 AND bucket = $2',
    ],
    ['row not led by tenant and bucket', 'INSERT INTO calls (call_hash, tenant, bucket) VALUES ($1, $2, $3)'],
    [
      'row not led by tenant and bucket',
      'INSERT INTO usage (tenant, bucket) SELECT tenant, bucket FROM calls WHERE tenant = $1 AND bucket = $2',
    ],
    ['tenant or bucket written over', 'UPDATE calls SET bucket = 1 WHERE tenant = $1 AND bucket = $2'],
    [
      'conflict target other than the primary key',
      'INSERT INTO tenants (tenant, created_at) VALUES ($1, $2) ON CONFLICT (lower(tenant)) DO NOTHING',
    ],
    [
      'conflict target other than the primary key',
      'INSERT INTO tenants (tenant, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    ],
    [
      'conflict target other than the primary key',
      'INSERT INTO tenants (tenant, created_at) VALUES ($1, $2) ON CONFLICT (tenant) WHERE created_at > 0 DO NOTHING',
    ],
    [
      'data-modifying CTE',
      'WITH gone AS (DELETE FROM tenants WHERE tenant = $1) INSERT INTO api_keys (key_prefix) VALUES ($2)',
    ],
  ])('sees a %s', (breach, sql) => {
    expect(sqlBreachesOf(sql, context)).toContain(breach)
  })

  test('sees an answer over all buckets that is not named as one', () => {
    expect(sqlBreachesOf(STATEMENTS.findUsage, context)).toEqual(['condition not led by tenant and bucket'])
  })
})
