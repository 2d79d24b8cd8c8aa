import { Agent, request } from 'node:http'
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { StartCallResponse } from '../../src/contract.ts'
import { answerTask } from '../support/worker-process.ts'
import { numberOfCustomer, variablesOf } from './people.ts'

/** A load to put on a memory server. It ends by itself. */
export interface LoadTask {
  readonly url: string
  readonly apiKey: string
  readonly customers: number
  readonly seconds: number
  /** Callers at a time, each with a start and then an end. */
  readonly connections: number
  /** Requests a second, open loop: sent when due, whether or not earlier ones were answered. */
  readonly requestsPerSecond?: number
}

/** What a load saw. Latencies in milliseconds, from the moment at which a request was due. */
export interface LoadResult {
  readonly calls: number
  readonly seconds: number
  readonly failed: number
  readonly latenciesMs: readonly number[]
}

async function load(task: LoadTask): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: task.connections })
  const latenciesMs: number[] = []
  let [calls, failed] = [0, 0]
  const post = async (path: string, body: object, dueAt = performance.now()): Promise<unknown> => {
    const answer = await send(agent, task, path, body)
    latenciesMs.push(performance.now() - dueAt)
    if (answer === undefined) failed += 1
    return answer
  }
  const call = async (dueAt?: number): Promise<void> => {
    const customer = Math.floor(Math.random() * task.customers)
    const callId = randomUUID()
    const started = await post(
      '/v1/calls/start',
      { call_id: callId, identity_hints: { ani: numberOfCustomer(customer) } },
      dueAt,
    )
    if (started === undefined) return
    const { customer_ref } = started as StartCallResponse
    const about = {
      intent: `intent_${customer % 4}`,
      intent_status: 'open',
      variables: variablesOf(customer, 5),
    }
    if ((await post('/v1/calls/end', { call_id: callId, customer_ref, ...about })) !== undefined) calls += 1
  }
  const startedAt = performance.now()
  const endsAt = startedAt + task.seconds * 1000
  if (task.requestsPerSecond === undefined) {
    const caller = async (): Promise<void> => {
      while (performance.now() < endsAt) await call()
    }
    await Promise.all(Array.from({ length: task.connections }, caller))
  } else {
    await openLoop(task.requestsPerSecond / 2, endsAt, call)
  }
  agent.destroy()
  return { calls, failed, latenciesMs, seconds: (performance.now() - startedAt) / 1000 }
}

async function openLoop(
  callsPerSecond: number,
  endsAt: number,
  call: (dueAt: number) => Promise<void>,
): Promise<void> {
  const open = new Set<Promise<void>>()
  for (let dueAt = performance.now(); dueAt < endsAt; dueAt += 1000 / callsPerSecond) {
    const waitMs = dueAt - performance.now()
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs))
    const going = call(dueAt)
    open.add(going)
    void going.finally(() => open.delete(going))
  }
  await Promise.all(open)
}

function send(agent: Agent, { url, apiKey }: LoadTask, path: string, body: object): Promise<unknown> {
  return new Promise((resolve) => {
    const sent = request(
      `${url}${path}`,
      {
        agent,
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        timeout: 10_000,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const ok = response.statusCode === 200
          resolve(ok ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : undefined)
        })
      },
    )
    sent.on('timeout', () => sent.destroy())
    sent.on('error', () => resolve(undefined))
    sent.end(JSON.stringify(body))
  })
}

answerTask((task) => load(task as LoadTask))
