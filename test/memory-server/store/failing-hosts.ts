import type { PoolClient } from 'pg'
import { createPostgresHosts } from '../../../memory-server/src/store/postgres-hosts.ts'
import type { PostgresHostOptions, PostgresHosts } from '../../../memory-server/src/store/postgres-hosts.ts'

/**
 * How a commit goes wrong:
 * - `refused`: the connection breaks before it.
 * - `unheard`: it happens, but the connection breaks before the answer.
 * - `last`: it happens, and is the last thing that this process does.
 * - `dies`: the process ends before it.
 */
export type CommitFault = 'refused' | 'unheard' | 'last' | 'dies'

/** Real connections to real servers, of which one commit goes wrong. */
export interface FailingHosts {
  readonly open: (options: PostgresHostOptions) => PostgresHosts
  /** Lets the commit with this number from now on, counted from 1, go wrong. */
  readonly arm: (number: number, fault: CommitFault) => void
  /** Whether it has. */
  readonly hasStruck: () => boolean
}

class BrokenError extends Error {
  override readonly name = 'BrokenError'
  readonly code = 'ECONNRESET'
}

export function createFailingHosts(): FailingHosts {
  let commits = 0
  let armed: { readonly number: number; readonly fault: CommitFault } | undefined
  let hasStruck = false
  let isDead = false

  const query = async (client: PoolClient, text: unknown, values?: unknown): Promise<unknown> => {
    if (isDead) throw new BrokenError('the process has ended')
    if (text !== 'COMMIT') return client.query(text as string, values as unknown[])
    commits += 1
    if (armed === undefined || commits !== armed.number) return client.query('COMMIT')
    hasStruck = true
    isDead = armed.fault === 'last' || armed.fault === 'dies'
    if (armed.fault === 'unheard' || armed.fault === 'last') await client.query('COMMIT')
    throw new BrokenError('the connection broke')
  }
  return {
    open: (options) => {
      const hosts = createPostgresHosts(options)
      return {
        close: hosts.close,
        acquire: async () => {
          if (isDead) throw new BrokenError('the process has ended')
          const lease = await hosts.acquire()
          const { client } = lease
          const standIn = { query: (text: unknown, values?: unknown) => query(client, text, values) }
          // A connection that broke was closed by its server too.
          return { ...lease, client: standIn as unknown as PoolClient }
        },
      }
    },
    arm: (number, fault) => {
      commits = 0
      armed = { number, fault }
    },
    hasStruck: () => hasStruck,
  }
}
