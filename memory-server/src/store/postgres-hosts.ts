import { Pool } from 'pg'
import type { PoolClient, PoolConfig } from 'pg'
import { hostUrlsOf } from './postgres-url.ts'

/** How to reach a PostgreSQL database. */
export interface PostgresHostOptions {
  /** Address with one or several hosts. */
  readonly url: string
  /** How many connections this process holds. */
  readonly connections: number
  /** Longest time to set up one connection, in milliseconds. */
  readonly connectTimeoutMs: number
  /** Longest time for one statement, in milliseconds, waiting for locks included. */
  readonly statementTimeoutMs: number
  /** Whether limits may be set as the connection starts. Old poolers refuse that. */
  readonly startupLimits: boolean
  /** Name under which the server lists the connections. */
  readonly applicationName: string
  /** Asked once for each new connection; throws for one that must not be used. */
  readonly admit?: (client: PoolClient) => Promise<void>
}

/** A connection in use. Exactly one of the two must be called. */
export interface Lease {
  readonly client: PoolClient
  readonly release: () => void
  /** Drops the connection and looks for a server that can write from here on. */
  readonly discard: () => void
}

/** The servers of one database, of which one can write at a time. */
export interface PostgresHosts {
  readonly acquire: () => Promise<Lease>
  readonly close: () => Promise<void>
}

interface Current {
  readonly pool: Pool
  readonly index: number
}

// What the server allows a statement plus what the network may take.
const NETWORK_MARGIN_MS = 1000
const IDLE_TRANSACTION_TIMEOUT_MS = 10_000

/** Thrown for a server that only reads. Its code is the one such a server gives for a write. */
class StandbyError extends Error {
  override readonly name = 'StandbyError'
  readonly code = '25006'
}

/**
 * Holds connections to the one server that can write. With several hosts, each new connection is asked whether it
 * can; drivers do not do that (node-postgres issue 3154). After a failure the next host has its turn.
 */
export function createPostgresHosts(options: PostgresHostOptions): PostgresHosts {
  const urls = hostUrlsOf(options.url)
  const ending = new Set<Promise<void>>()
  const open = (index: number): Current => ({ index, pool: openPool(urls, index, options) })
  let current = open(0)

  const retire = (pool: Pool): void => {
    // The pool forgets a request that it has queued in this turn when it ends (observed 2026-11, pg-pool 3).
    const ended = new Promise<void>((resolve) => {
      setImmediate(() => void pool.end().then(resolve, resolve))
    }).then(() => void ending.delete(ended))
    ending.add(ended)
  }
  const leave = (left: Current): void => {
    if (current !== left) return
    current = open((left.index + 1) % urls.length)
    retire(left.pool)
  }
  const acquire = async (): Promise<Lease> => {
    let reason: unknown
    for (let tried = 0; tried < urls.length; tried += 1) {
      const from = current
      try {
        const client = await from.pool.connect()
        const discard = (): void => {
          client.release(true)
          leave(from)
        }
        return { client, release: () => client.release(), discard }
      } catch (error) {
        leave(from)
        reason = error
      }
    }
    throw reason
  }
  const close = async (): Promise<void> => {
    retire(current.pool)
    await Promise.all(ending)
  }
  return { acquire, close }
}

function openPool(urls: readonly string[], index: number, options: PostgresHostOptions): Pool {
  const { connections, connectTimeoutMs, statementTimeoutMs, startupLimits } = options
  const config: PoolConfig = {
    connectionString: urls[index],
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs + NETWORK_MARGIN_MS,
    keepAlive: true,
    // Statements go out without waiting for those before them. Old poolers are spared that, as named statements are.
    pipeline: startupLimits,
    application_name: options.applicationName,
    ...(startupLimits && {
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    }),
    verify: (client, done) => {
      void admitTo(client, urls.length, options.admit).then(() => done(), done)
    },
  }
  const pool = new Pool(config)
  // A connection that breaks while nobody uses it is an event without a reader; unheard, it ends the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return pool
}

async function admitTo(
  client: PoolClient,
  hosts: number,
  admit: PostgresHostOptions['admit'],
): Promise<void> {
  // With one host there is no choice, and not every engine knows the question.
  if (hosts > 1) await refuseStandby(client)
  await admit?.(client)
}

async function refuseStandby(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
  if (rows[0]?.standby !== false) throw new StandbyError('it is a standby')
}
