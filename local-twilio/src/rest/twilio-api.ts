import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { Log } from '../../../src/log.ts'
import type { FaultRegistry } from '../faults/registry.ts'
import type { RunningServer } from '../http-listen.ts'
import { isAuthenticated, UNAUTHENTICATED, type Account } from './basic-auth.ts'
import { readForms } from './form.ts'
import { serveLocalFaults } from './local-faults.ts'
import { createServiceFaults, type ServiceFaults } from '../faults/service-faults.ts'
import { meetServiceFaults } from './service-faults.ts'
import { serveFlexTokens } from './iam/token-routes.ts'
import { createEventCallbacks } from './taskrouter/event-callback.ts'
import { serveTaskRouter } from './taskrouter/routes.ts'
import type { TaskRouterEvent } from './taskrouter/model.ts'
import { createTaskRouter } from './taskrouter/store.ts'
import { createFloorFeed } from './floor/floor-feed.ts'
import { type FloorHost, serveFloor } from './floor/floor-routes.ts'
import { serveLookups } from './lookups/lookup-routes.ts'
import { createVerificationStore } from './verify/verification-store.ts'
import { serveVerify } from './verify/verify-routes.ts'
import { LISTS, MAPS } from './sync/collection-kinds.ts'
import { serveStudioFlows } from './studio/flow-routes.ts'
import { createFlowStore } from './studio/flow-store.ts'
import { serveSyncCollections } from './sync/collection-routes.ts'
import { createCollectionStore } from './sync/collection-store.ts'
import { serveSyncDocuments } from './sync/document-routes.ts'
import { createSyncDocumentStore } from './sync/document-store.ts'
import { notFound, sendRefusal, type Refusal } from './twilio-error.ts'

/** How the fake of Twilio's REST API is to run. */
export interface TwilioApiOptions extends Account {
  readonly clock: Clock
  readonly log: Log
  /** Where `POST /_local/faults` puts what it is told. */
  readonly faults: FaultRegistry
  /** Lets Flex's desktop attach; without it, nobody takes calls. */
  readonly floor?: FloorHost
  /** Which products fail; none unless told. */
  readonly serviceFaults?: ServiceFaults
  /** 0, any free one, unless given. */
  readonly port?: number
}

/**
 * Starts a fake of Twilio's REST API on 127.0.0.1, empty, with its state in memory. Each product's host is a
 * path: `https://sync.twilio.com/v1/...` is served at `<url>/sync/v1/...`. What is not faked is answered 404.
 *
 * @throws CM_LOCAL_SYSTEM when the port cannot be had.
 */
export async function startTwilioApi(options: TwilioApiOptions): Promise<RunningServer> {
  const { accountSid, clock, log, faults, port = 0, serviceFaults = createServiceFaults() } = options
  // A unique name of 320 characters in the path may be nine times as long when it is encoded.
  const app = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 320 * 9 } })
  readForms(app)
  logAnswers(app, clock, log)
  meetServiceFaults(app, serviceFaults)
  guard(app, options)
  answerErrors(app, log)
  serveSync(app, accountSid, clock)
  serveFlexTokens(app, accountSid, clock)
  serveTasks(app, options)
  serveVerify(app, { accountSid, store: createVerificationStore(clock) })
  serveLookups(app)
  serveStudioFlows(app, { accountSid, store: createFlowStore(clock) })
  serveLocalFaults(app, faults, serviceFaults)
  try {
    await app.listen({ host: '127.0.0.1', port })
  } catch {
    await app.close()
    throw new CallerMemoryError('CM_LOCAL_SYSTEM', `port ${port} on 127.0.0.1 cannot be had`)
  }
  const chosen = (app.server.address() as AddressInfo).port
  return { url: `http://127.0.0.1:${chosen}`, port: chosen, close: () => app.close() }
}

function serveSync(app: FastifyInstance, accountSid: string, clock: Clock): void {
  const store = createSyncDocumentStore(clock)
  serveSyncDocuments(app, { accountSid, store })
  for (const kind of [LISTS, MAPS]) {
    const collections = createCollectionStore(kind, clock)
    serveSyncCollections(app, { kind, accountSid, store: collections, serviceSid: store.serviceSid })
  }
}

function serveTasks(app: FastifyInstance, options: TwilioApiOptions): void {
  const callbacks = createEventCallbacks(options)
  const feed = createFloorFeed()
  const tell = (event: TaskRouterEvent): void => {
    callbacks.send(event)
    feed.noteTask(event.task)
  }
  const router = createTaskRouter(options.clock, tell, feed.noteWorker)
  serveTaskRouter(app, { ...options, router, settled: callbacks.settled })
  if (options.floor) serveFloor(app, { ...options, router, feed, host: options.floor })
}

function guard(app: FastifyInstance, account: Account): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (isAuthenticated(request.headers.authorization, account)) return done()
    sendRefusal(reply.header('WWW-Authenticate', 'Basic realm="Twilio API"'), UNAUTHENTICATED)
  })
}

function answerErrors(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((_request, reply) => sendRefusal(reply, notFound()))
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const refusal = refusalOf(error.statusCode ?? 500)
    if (refusal.status === 500)
      log('error', 'twilio api failed', { code: 'CM_BUG', kind: error.constructor.name })
    return sendRefusal(reply, refusal)
  })
}

function refusalOf(status: number): Refusal {
  if (status === 413) return { status, code: 20413, message: 'Request Entity Too Large' }
  if (status === 415) return { status, code: 20415, message: 'Unsupported Media Type' }
  if (status >= 400 && status < 500) return { status, code: 20001, message: 'Bad Request' }
  return { status: 500, code: 20500, message: 'Internal Server Error' }
}

function logAnswers(app: FastifyInstance, clock: Clock, log: Log): void {
  const startedAt = new WeakMap<object, number>()
  app.addHook('onRequest', (request, _reply, done) => {
    startedAt.set(request, clock().getTime())
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const elapsedMs = clock().getTime() - (startedAt.get(request) ?? clock().getTime())
    // The pattern of the path, never the path: unique names may hold a person's key.
    const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`
    log('info', 'twilio api answered', { route, status: reply.statusCode, elapsedMs })
    done()
  })
}
