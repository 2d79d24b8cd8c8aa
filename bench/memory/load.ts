import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { percentile } from '../support/statistics.ts'
import { answerTask } from '../support/worker-process.ts'
import { openConnection, postRequest } from './http-connection.ts'
import type { HttpConnection, RequestHead } from './http-connection.ts'
import { intentOf, numberOfCustomer, VARIABLES_OF_AN_END, variablesOf } from './people.ts'

/** A load to put on a memory server. It ends by itself. */
export interface LoadTask {
  readonly port: number
  readonly apiKey: string
  readonly customers: number
  readonly seconds: number
  /** Connections; without a rate, each has one call at a time: a start and then its end. */
  readonly connections: number
  /** Requests a second, open loop: sent when due, whether or not earlier ones were answered. */
  readonly requestsPerSecond?: number
}

/** What a load saw. Latencies in milliseconds; of an open loop from the moment at which a request was due. */
export interface LoadResult {
  readonly requests: number
  readonly calls: number
  readonly failed: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  /** Processor time of the load itself, in milliseconds. */
  readonly cpuMs: number
}

/** Sends one start or one end. */
interface Caller {
  readonly start: (connection: HttpConnection, dueAt: number) => Promise<Started | undefined>
  readonly end: (connection: HttpConnection, started: Started, dueAt: number) => Promise<void>
}

interface Started {
  readonly callId: string
  readonly customer: number
  readonly customerRef: string
}

interface Counted {
  readonly latenciesMs: number[]
  calls: number
  failed: number
}

async function load(task: LoadTask): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: task.connections }, () => openConnection(task.port)),
  )
  const counted: Counted = { latenciesMs: [], calls: 0, failed: 0 }
  const caller = createCaller(task, counted)
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const endsAt = startedAt + task.seconds * 1000
  if (task.requestsPerSecond === undefined) await closedLoop(connections, caller, endsAt)
  else await openLoop(connections, caller, endsAt, task.requestsPerSecond)
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - startedAt) / 1000
  for (const connection of connections) connection.close()
  const { latenciesMs, calls, failed } = counted
  return {
    requests: latenciesMs.length,
    calls,
    failed,
    seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    p999Ms: percentile(latenciesMs, 0.999),
    cpuMs: (user + system) / 1000,
  }
}

const REF = /"customer_ref":"([^"]+)"/

function createCaller({ port, apiKey, customers }: LoadTask, counted: Counted): Caller {
  const head: RequestHead = { host: `127.0.0.1:${port}`, apiKey }
  const tag = randomUUID()
  let drawn = 0
  const post = async (
    connection: HttpConnection,
    path: string,
    body: string,
    dueAt: number,
  ): Promise<string | undefined> => {
    const answer = await connection.send(postRequest(path, head, body))
    counted.latenciesMs.push(performance.now() - dueAt)
    if (answer.status === 200) return answer.body
    counted.failed += 1
    return undefined
  }
  return {
    start: async (connection, dueAt) => {
      const customer = Math.floor(Math.random() * customers)
      drawn += 1
      const callId = `${tag}-${drawn}`
      const body = `{"call_id":"${callId}","identity_hints":{"ani":"${numberOfCustomer(customer)}"}}`
      const answer = await post(connection, '/v1/calls/start', body, dueAt)
      const customerRef = answer === undefined ? undefined : REF.exec(answer)?.[1]
      return customerRef === undefined ? undefined : { callId, customer, customerRef }
    },
    end: async (connection, { callId, customer, customerRef }, dueAt) => {
      const variables = JSON.stringify(Object.fromEntries(variablesOf(customer, VARIABLES_OF_AN_END)))
      const body = `{"call_id":"${callId}","customer_ref":"${customerRef}","intent":"${intentOf(customer)}","intent_status":"open","variables":${variables}}`
      if ((await post(connection, '/v1/calls/end', body, dueAt)) !== undefined) counted.calls += 1
    },
  }
}

async function closedLoop(
  connections: readonly HttpConnection[],
  { start, end }: Caller,
  endsAt: number,
): Promise<void> {
  const callOn = async (connection: HttpConnection): Promise<void> => {
    while (performance.now() < endsAt) {
      const started = await start(connection, performance.now())
      if (started) await end(connection, started, performance.now())
    }
  }
  await Promise.all(connections.map((connection) => callOn(connection)))
}

// Ends follow their starts by at least so many requests, as calls take their time.
const CALLS_UNDERWAY = 40

async function openLoop(
  connections: readonly HttpConnection[],
  { start, end }: Caller,
  endsAt: number,
  requestsPerSecond: number,
): Promise<void> {
  const free = [...connections]
  const waiting: ((connection: HttpConnection) => void)[] = []
  const take = (): Promise<HttpConnection> => {
    const connection = free.pop()
    return connection ? Promise.resolve(connection) : new Promise((resolve) => void waiting.push(resolve))
  }
  const started: Started[] = []
  const sent = new Set<Promise<void>>()
  const request = async (isStart: boolean, dueAt: number): Promise<void> => {
    const connection = await take()
    const call = isStart ? undefined : started.shift()
    const made = call ? await end(connection, call, dueAt) : await start(connection, dueAt)
    if (made) started.push(made)
    const next = waiting.shift()
    if (next) next(connection)
    else free.push(connection)
  }
  let isStart = true
  for (let dueAt = performance.now(); dueAt < endsAt; dueAt += 1000 / requestsPerSecond) {
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await new Promise((resolve) => void setTimeout(resolve, waitMs))
    const going = request(isStart || started.length < CALLS_UNDERWAY, dueAt)
    isStart = !isStart
    sent.add(going)
    void going.finally(() => sent.delete(going))
  }
  await Promise.all(sent)
}

answerTask((task) => load(task as LoadTask))
