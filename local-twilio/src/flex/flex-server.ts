import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { Clock } from '../../../src/clock.ts'
import { listenLocally } from '../http-listen.ts'
import type { RunningServer } from '../http-listen.ts'
import { accountConfiguration, loginOf, tokenAnswer } from './account.ts'
import type { AccountSettings, FlexUser } from './account.ts'
import { answerBridge, bridgeGreeting, bridgeMessages } from './event-bridge.ts'
import type { BridgeRequest } from './event-bridge.ts'
import type { Floor } from './floor.ts'
import { liveItemsOf } from './live-items.ts'
import { FLEX_PAGE_POLICY, renderFlexPage } from './page.ts'
import { answerTwilsock, readTwilsock } from './twilsock.ts'

/** A plugin that the desktop loads. */
export interface FlexPluginFile {
  readonly name: string
  readonly version: string
  readonly script: string
}

/** What the desktop's server is made of. */
export interface FlexServerOptions {
  readonly floor: Floor
  readonly agent: FlexUser
  readonly supervisor: FlexUser
  readonly account: AccountSettings
  readonly plugins: readonly FlexPluginFile[]
  /** The real Flex UI as one browser script. */
  readonly flexUiScript: string
  readonly interceptScript: string
  readonly clock: Clock
  /** 0 lets the system choose. */
  readonly port: number
}

const LOGIN_MS = 3_600_000

/**
 * Serves the real Flex UI at `/agent-desktop`, and at `/supervisor` as a supervisor sees it, and answers for the
 * Twilio services that it asks.
 */
export async function startFlexServer(options: FlexServerOptions): Promise<RunningServer> {
  const http = createServer()
  const app = fastify({
    logger: false,
    serverFactory: (handler) => http.on('request', handler),
  })
  addPages(app, options)
  addTwilio(app, options)
  await app.ready()
  const sockets = serveSockets(http, options)
  const server = await listenLocally(http, options.port)
  return {
    ...server,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      await server.close()
      await app.close()
    },
  }
}

function addPages(app: FastifyInstance, options: FlexServerOptions): void {
  const { floor, agent, supervisor, plugins, clock } = options
  const page = (user: FlexUser, title: string): string => {
    const login = loginOf(floor, user, new Date(clock().getTime() + LOGIN_MS))
    return renderFlexPage({ accountSid: floor.accountSid, login, title })
  }
  const scripts: Readonly<Record<string, string>> = {
    '/flex/flex-ui.js': options.flexUiScript,
    '/flex/intercept.js': options.interceptScript,
    ...Object.fromEntries(plugins.map(({ name, script }) => [`/flex/plugins/${name}.js`, script])),
  }
  for (const [path, script] of Object.entries(scripts)) {
    app.get(path, (_request, reply) => reply.type('text/javascript').send(script))
  }
  app.get('/flex/plugins', () =>
    plugins.map(({ name, version }) => ({ name, version, phase: 3, src: `/flex/plugins/${name}.js` })),
  )
  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith('/twilio/')) return reply.code(404).send({ code: 20404, status: 404 })
    const isSupervisor = request.url.startsWith('/supervisor') || request.url.startsWith('/teams')
    const html = page(isSupervisor ? supervisor : agent, isSupervisor ? 'Flex, supervisor' : 'Flex, agent')
    return reply.header('content-security-policy', FLEX_PAGE_POLICY).type('text/html').send(html)
  })
}

/** Answers for Twilio's hosts, whose requests the page turns here. What is not known is a 404: Flex does without. */
function addTwilio(app: FastifyInstance, options: FlexServerOptions): void {
  const { floor, agent, supervisor, account, clock } = options
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
  const userOf = (text: string): FlexUser => (text.includes(supervisor.token) ? supervisor : agent)
  app.get('/twilio/flex-api.twilio.com/v1/Configuration', () => accountConfiguration(floor, account))
  app.post('/twilio/:host/v1/Accounts/:account/Tokens/Info', (request) =>
    tokenAnswer(
      userOf(JSON.stringify([request.headers, request.body])),
      new Date(clock().getTime() + LOGIN_MS),
    ),
  )
  // Country codes and flags of the dial pad: none.
  app.get('/twilio/assets.flex.twilio.com/assets/*', () => [])
  app.get('/twilio/flex.twilio.com/api/v1/Session', () => ({ features: [] }))
  app.get('/twilio/status.twilio.com/*', () => ({
    status: { indicator: 'none' },
    components: [],
    incidents: [],
    scheduled_maintenances: [],
  }))
  app.post('/twilio/:host/v1/wschannels', (request) => {
    const text = String(request.body)
    const { url, method, params } = JSON.parse(text) as Partial<BridgeRequest>
    const asked = { url: String(url), method: String(method), params: params ?? {} }
    return answerBridge(floor, userOf(text).workerSid, asked).then((payload) => ({ payload }))
  })
}

/** Event bridge and Twilsock: the two sockets that the desktop keeps open. */
function serveSockets(http: ReturnType<typeof createServer>, options: FlexServerOptions): WebSocketServer {
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket, request: IncomingMessage) => {
    const url = request.url ?? ''
    if (url.includes('event-bridge')) bridge(socket, url, options)
    else if (url.includes('tsock')) twilsock(socket, options)
    else socket.close()
  })
  return sockets
}

function bridge(socket: WebSocket, url: string, { floor, agent, supervisor }: FlexServerOptions): void {
  const { workerSid } = url.includes(supervisor.token) ? supervisor : agent
  const send = (message: unknown): void => socket.send(JSON.stringify(message))
  send(bridgeGreeting(floor, workerSid))
  const stop = floor.listen((event) => {
    for (const message of bridgeMessages(floor, workerSid, event)) send(message)
  })
  socket.on('close', stop)
}

function twilsock(socket: WebSocket, { floor }: FlexServerOptions): void {
  socket.on('message', (bytes: Buffer) => {
    const message = readTwilsock(bytes)
    const answer = message && answerTwilsock(message, (index) => liveItemsOf(floor, index))
    if (answer) socket.send(answer)
  })
}
