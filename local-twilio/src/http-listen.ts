import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CallerMemoryError } from '../../src/errors.ts'

/** A server that runs on this machine, and the way to stop it. */
export interface RunningServer {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string
  readonly port: number
  /** Stops listening and cuts the connections that are open. */
  readonly close: () => Promise<void>
}

/**
 * Binds a server to 127.0.0.1, never to another address. Port 0 lets the system choose one.
 *
 * @throws CM_LOCAL_SYSTEM when the port cannot be had.
 */
export async function listenLocally(server: Server, port: number): Promise<RunningServer> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (): void =>
      reject(new CallerMemoryError('CM_LOCAL_SYSTEM', `port ${port} on 127.0.0.1 cannot be had`))
    server.once('error', refuse)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', refuse)
      resolve()
    })
  })
  const chosen = (server.address() as AddressInfo).port
  return { url: `http://127.0.0.1:${chosen}`, port: chosen, close: () => closeNow(server) }
}

function closeNow(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The only error that close() reports is that the server is not running, which is what was asked for.
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
