import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../src/clock.ts'
import { CallerMemoryError } from '../../src/errors.ts'
import type { Log } from '../../src/log.ts'
import { createAuthenticate } from './http/api-keys.ts'
import { addCallRoutes } from './http/call-routes.ts'
import { createClientErrorAnswer, hangUpAfterOddHeaders, timeLimits } from './http/client-errors.ts'
import { addCustomerRoutes } from './http/customer-routes.ts'
import { addDocs } from './http/docs.ts'
import { createFailureAnswer, MAX_BODY_BYTES } from './http/failures.ts'
import { addFeedRoutes } from './http/feed-routes.ts'
import { createGuard } from './http/guard.ts'
import { createMetrics } from './http/metrics.ts'
import type { Metrics } from './http/metrics.ts'
import { addOperationsRoutes } from './http/operations.ts'
import { addSettingsRoutes } from './http/settings-routes.ts'
import { createOwnRate, createSharedRate } from './http/shared-rate.ts'
import { createKeyedHash } from './identity/keyed-hash.ts'
import { startSweeper } from './maintenance/sweeper.ts'
import type { Sweeper } from './maintenance/sweeper.ts'
import { OWN_BEHALF, valueOf } from './operations/operations.ts'
import type { Operations } from './operations/operations.ts'

/** What a memory server is made of. */
export interface MemoryServerOptions {
  /** The operations on an opened database. They stay the caller's: closing the server does not close them. */
  readonly operations: Operations
  /** Bearer keys that are let in beside those of the database, as the default tenant with every scope. */
  readonly apiKeys: readonly string[]
  /** Key under which the keys of the database are hashed, 64 hex characters. */
  readonly hashKey: string
  /** Requests of one tenant in a minute; any number unless given. */
  readonly rateLimitPerMinute?: number | undefined
  /** Whether other servers may use the same database, so that limits are counted there. Default false. */
  readonly isDatabaseShared?: boolean
  /** How often the server removes what is past its time; never unless given. */
  readonly sweepEveryHours?: number | undefined
  /** Whether the description of the API is served under `/docs`; not unless given. */
  readonly docs?: boolean
  /** How long a request may take to come in, and to end while the server stops, in milliseconds. Default 10000. */
  readonly requestTimeoutMs?: number
  readonly clock: Clock
  readonly log: Log
}

const REQUEST_TIMEOUT_MS = 10_000
const HANG_UP_INTERVAL_MS = 50

/**
 * Creates the HTTP server of the caller memory. It does not listen yet.
 *
 * @throws CM_CONFIG_INVALID when there is no key at all.
 */
export async function createMemoryServer(options: MemoryServerOptions): Promise<FastifyInstance> {
  await requireSomeKey(options)
  const metrics = createMetrics()
  const operations = metrics.countWork(options.operations)
  const { log, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options
  const answerFailure = createFailureAnswer(log)
  const server = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    ...timeLimits(requestTimeoutMs),
    clientErrorHandler: createClientErrorAnswer(log),
    frameworkErrors: (error, request, reply) => answerFailure(error, request, reply),
  })
  server.setErrorHandler((error, request, reply) => answerFailure(error, request, reply))
  server.setNotFoundHandler((request, reply) => {
    answerFailure(new CallerMemoryError('CM_NOT_FOUND', 'there is no such route'), request, reply)
  })
  readEveryBodyAsText(server)
  hangUpAfterOddHeaders(server.server)
  hangUpWhileClosing(server, requestTimeoutMs)
  metrics.watch(server)
  if (options.docs === true) await addDocs(server)
  const { apiKeys, clock, rateLimitPerMinute } = options
  const keyedHash = createKeyedHash(options.hashKey)
  const authenticate = createAuthenticate({ operations, apiKeys, keyedHash, clock })
  const count = options.isDatabaseShared === true ? createSharedRate(operations, clock) : createOwnRate(clock)
  const guard = await createGuard(server, { authenticate, rateLimitPerMinute, count })
  addOperationsRoutes(server, operations, metrics, guard)
  addCallRoutes(server, operations, metrics, guard)
  addCustomerRoutes(server, operations, guard)
  addSettingsRoutes(server, operations, guard)
  addFeedRoutes(server, operations, guard)
  sweepWhileListening(server, options, operations, metrics)
  return server
}

function sweepWhileListening(
  server: FastifyInstance,
  { sweepEveryHours: everyHours, log }: MemoryServerOptions,
  operations: Operations,
  metrics: Metrics,
): void {
  if (everyHours === undefined) return
  let sweeper: Sweeper | undefined
  server.addHook('onListen', async () => {
    sweeper = startSweeper({ operations, everyHours, log, listener: metrics.sweeping })
  })
  server.addHook('preClose', async () => sweeper?.stop())
}

/** A server without a key would let nobody in, and nothing would say why. */
async function requireSomeKey({ apiKeys, operations }: MemoryServerOptions): Promise<void> {
  if (apiKeys.length > 0) return
  const known = valueOf(await operations.perform('listApiKeys', OWN_BEHALF, null))
  if (known.some(({ revokedAt }) => revokedAt === 0)) return
  throw new CallerMemoryError(
    'CM_CONFIG_INVALID',
    'MEMORY_SERVER_API_KEYS: is not set, and the database holds no key; make one with "keys create"',
  )
}

/**
 * Closes connections as they fall idle once the server stops. Without this, a client that keeps its connection
 * holds the stop up for the whole keep-alive time when its last request was in flight as the stop began. Whatever is
 * in flight after `longestMs` is cut: its client does not finish its request, or does not read its answer.
 */
function hangUpWhileClosing(server: FastifyInstance, longestMs: number): void {
  let idle: NodeJS.Timeout | undefined
  let all: NodeJS.Timeout | undefined
  server.addHook('preClose', async () => {
    idle = setInterval(() => server.server.closeIdleConnections(), HANG_UP_INTERVAL_MS)
    all = setTimeout(() => server.server.closeAllConnections(), longestMs)
  })
  server.addHook('onClose', async () => {
    clearInterval(idle)
    clearTimeout(all)
  })
}

/** Whatever the content type says, a body is a text that should be JSON: curl calls it a form unless told otherwise. */
function readEveryBodyAsText(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
}
