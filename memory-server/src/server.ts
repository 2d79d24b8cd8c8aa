import fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../../src/clock.ts'
import { CallerMemoryError } from '../../src/errors.ts'
import type { Log } from '../../src/log.ts'
import { correctCall } from './calls/correct-call.ts'
import { endCall } from './calls/end-call.ts'
import type { Memory } from './calls/memory.ts'
import { startCall } from './calls/start-call.ts'
import { readUsage } from './calls/usage.ts'
import { createAuthenticate } from './http/api-keys.ts'
import { addCustomerRoutes } from './http/customer-routes.ts'
import { createFailureAnswer, MAX_BODY_BYTES } from './http/failures.ts'
import { createGuard } from './http/guard.ts'
import type { Guard } from './http/guard.ts'
import { createMetrics } from './http/metrics.ts'
import type { Metrics } from './http/metrics.ts'
import { addOperationsRoutes } from './http/operations.ts'
import { createKeyedHash } from './identity/keyed-hash.ts'
import type { RedactionPattern } from './redaction/patterns.ts'
import { createRedact } from './redaction/redact.ts'
import { parseJson } from './request/body.ts'
import { parseCorrectRequest } from './request/correct-request.ts'
import { parseEndRequest } from './request/end-request.ts'
import { parseStartRequest } from './request/start-request.ts'
import { listApiKeys } from './store/api-keys.ts'
import type { Database } from './store/database.ts'
import { checkHashKey } from './store/installation.ts'

/** What a memory server is made of. */
export interface MemoryServerOptions {
  /** An opened database. It stays the caller's: closing the server does not close it. */
  readonly store: Database
  /** Bearer keys that are let in beside those of the database, as the default tenant with every scope. */
  readonly apiKeys: readonly string[]
  /** Key under which identifiers are hashed, 64 hex characters. */
  readonly hashKey: string
  /** How long a variable is remembered after it was last written. */
  readonly variableTtlDays: number
  /** What is removed from texts beside cards, codes, SSNs and IBANs; nothing unless given. */
  readonly redactPatterns?: readonly RedactionPattern[]
  /** Requests of one tenant in a minute; any number unless given. */
  readonly rateLimitPerMinute?: number | undefined
  /** Starts and ends of one tenant in a month; any number unless given. */
  readonly monthlyQuota?: number | undefined
  readonly clock: Clock
  readonly log: Log
}

const DAY_MS = 86_400_000
const REQUEST_TIMEOUT_MS = 10_000
const HANG_UP_INTERVAL_MS = 50

/**
 * Creates the HTTP server of the caller memory. It does not listen yet.
 *
 * @throws CM_CONFIG_INVALID when the database was made with another hash key, or when there is no key at all.
 */
export async function createMemoryServer(options: MemoryServerOptions): Promise<FastifyInstance> {
  const keyedHash = createKeyedHash(options.hashKey)
  await checkHashKey(options.store, keyedHash)
  await requireSomeKey(options)
  const metrics = createMetrics()
  const database = metrics.countWork(options.store)
  const memory: TenantlessMemory = {
    database,
    keyedHash,
    clock: options.clock,
    variableTtlMs: options.variableTtlDays * DAY_MS,
    redact: createRedact(options.redactPatterns),
    monthlyQuota: options.monthlyQuota,
  }
  const answerFailure = createFailureAnswer(options.log)
  const server = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    frameworkErrors: (error, request, reply) => answerFailure(error, request, reply),
  })
  server.setErrorHandler((error, request, reply) => answerFailure(error, request, reply))
  server.setNotFoundHandler((request, reply) => {
    answerFailure(new CallerMemoryError('CM_NOT_FOUND', 'there is no such route'), request, reply)
  })
  readEveryBodyAsText(server)
  hangUpWhileClosing(server)
  metrics.watch(server)
  const { apiKeys, clock, rateLimitPerMinute } = options
  const authenticate = createAuthenticate({ database, apiKeys, keyedHash, clock })
  const guard = await createGuard(server, { authenticate, rateLimitPerMinute })
  addOperationsRoutes(server, database, metrics, guard)
  addRoutes(server, memory, guard, metrics)
  return server
}

/** A server without a key would let nobody in, and nothing would say why. */
async function requireSomeKey({ apiKeys, store }: MemoryServerOptions): Promise<void> {
  if (apiKeys.length > 0 || (await listApiKeys(store)).some(({ revokedAt }) => revokedAt === 0)) return
  throw new CallerMemoryError(
    'CM_CONFIG_INVALID',
    'MEMORY_SERVER_API_KEYS: is not set, and the database holds no key; make one with "keys create"',
  )
}

/** What answering needs, before it is known for which tenant. */
type TenantlessMemory = Omit<Memory, 'tenant'>

function addRoutes(
  server: FastifyInstance,
  shared: TenantlessMemory,
  { allow, tenantOf }: Guard,
  metrics: Metrics,
): void {
  const memoryOf = (request: FastifyRequest): Memory => ({ ...shared, tenant: tenantOf(request) })
  server.post('/v1/calls/start', allow('calls'), (request) =>
    startCall(memoryOf(request), parseStartRequest(parseJson(request.body))).then(metrics.countMatch),
  )
  server.post('/v1/calls/end', allow('calls'), (request) =>
    endCall(memoryOf(request), parseEndRequest(parseJson(request.body))),
  )
  server.post('/v1/calls/:call_id/correct', allow('calls'), (request) =>
    correctCall(memoryOf(request), parseCorrectRequest(request.params, parseJson(request.body))),
  )
  addCustomerRoutes(server, memoryOf, allow)
  server.get('/v1/usage', allow('read'), (request) => readUsage(memoryOf(request)))
}

/**
 * Closes connections as they fall idle once the server stops. Without this, a client that keeps its connection
 * holds the stop up for the whole keep-alive time when its last request was in flight as the stop began.
 */
function hangUpWhileClosing(server: FastifyInstance): void {
  let timer: NodeJS.Timeout | undefined
  server.addHook('preClose', async () => {
    timer = setInterval(() => server.server.closeIdleConnections(), HANG_UP_INTERVAL_MS)
  })
  server.addHook('onClose', async () => clearInterval(timer))
}

/** Whatever the content type says, a body is a text that should be JSON: curl calls it a form unless told otherwise. */
function readEveryBodyAsText(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
}
