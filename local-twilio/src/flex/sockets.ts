import type { IncomingMessage, Server } from 'node:http'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { FlexUser } from './account.ts'
import { bridgeGreeting, bridgeMessages } from './event-bridge.ts'
import type { Floor } from './floor.ts'
import { liveItemsOf } from './live-items.ts'
import { answerTwilsock, readTwilsock } from './twilsock.ts'

/** What the sockets of a desktop work on. */
export interface SocketOptions {
  readonly floor: Floor
  readonly user: FlexUser
}

/** The two sockets that a desktop keeps open: the event bridge, and Twilsock for Sync and Conversations. */
export function serveSockets(http: Server, { floor, user }: SocketOptions): { readonly close: () => void } {
  const sockets = new WebSocketServer({ server: http, verifyClient: isOwnPage })
  sockets.on('connection', (socket, request: IncomingMessage) => {
    const url = request.url ?? ''
    if (url.includes('event-bridge')) serveBridge(socket, floor, user.workerSid)
    else if (url.includes('tsock')) serveTwilsock(socket, floor)
    else socket.close()
  })
  return {
    close: () => {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

function isOwnPage({ req }: { readonly req: IncomingMessage }): boolean {
  const { host, origin } = req.headers
  return origin === `http://${host}` && /^127\.0\.0\.1:\d+$/.test(host ?? '')
}

function serveBridge(socket: WebSocket, floor: Floor, workerSid: string): void {
  const send = (message: unknown): void => socket.send(JSON.stringify(message))
  send(bridgeGreeting(floor, workerSid))
  const stop = floor.listen((event) => {
    for (const message of bridgeMessages(floor, workerSid, event)) send(message)
  })
  socket.on('close', stop)
}

function serveTwilsock(socket: WebSocket, floor: Floor): void {
  socket.on('message', (bytes: Buffer) => {
    const message = readTwilsock(bytes)
    const answer = message && answerTwilsock(message, (index, query) => liveItemsOf(floor, index, query))
    if (answer) socket.send(answer)
  })
}
