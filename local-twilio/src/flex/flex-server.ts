import { createServer } from 'node:http'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../../src/clock.ts'
import { listenLocally } from '../http-listen.ts'
import type { RunningServer } from '../http-listen.ts'
import { accountConfiguration, loginOf, tokenAnswer } from './account.ts'
import type { AccountSettings, FlexUser } from './account.ts'
import { answerBridge, readBridgeRequest } from './event-bridge.ts'
import type { Floor } from './floor.ts'
import { pagePolicy, renderFlexPage } from './page.ts'
import { serveSockets } from './sockets.ts'

/** A plugin that the desktop loads. */
export interface FlexPluginFile {
  readonly name: string
  readonly version: string
  readonly script: string
}

/** What a desktop's server is made of. */
export interface FlexServerOptions {
  readonly floor: Floor
  /** Who sits at this desktop. Every desktop has an address, and with it a browser storage, of its own. */
  readonly user: FlexUser
  readonly title: string
  readonly account: AccountSettings
  readonly plugins: readonly FlexPluginFile[]
  /** The real Flex UI as one browser script. */
  readonly flexUiScript: string
  readonly interceptScript: string
  readonly clock: Clock
  /** 0 lets the system choose. */
  readonly port: number
}

const LOGIN_MS = 86_400_000

/**
 * Serves the real Flex UI to one person, and answers for the Twilio services that it asks. Only the desktop's own
 * page may ask.
 *
 * @throws CM_LOCAL_SYSTEM when the port cannot be had.
 */
export async function startFlexServer(options: FlexServerOptions): Promise<RunningServer> {
  const http = createServer()
  const app = fastify({
    logger: false,
    serverFactory: (handler) => http.on('request', handler),
  })
  refuseStrangers(app)
  addPages(app, options)
  addTwilio(app, options)
  await app.ready()
  const sockets = serveSockets(http, options)
  const server = await listenLocally(http, options.port)
  return {
    ...server,
    close: async () => {
      sockets.close()
      await server.close()
      await app.close()
    },
  }
}

/** A page of another address, or one that reached this machine by another name, learns nothing. */
function refuseStrangers(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { host, origin } = request.headers
    const isOwnHost = /^127\.0\.0\.1:\d+$/.test(host ?? '')
    if (isOwnHost && (origin === undefined || origin === `http://${host}`)) return done()
    reply.code(403).send('forbidden')
  })
}

function addPages(app: FastifyInstance, options: FlexServerOptions): void {
  const { floor, user, title, plugins, clock } = options
  const { functionsUrl } = options.account
  const { accountSid } = floor
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
    const login = loginOf(floor, user, new Date(clock().getTime() + LOGIN_MS))
    const isDark = /[?&]theme=dark\b/.test(request.url)
    return reply
      .header('content-security-policy', pagePolicy(functionsUrl))
      .type('text/html')
      .send(renderFlexPage({ accountSid, login, title, functionsUrl, isDark }))
  })
}

/** Answers for Twilio's hosts, whose requests the page turns here. What is not known is a 404: Flex does without. */
function addTwilio(app: FastifyInstance, { floor, user, account, clock }: FlexServerOptions): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
  app.get('/twilio/flex-api.twilio.com/v1/Configuration', () => accountConfiguration(floor, account))
  app.post('/twilio/:host/v1/Accounts/:account/Tokens/Info', () =>
    tokenAnswer(user, new Date(clock().getTime() + LOGIN_MS)),
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
  app.post('/twilio/:host/v1/wschannels', async (request, reply) => {
    const asked = readBridgeRequest(String(request.body))
    if (!asked) return reply.code(400).send({ code: 20001, status: 400 })
    return { payload: await answerBridge(floor, user.workerSid, asked) }
  })
}
