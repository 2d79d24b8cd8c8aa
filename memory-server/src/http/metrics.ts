import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { StartCallResponse } from '../../../src/contract.ts'
import { valueOf } from '../operations/operations.ts'
import type { SweepListener } from '../maintenance/sweeper.ts'
import type { Json, Operations } from '../operations/operations.ts'

/** What a server counts about itself. No label holds anything of a person or a tenant. */
export interface Metrics {
  /** Measures every request of the server by route and status. */
  readonly watch: (server: FastifyInstance) => void
  /** The same operations, with those underway counted. */
  readonly countWork: (operations: Operations) => Operations
  /** Counts who was found at a start, replays included. */
  readonly countMatch: (answer: Json<StartCallResponse>) => void
  /** Counts what the sweeper does. */
  readonly sweeping: SweepListener
  /** Everything in the text format of Prometheus. */
  readonly text: () => Promise<string>
  readonly contentType: string
}

const LATENCY_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.04, 0.1, 0.25, 1, 5]
// The bands of the API: below the first bound the recommendation is ignore, above the last the level is very_high.
const CONFIDENCE_BUCKETS = [0, 0.3, 0.5, 0.7, 0.9, 1]

interface Measures {
  readonly latency: Histogram<'route' | 'status'>
  readonly matches: Counter<'outcome'>
  readonly confidence: Histogram
  readonly pending: Gauge
}

/** Creates the measures of one server. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const { latency, matches, confidence, pending } = measuresIn(registry)
  return {
    watch: (server) => {
      server.addHook('onResponse', async (request, reply) => {
        const route = request.routeOptions.url ?? 'none'
        latency.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1000)
      })
    },
    countWork: (operations) => counting(operations, pending),
    countMatch: (answer) => {
      const { identity } = valueOf(answer)
      matches.inc({ outcome: identity.sources.length > 0 ? 'known' : 'new' })
      confidence.observe(identity.confidence)
    },
    sweeping: sweepingIn(registry),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function measuresIn(registry: Registry): Measures {
  const registers = [registry]
  return {
    latency: new Histogram({
      name: 'memory_server_request_duration_seconds',
      help: 'Time to answer a request, by route and status.',
      labelNames: ['route', 'status'],
      buckets: LATENCY_BUCKETS_S,
      registers,
    }),
    matches: new Counter({
      name: 'memory_server_matches_total',
      help: 'Answered starts by outcome: a known customer, or a new one.',
      labelNames: ['outcome'],
      registers,
    }),
    confidence: new Histogram({
      name: 'memory_server_confidence',
      help: 'Confidence of answered starts.',
      buckets: CONFIDENCE_BUCKETS,
      registers,
    }),
    pending: new Gauge({
      name: 'memory_server_store_pending',
      help: 'Work that was handed to the database and is not committed yet.',
      registers,
    }),
  }
}

function sweepingIn(registry: Registry): SweepListener {
  const registers = [registry]
  const pending = new Gauge({
    name: 'memory_server_sweep_pending_buckets',
    help: 'Buckets that the sweep underway on this server has still to look at.',
    registers,
  })
  const swept = new Counter({
    name: 'memory_server_swept_rows_total',
    help: 'Rows that were removed because their time had passed, by kind.',
    labelNames: ['kind'],
    registers,
  })
  return {
    onPlace: (left, counts) => {
      pending.set(left)
      for (const [kind, count] of Object.entries(counts)) swept.inc({ kind }, count)
    },
  }
}

function counting(operations: Operations, pending: Gauge): Operations {
  return {
    ...operations,
    perform: async (name, behalf, request) => {
      pending.inc()
      try {
        return await operations.perform(name, behalf, request)
      } finally {
        pending.dec()
      }
    },
  }
}
