import { mkdirSync, mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgresStore } from '../../../memory-server/src/store/postgres.ts'
import { tablesOfSchema, WHOLE_TABLES } from '../../../memory-server/src/store/tables.ts'
import { postgresBinaries, runSql, startPostgres } from '../../support/postgres.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { movableClock, startTestServer } from '../support.ts'

// A real extension named citus on a real PostgreSQL. Its functions refuse what those of Citus refuse and otherwise
// only record that they were called: what the engine would do with the tables is not tested here.
const STAND_IN = `
  CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod text NOT NULL, partkey text);
  CREATE TABLE citus_calls (id serial, call text NOT NULL, transaction_id bigint NOT NULL);
  CREATE FUNCTION create_distributed_table(table_name regclass, distribution_column text) RETURNS void
  LANGUAGE plpgsql AS $f$
  BEGIN
    IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = table_name) THEN
      RAISE EXCEPTION 'table is already distributed' USING ERRCODE = '42P16';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = table_name AND i.indisprimary AND a.attname = distribution_column) THEN
      RAISE EXCEPTION 'the key lacks the column' USING ERRCODE = '0A000';
    END IF;
    PERFORM pg_sleep(0.02);
    INSERT INTO pg_dist_partition VALUES (table_name, 'h', distribution_column);
    INSERT INTO citus_calls (call, transaction_id)
      VALUES ('distribute ' || table_name || ' by ' || distribution_column, txid_current());
  END $f$;
  CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE plpgsql AS $f$
  BEGIN
    IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = table_name) THEN
      RAISE EXCEPTION 'table is already distributed' USING ERRCODE = '42P16';
    END IF;
    INSERT INTO pg_dist_partition VALUES (table_name, 'n', NULL);
    INSERT INTO citus_calls (call, transaction_id) VALUES ('copy ' || table_name, txid_current());
  END $f$;`

const binaries = postgresBinaries()
// Where there are no binaries, the contract suite says so.
const describeOnPostgres = binaries === undefined ? describe.skip : describe

describeOnPostgres('tables on an engine that has the extension citus', () => {
  const clock = movableClock()
  const folder = mkdtempSync(join(tmpdir(), 'caller-memory-citus-'))
  let postgres: PostgresServer
  const databaseAt = (name: string): string => postgres.url.replace(/postgres$/, name)
  beforeAll(async () => {
    postgres = await startPostgres(binaries ?? '')
    mkdirSync(join(folder, 'extension'), { mode: 0o755 })
    chmodSync(folder, 0o755)
    writeFileSync(join(folder, 'extension', 'citus.control'), "default_version = '0.0'\n")
    writeFileSync(join(folder, 'extension', 'citus--0.0.sql'), STAND_IN)
    for (const name of ['plain', 'spread']) await runSql(postgres.url, `CREATE DATABASE ${name}`)
    await runSql(
      databaseAt('spread'),
      `SET extension_control_path = '${folder}:$system'; CREATE EXTENSION citus`,
    )
  }, 30_000)
  afterAll(async () => {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const expected = tablesOfSchema().map(({ name, isWhole }) =>
    isWhole ? `copy ${name}` : `distribute ${name} by bucket`,
  )

  test('are divided by bucket or copied, once each, each in a transaction of its own', async () => {
    const url = databaseAt('spread')
    const open = (): ReturnType<typeof openPostgresStore> => openPostgresStore({ url, clock: clock.now })
    const together = await Promise.all([open(), open(), open()])
    await Promise.all(together.map((store) => store.close()))
    await (await open()).close()
    const rows = await runSql(url, 'SELECT call, transaction_id FROM citus_calls ORDER BY id')
    expect(rows.map(({ call }) => String(call)).toSorted()).toEqual(expected.toSorted())
    expect(new Set(rows.map(({ transaction_id: id }) => id)).size).toBe(expected.length)
    expect(expected.filter((call) => call.startsWith('copy '))).toHaveLength(WHOLE_TABLES.length)
    const server = await startTestServer(clock, {}, ({ clock: now }) =>
      openPostgresStore({ url, clock: now }),
    )
    const caller = await server.identify({ ani: '+12025550117' })
    expect((await server.identify({ ani: '+12025550117' })).customer_ref).toBe(caller.customer_ref)
    await server.close()
  })

  test('are left alone elsewhere', async () => {
    const url = databaseAt('plain')
    await (await openPostgresStore({ url, clock: clock.now })).close()
    const [row] = await runSql(url, "SELECT to_regclass('pg_dist_partition') AS found")
    expect(row).toEqual({ found: null })
  })
})
