import type { SqlValue, Transaction } from '../database.ts'
import type { Lease, PostgresHosts } from '../postgres-hosts.ts'
import { postgresFailureOf } from '../postgres-faults.ts'
import { createStatements } from '../postgres-statements.ts'
import type { NameStatement, Statements } from '../postgres-statements.ts'
import { rollBack } from '../postgres-transaction.ts'
import { ONE_CLUSTER_SQL } from '../sql/clusters.ts'
import { bucketStates, NONE_HELD } from './bucket-states.ts'
import type { BucketStates } from './bucket-states.ts'
import { isWrite } from './place-of.ts'

/** A statement that changes rows. */
export interface Write {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

/** Names work that is decided but not yet written everywhere. */
export interface PendingKey {
  readonly tenant: string
  readonly bucket: number
  readonly workKey: string
  readonly workId: string
}

/** Which unfinished work is of interest to a transaction. */
export interface Look {
  readonly tenant: string
  readonly key: string
  /** -1 for none. */
  readonly bucket: number
}

/** One cluster's part of a transaction. It must be ended by `commit` or `abandon`. */
export interface Part {
  readonly cluster: number
  /** What the cluster says of its buckets; true until the part ends. */
  readonly states: BucketStates
  readonly unfinished: readonly PendingKey[]
  readonly transaction: Transaction
  /** What it changed so far, in order. */
  readonly writes: readonly Write[]
  /** The first failure of a statement, as the driver threw it; undefined while there is none. */
  readonly failure: () => unknown
  /** Throws what the driver throws. */
  readonly commit: () => Promise<void>
  readonly abandon: () => Promise<void>
}

/** Begins a transaction on one cluster. Throws what the driver throws. */
export async function openPart(
  hosts: PostgresHosts,
  cluster: number,
  nameOf: NameStatement,
  look: Look,
): Promise<Part> {
  const lease = await hosts.acquire()
  const statements = createStatements(lease.client, nameOf)
  try {
    await lease.client.query(ONE_CLUSTER_SQL.open)
    const params = [look.tenant, look.key, look.bucket]
    const rows = await statements.transaction.read(ONE_CLUSTER_SQL.look, params)
    const said = rows.map(({ name, value }) => ({ name, value: String(value) }))
    const states = said.find(({ name }) => name === 'buckets')?.value
    return {
      cluster,
      states: states === undefined ? NONE_HELD : bucketStates(states),
      unfinished: said.flatMap(({ name, value }) =>
        name === 'pending' ? [pendingKeyOf(look.tenant, value)] : [],
      ),
      ...recording(statements),
      ...endings(lease, statements),
    }
  } catch (error) {
    const failure = statements.failure() ?? error
    await end(lease, failure)
    throw failure
  }
}

/** Reads a key as `ONE_CLUSTER_SQL` writes it: bucket, key and id, divided by spaces. */
export function pendingKeyOf(tenant: string, text: string): PendingKey {
  const [bucket, workKey = '', workId = ''] = text.split(' ')
  return { tenant, bucket: Number(bucket), workKey, workId }
}

function recording(statements: Statements): Pick<Part, 'transaction' | 'writes' | 'failure'> {
  const writes: Write[] = []
  const send: Transaction['read'] = (sql, params) => {
    if (isWrite(sql)) writes.push({ sql, params })
    return statements.transaction.read(sql, params)
  }
  return {
    transaction: { read: send, run: async (sql, params) => void (await send(sql, params)) },
    writes,
    failure: statements.failure,
  }
}

function endings(lease: Lease, statements: Statements): Pick<Part, 'commit' | 'abandon'> {
  return {
    commit: async () => {
      await statements.close()
      try {
        await lease.client.query('COMMIT')
        lease.release()
      } catch (error) {
        await end(lease, error)
        throw error
      }
    },
    abandon: async () => {
      await statements.close()
      await end(lease, statements.failure())
    },
  }
}

/** Gives the connection back without the changes; one that is of no use is dropped. */
async function end(lease: Lease, failure: unknown): Promise<void> {
  const isLost = failure !== undefined && postgresFailureOf(failure) === 'lost'
  if (isLost || !(await rollBack(lease.client))) lease.discard()
  else lease.release()
}
