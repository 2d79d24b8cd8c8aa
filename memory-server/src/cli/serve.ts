import type { AddressInfo } from 'node:net'
import { systemClock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { Log } from '../../../src/log.ts'
import type { MemoryServerConfig } from '../config.ts'
import { openOperations } from '../operations/open-operations.ts'
import { createMemoryServer } from '../server.ts'

/**
 * Runs the server until the process is told to stop.
 *
 * @throws CM_CONFIG_INVALID, CM_STORE_UNAVAILABLE
 */
export async function serve(config: MemoryServerConfig, log: Log): Promise<void> {
  const { host, port, database, databaseUrl, preparedStatements, ...settings } = config
  const operations = await openOperations(
    { database, databaseUrl, preparedStatements },
    settings,
    systemClock,
  )
  try {
    const server = await createMemoryServer({
      operations,
      isDatabaseShared: databaseUrl !== undefined,
      ...settings,
      clock: systemClock,
      log,
    })
    await server.listen({ host, port }).catch(refuseAddress)
    log('info', 'memory server listening', { port: (server.server.address() as AddressInfo).port })
    if (config.encryptionKeys.length === 0) {
      log(
        'warn',
        'MEMORY_SERVER_ENCRYPTION_KEYS is not set: numbers and external ids are kept as hashes only',
      )
    }
    const broken = await Promise.race([stopSignal(), operations.broken.then(() => 'broken' as const)])
    await server.close()
    // Whatever watches the process starts it anew.
    if (broken) throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the database has gone while in use')
  } finally {
    await operations.close()
    // Listening for the parent's end keeps the process alive as long as the parent is.
    if (process.connected) process.disconnect()
  }
  log('info', 'memory server stopped')
}

/** The usual cause is another program on the port, so the settings are named. */
function refuseAddress(thrown: unknown): never {
  const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
  const message = `MEMORY_SERVER_HOST, MEMORY_SERVER_PORT: cannot listen there (${reason})`
  throw new CallerMemoryError('CM_CONFIG_INVALID', message)
}

/**
 * Resolves when the process is told to stop, or when the process that forked it has gone, however it went.
 * A second signal is left to the system, which ends the process at once.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
    process.once('disconnect', () => resolve())
  })
}
