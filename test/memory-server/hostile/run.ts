import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { API_KEY, temporaryFolder } from '../support.ts'
import { faultsOf, watchDatabase } from './judge.ts'
import { createRawClient } from './raw-client.ts'
import { hostileRequests } from './requests.ts'
import type { HostileRequest } from './requests.ts'
import { startServerProcess } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'

const HELP = `npm run test:hostile -- [--requests N] [--seed S] [--minutes M]

Sends generated requests to real memory servers: valid, nearly valid and hostile ones for every described route.
Half of them one at a time, each refused one compared with the database before and after it; half of them sixteen at
a time to one server, whose memory is watched. Fails on any 5xx, end of a server, answer that the description does
not allow, or trace of a refused request. Figures go to bench/results/hostile.json.

  --requests  how many (default 100000)
  --seed      of the generator (default 1); the same requests come again
  --minutes   limit of time (default 4); the run fails when it is not done by then`

const ROOT = resolve(__dirname, '../../..')
const MOST_MEGABYTES = 500
const STRICT_PER_SERVER = 5000
const AT_ONCE = 16
const CHUNK = 1000
const SLOW_CLIENTS = 20

interface Tally {
  readonly statuses: Record<string, number>
  readonly kinds: Record<string, number>
  readonly faults: string[]
  megabytes: number
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '4' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(`${HELP}\n`)
  const [count, seed] = [Number(values.requests), Number(values.seed)]
  const startedAt = performance.now()
  const endsAt = startedAt + Number(values.minutes) * 60_000
  const strict: Tally = { statuses: {}, kinds: {}, faults: [], megabytes: 0 }
  const crowd: Tally = { statuses: {}, kinds: {}, faults: [], megabytes: 0 }
  await Promise.all([
    strictly(Math.floor(count / 2), seed, endsAt, strict),
    inCrowd(Math.ceil(count / 2), seed + 1_000_000, endsAt, crowd),
  ])
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const sent = total(strict) + total(crowd)
  const result = { node: process.version, seed, requests: sent, seconds, strict, crowd }
  writeResult(result)
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  const faults = [...strict.faults, ...crowd.faults]
  if (faults.length > 0) throw new Error(`${faults.length} faults, the first: ${faults[0]}`)
  if (sent < count) throw new Error(`only ${sent} of ${count} requests in ${values.minutes} minutes`)
  const megabytes = Math.max(strict.megabytes, crowd.megabytes)
  if (megabytes > MOST_MEGABYTES)
    throw new Error(`a server took ${megabytes} MB, more than ${MOST_MEGABYTES}`)
}

/** One at a time. Servers change, because comparing costs what there is to compare. */
async function strictly(count: number, seed: number, endsAt: number, tally: Tally): Promise<void> {
  for (let sent = 0; sent < count && performance.now() < endsAt; sent += STRICT_PER_SERVER) {
    await withServer(tally, async (server, database) => {
      const watch = await watchDatabase(database)
      const client = createRawClient(server.port)
      const most = Math.min(STRICT_PER_SERVER, count - sent)
      for (const request of requestsOf(most, seed + sent)) {
        if (performance.now() > endsAt) break
        watch.pin()
        const answer = await client.send(request.bytes, request.method, request.isCutOff)
        note(tally, request, answer.status, faultsOf(request, answer, watch.changedTables))
      }
      client.close()
      watch.close()
    })
  }
}

/** Many at a time, beside clients that never finish what they send. */
async function inCrowd(count: number, seed: number, endsAt: number, tally: Tally): Promise<void> {
  await withServer(tally, async (server) => {
    const slow = Array.from({ length: SLOW_CLIENTS }, () => slowClient(server.port))
    const requests = requestsOf(count, seed)
    const sender = async (): Promise<void> => {
      const client = createRawClient(server.port)
      for (const request of requests) {
        if (performance.now() > endsAt) break
        const answer = await client.send(request.bytes, request.method, request.isCutOff)
        note(
          tally,
          request,
          answer.status,
          faultsOf(request, answer, () => []),
        )
      }
      client.close()
    }
    // One generator for all: each request is sent once.
    await Promise.all(Array.from({ length: AT_ONCE }, sender))
    await Promise.all(slow)
  })
}

async function withServer(
  tally: Tally,
  work: (server: ServerProcess, database: string) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder()
  const database = join(folder.path, 'memory.db')
  const server = await startServerProcess(database)
  const timer = setInterval(() => {
    tally.megabytes = Math.max(tally.megabytes, server.megabytes())
  }, 200)
  try {
    await work(server, database)
    if (server.hasEnded()) tally.faults.push('the server has ended')
  } finally {
    clearInterval(timer)
    if (!server.hasEnded()) await server.stop()
    folder.remove()
  }
}

function* requestsOf(count: number, seed: number): Generator<HostileRequest> {
  const requests = hostileRequests({ apiKey: API_KEY, otherKeys: ['x'.repeat(40), 'sk_test_unknown'] })
  for (let made = 0; made < count; made += CHUNK) {
    yield* fc.sample(requests, { numRuns: Math.min(CHUNK, count - made), seed: seed + made })
  }
}

/** Begins a request and leaves it at that. Resolves when the server has given up on it. */
function slowClient(port: number): Promise<void> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST /v1/calls/start HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{')
    })
    socket
      .on('error', () => undefined)
      .on('data', () => undefined)
      .on('close', () => done())
  })
}

function note(tally: Tally, request: HostileRequest, status: number, faults: readonly string[]): void {
  tally.statuses[status] = (tally.statuses[status] ?? 0) + 1
  tally.kinds[request.kind] = (tally.kinds[request.kind] ?? 0) + 1
  for (const fault of faults) {
    if (tally.faults.length < 20) tally.faults.push(`${fault}: ${request.bytes.toString().slice(0, 600)}`)
  }
}

function total({ statuses }: Tally): number {
  return Object.values(statuses).reduce((sum, each) => sum + each, 0)
}

function writeResult(result: object): void {
  const folder = join(ROOT, 'bench/results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'hostile.json'), `${JSON.stringify(result, null, 2)}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
