/** The primary key of each table, by name. */
export type Keys = ReadonlyMap<string, readonly string[]>

/** What the rules must know beside the text. */
export interface SqlContext {
  readonly keys: Keys
  /** Tables that tenant and bucket do not lead. */
  readonly whole: readonly string[]
  /** Whether this text may go through all buckets of a tenant: named one by one, each with a bounded answer. */
  readonly allBuckets?: boolean
}

// What one of CockroachDB, YugabyteDB, Aurora DSQL and Citus does not have, or has at a price.
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['foreign key', /\b(?:FOREIGN KEY|REFERENCES)\b/i],
  ['sequence', /\b(?:\w*SERIAL|SEQUENCE|GENERATED|IDENTITY|AUTOINCREMENT)\b|nextval\(/i],
  ['trigger', /\bTRIGGER\b/i],
  ['stored function', /\b(?:FUNCTION|PROCEDURE)\b/i],
  ['temporary table', /\bTEMP(?:ORARY)?\b/i],
  ['partition', /\bPARTITION\b/i],
  ['TRUNCATE', /\bTRUNCATE\b/i],
  ['SAVEPOINT', /\bSAVEPOINT\b/i],
  ['advisory lock', /pg_\w*advisory/i],
  ['LISTEN or NOTIFY', /\b(?:LISTEN|NOTIFY)\b/i],
  ['SKIP LOCKED', /\bSKIP LOCKED\b/i],
  ['secondary index', /\bCREATE (?:UNIQUE )?INDEX\b/i],
]

const MOST_KEY_COLUMNS = 8

/** The words that no engine of the family takes, in any text: a statement or a source file. */
export function forbiddenIn(text: string): readonly string[] {
  return FORBIDDEN.flatMap(([what, sign]) => (sign.test(text) ? [what] : []))
}

/** Every breach of the SQL subset that one statement has, one line each. */
export function sqlBreachesOf(sql: string, context: SqlContext): readonly string[] {
  const breaches = [...forbiddenIn(sql)]
  if (sql.includes(';')) breaches.push('more than one statement')
  if ((sql.match(/\b(?:INSERT INTO|DELETE FROM|(?<!DO )UPDATE (?!SET))/g)?.length ?? 0) > 1) {
    breaches.push('data-modifying CTE')
  }
  if (/^\s*WITH\b/i.test(sql) && /\b(?:INSERT|UPDATE|DELETE)\b/.test(sql)) breaches.push('data-modifying CTE')
  return [
    ...new Set([
      ...breaches,
      ...placeholderBreaches(sql),
      ...tableBreaches(sql, context),
      ...conflictBreaches(sql, context),
      ...placeBreaches(sql, context),
    ]),
  ]
}

function placeholderBreaches(sql: string): readonly string[] {
  const used = new Set([...sql.matchAll(/\$(\d+)/g)].map(([, index]) => Number(index)))
  const isGapless = [...used].every((index) => index <= used.size)
  return isGapless ? [] : ['placeholder left out']
}

function tableBreaches(sql: string, { whole }: SqlContext): readonly string[] {
  const [, table, definition] = /^\s*CREATE TABLE (?:IF NOT EXISTS )?(\w+) \(([\s\S]*)\)\s*$/.exec(sql) ?? []
  if (table === undefined || definition === undefined) return []
  const key = /PRIMARY KEY \(([^)]+)\)/.exec(definition)?.[1]?.split(/,\s*/)
  if (!key) return ['no primary key']
  const breaches: string[] = []
  if (key.length > MOST_KEY_COLUMNS) breaches.push('primary key too wide')
  const isLed = key[0] === 'tenant' && key[1] === 'bucket'
  if (isLed === whole.includes(table)) breaches.push('primary key not led by tenant and bucket')
  const types = definition.replace(/PRIMARY KEY \([^)]+\)/, '').matchAll(/(?:^|,)\s*\w+ (\w+)/g)
  if ([...types].some(([, type]) => type !== 'text' && type !== 'bigint')) breaches.push('column type')
  return breaches
}

function conflictBreaches(sql: string, { keys }: SqlContext): readonly string[] {
  if (!/\bON CONFLICT\b/.test(sql)) return []
  const target = /\bON CONFLICT \(([\w, ]+)\)\s*DO\b/.exec(sql)?.[1]?.split(/,\s*/)
  const table = /INSERT INTO (\w+)/.exec(sql)?.[1] ?? ''
  return target?.join() === keys.get(table)?.join() ? [] : ['conflict target other than the primary key']
}

function placeBreaches(sql: string, { whole, allBuckets = false }: SqlContext): readonly string[] {
  if (!/^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(sql)) return []
  const tables = [...sql.matchAll(/\b(?:FROM|JOIN|INTO|(?<!DO )UPDATE)\s+(\w+)/g)].map(([, table]) => table)
  if (tables.every((table) => table !== undefined && whole.includes(table))) return []
  const written = /\bSET\b([\s\S]*?)(?:\bWHERE\b|$)/.exec(sql)?.[1] ?? ''
  if (/\b(?:tenant|bucket) = /.test(written)) return ['tenant or bucket written over']
  return /^\s*INSERT/.test(sql) ? rowBreaches(sql) : conditionBreaches(sql, allBuckets)
}

function rowBreaches(sql: string): readonly string[] {
  const isLed = /^\s*INSERT INTO \w+\s+\(\s*tenant, bucket\b[\s\S]*VALUES\s*\(\$1, \$2\b/.test(sql)
  return isLed ? [] : ['row not led by tenant and bucket']
}

function conditionBreaches(sql: string, allBuckets: boolean): readonly string[] {
  if (allBuckets) return /\bWHERE tenant = \$1\b/.test(sql) ? [] : ['condition not led by tenant']
  const conditions = sql.match(/\bWHERE (?!excluded\.)/g)?.length ?? 0
  const led = sql.match(/\bWHERE (?:\w\.)?tenant = \$1 AND (?:\w\.)?bucket = \$2\b/g)?.length ?? 0
  return conditions > 0 && led === conditions ? [] : ['condition not led by tenant and bucket']
}
