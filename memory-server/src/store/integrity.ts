import { bucketOfCustomerRef } from '../identity/customer-ref.ts'
import { bucketOfHash } from '../identity/keyed-hash.ts'
import type { KeyedHash } from '../identity/keyed-hash.ts'
import { numberOf, textOf } from './database.ts'
import type { Database, Row } from './database.ts'
import type { Place } from './places.ts'
import { SQLITE_CHECK } from './sql/integrity.ts'
import { STATEMENTS } from './statements.ts'
import { findTombstone } from './tombstones.ts'

/** How many rows break a rule, under the rule's name. */
export type Breaches = Readonly<Record<string, number>>

type Source = Pick<Database, 'read'>

const PAGE = 500
const AT_ONCE = 16

const COUNTED = {
  'intents of nobody': STATEMENTS.orphanIntents,
  'variables of nobody': STATEMENTS.orphanVariables,
  'notes of calls of nobody': STATEMENTS.orphanNotes,
  'names of external ids of nobody': STATEMENTS.orphanNamespaces,
  'identifiers of nobody': STATEMENTS.orphanIdentifiers,
  'readable identifiers that nobody has': STATEMENTS.orphanReadable,
}

/** Asks SQLite to check its file; the problems that it finds. */
export async function checkSqliteFile(source: Source): Promise<string[]> {
  const rows = await source.read(SQLITE_CHECK, [])
  const found = rows.map((row) => String(row['integrity_check']))
  return found[0] === 'ok' ? [] : found
}

/** Counts the rows of a place that break a rule of the schema, which no engine is asked to keep. */
export async function findBreaches(source: Source, keyedHash: KeyedHash, place: Place): Promise<Breaches> {
  const breaches: Record<string, number> = {}
  for (const [rule, statement] of Object.entries(COUNTED)) {
    const [row = { total: 0 }] = await source.read(statement, [place.tenant, place.bucket])
    breaches[rule] = numberOf(row, 'total')
  }
  return {
    ...breaches,
    'links of nobody': await countPages(source, place, {
      statement: STATEMENTS.pageOfLinks,
      key: ['identifier_hash', 'customer_ref'],
      isBroken: (row) => isNobodysLink(source, place.tenant, row),
    }),
    'identifiers without a link': await countPages(source, place, {
      statement: STATEMENTS.pageOfIdentifiers,
      key: ['customer_ref', 'identifier_hash'],
      isBroken: (row) => isLinkless(source, place.tenant, row),
    }),
    'customers who were forgotten': await countPages(source, place, {
      statement: STATEMENTS.pageOfCustomers,
      key: ['customer_ref'],
      isBroken: (row) => isForgotten(source, keyedHash, place.tenant, row),
    }),
  }
}

interface Walk {
  readonly statement: string
  /** Columns after which the pages go on. */
  readonly key: readonly string[]
  readonly isBroken: (row: Row) => Promise<boolean>
}

async function countPages(source: Source, place: Place, walk: Walk): Promise<number> {
  const { tenant, bucket } = place
  let broken = 0
  for (let after = walk.key.map(() => ''); ;) {
    const page = await source.read(walk.statement, [tenant, bucket, ...after, PAGE])
    for (let from = 0; from < page.length; from += AT_ONCE) {
      const answers = await Promise.all(page.slice(from, from + AT_ONCE).map((row) => walk.isBroken(row)))
      broken += answers.filter(Boolean).length
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) return broken
    after = walk.key.map((column) => textOf(last, column))
  }
}

async function isNobodysLink(source: Source, tenant: string, row: Row): Promise<boolean> {
  const customerRef = textOf(row, 'customer_ref')
  const bucket = bucketOfCustomerRef(customerRef) ?? null
  const held = await source.read(STATEMENTS.findIdentifierOf, [
    tenant,
    bucket,
    customerRef,
    textOf(row, 'identifier_hash'),
  ])
  return held.length === 0
}

async function isLinkless(source: Source, tenant: string, row: Row): Promise<boolean> {
  const hash = textOf(row, 'identifier_hash')
  const key = [tenant, bucketOfHash(hash), hash, textOf(row, 'customer_ref')]
  return (await source.read(STATEMENTS.findLink, key)).length === 0
}

async function isForgotten(source: Source, keyedHash: KeyedHash, tenant: string, row: Row): Promise<boolean> {
  const buried = { kind: 'customer', customerRef: textOf(row, 'customer_ref') } as const
  return (await findTombstone({ transaction: source, tenant }, keyedHash, buried)) !== undefined
}

/** The customers of a place in the order of their references, those after `after`, a page at most. */
export async function pageOfCustomers(
  source: Source,
  { tenant, bucket }: Place,
  after: string,
): Promise<string[]> {
  const rows = await source.read(STATEMENTS.pageOfCustomers, [tenant, bucket, after, PAGE])
  return rows.map((row) => textOf(row, 'customer_ref'))
}
