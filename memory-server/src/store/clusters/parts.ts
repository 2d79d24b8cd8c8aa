import { CallerMemoryError } from '../../../../src/errors.ts'
import { numberOf } from '../database.ts'
import type { Row, SqlValue, Transaction } from '../database.ts'
import type { PostgresHosts } from '../postgres-hosts.ts'
import { postgresFault } from '../postgres-faults.ts'
import type { NameStatement } from '../postgres-statements.ts'
import { keeperOf } from './bucket-states.ts'
import { openPart } from './part.ts'
import type { Look, Part, PendingKey } from './part.ts'
import { placeOf } from './place-of.ts'

/** The clusters as this process knows them. */
export interface Clusters {
  readonly hosts: readonly PostgresHosts[]
  /** The cluster with the small whole tables. */
  readonly home: number
  /** Where a bucket is, as far as this process knows; the cluster itself has the last word. */
  readonly clusterOf: (bucket: number) => number | undefined
  readonly nameOf: NameStatement
}

/** Why a transaction has to begin anew. */
export type Interruption =
  { readonly kind: 'moved' } | { readonly kind: 'unfinished'; readonly found: readonly PendingKey[] }

/** A transaction that sends each statement to the cluster of its bucket, and begins there when it first does. */
export interface Parts {
  readonly transaction: Transaction
  /** Waits for the parts that are being opened, and gives them all. */
  readonly opened: () => Promise<readonly Part[]>
  readonly interruption: () => Interruption | undefined
  /** The first failure to open a part or of a statement, as the driver threw it. */
  readonly failure: () => Promise<unknown>
  readonly abandon: () => Promise<void>
}

/** Prepares a transaction over several clusters. `lookFor` is undefined where unfinished work is of no interest. */
export function createParts(clusters: Clusters, lookFor: (tenant: string) => Look | undefined): Parts {
  const { partOn, interrupt, ...rest } = createOpening(clusters, lookFor)
  const send = async (sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> => {
    const place = placeOf(sql, params)
    const tenant = String(params[0] ?? '')
    if (place.kind === 'whole') return (await partOn(clusters.home, tenant)).transaction.read(sql, params)
    if (place.kind === 'all') {
      const parts = await Promise.all(clusters.hosts.map((_, cluster) => partOn(cluster, tenant)))
      return readAll(parts, sql, params)
    }
    const cluster = clusters.clusterOf(place.bucket)
    if (cluster === undefined) return interrupt({ kind: 'moved' })
    const part = await partOn(cluster, tenant)
    if (part.states[place.bucket] !== 'h') return interrupt({ kind: 'moved' })
    return part.transaction.read(sql, params)
  }
  return { ...rest, transaction: { read: send, run: async (sql, params) => void (await send(sql, params)) } }
}

/**
 * Reads in all clusters. Of a bucket that moves, the rows of the one that has it whole count, so each row has to
 * name its bucket.
 */
async function readAll(
  parts: readonly Part[],
  sql: string,
  params: readonly SqlValue[],
): Promise<readonly Row[]> {
  const states = parts.map((part) => part.states)
  const found = await Promise.all(
    parts.map(async ({ transaction, cluster }) => {
      const rows = await transaction.read(sql, params)
      return rows.filter((row) => keeperOf(states, numberOf(row, 'bucket')) === cluster)
    }),
  )
  return found.flat()
}

/** The opening of parts: each once, when the first statement for its cluster comes. */
interface Opening extends Omit<Parts, 'transaction'> {
  readonly partOn: (cluster: number, tenant: string) => Promise<Part>
  readonly interrupt: (reason: Interruption) => never
}

function createOpening(clusters: Clusters, lookFor: (tenant: string) => Look | undefined): Opening {
  const opening = new Map<number, Promise<Part>>()
  let interruption: Interruption | undefined
  let unopened: unknown

  const interrupt = (reason: Interruption): never => {
    interruption ??= reason
    throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the transaction has to begin anew')
  }
  const begin = async (cluster: number, tenant: string): Promise<Part> => {
    const hosts = clusters.hosts[cluster]
    if (!hosts) throw new CallerMemoryError('CM_BUG', 'there is no such cluster')
    const look = lookFor(tenant) ?? { tenant: '', key: '', bucket: -1 }
    return openPart(hosts, cluster, clusters.nameOf, look).catch((error: unknown) => {
      unopened ??= error ?? new Error('the driver gave no reason')
      throw postgresFault(error)
    })
  }
  const opened: Parts['opened'] = async () =>
    (await Promise.allSettled(opening.values())).flatMap((each) =>
      each.status === 'fulfilled' ? [each.value] : [],
    )
  return {
    partOn: async (cluster, tenant) => {
      if (interruption) return interrupt(interruption)
      const part = opening.get(cluster) ?? begin(cluster, tenant)
      opening.set(cluster, part)
      const { unfinished } = await part
      return unfinished.length > 0 ? interrupt({ kind: 'unfinished', found: unfinished }) : part
    },
    interrupt,
    opened,
    interruption: () => interruption,
    failure: async () => {
      const parts = await opened()
      return unopened ?? parts.map((part) => part.failure()).find((failure) => failure !== undefined)
    },
    abandon: async () => void (await Promise.all((await opened()).map((part) => part.abandon()))),
  }
}
