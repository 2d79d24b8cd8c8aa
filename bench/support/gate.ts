import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { listenLocally, type RunningServer } from '../../local-twilio/src/http-listen.ts'

/** What becomes of a request at the gate: `lost` reaches its target, but its answer does not come back. */
export type Passage = 'pass' | 'refuse' | 'cut' | 'lost'

/** Decides, in the name of a lane, what becomes of its next request to one of the targets. */
export type GateKeeper = (lane: string, target: string, path: string) => Passage

/**
 * Starts a gate before several servers: `/<lane>/<target>/rest` goes to `<target>/rest`, if the keeper lets it.
 * Everything is in memory first, for requests and answers are small.
 */
export async function startGate(
  targets: Readonly<Record<string, string>>,
  keeper: GateKeeper,
): Promise<RunningServer> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  const server = http.createServer((request, response) => {
    const [, lane = '', target = '', rest = ''] = /^\/([^/]+)\/([^/]+)(\/.*)$/.exec(request.url ?? '') ?? []
    const base = targets[target]
    const passage = base === undefined ? 'refuse' : keeper(lane, target, rest)
    if (passage === 'cut') request.socket.destroy()
    else if (passage === 'refuse') response.writeHead(503).end()
    else pass({ request, response, url: new URL(`${base}${rest}`), agent, isLost: passage === 'lost' })
  })
  server.keepAliveTimeout = 60_000
  const running = await listenLocally(server, 0)
  return {
    ...running,
    close: async () => {
      agent.destroy()
      server.closeAllConnections()
      await running.close()
    },
  }
}

interface Crossing {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly agent: http.Agent
  readonly isLost: boolean
}

function pass({ request, response, url, agent, isLost }: Crossing): void {
  const headers = { ...request.headers, host: url.host }
  const upstream = http.request(url, { method: request.method ?? 'GET', headers, agent }, (answer) => {
    if (isLost) {
      answer.resume()
      answer.once('end', () => request.socket.destroy())
      return
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  upstream.once('error', () => request.socket.destroy())
  request.pipe(upstream)
}
