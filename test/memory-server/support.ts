import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  EndCallResponse,
  ErrorBody,
  OpenIntent,
  StartCallResponse,
  Variable,
} from '../../src/contract.ts'
import { createLog } from '../../src/log.ts'
import { createOperations } from '../../memory-server/src/operations/operations.ts'
import type { Operations, OperationSettings } from '../../memory-server/src/operations/operations.ts'
import { createMemoryServer } from '../../memory-server/src/server.ts'
import type { MemoryServerOptions } from '../../memory-server/src/server.ts'
import type { Store } from '../../memory-server/src/store/database.ts'
import { openSqliteStore } from '../../memory-server/src/store/sqlite.ts'
import { problemsOfExchange } from './described.ts'

export const API_KEY = 'test-key-0000000000000000000000000001'
export const HASH_KEY: string = '5e'.repeat(32)
export const ENCRYPTION_KEY: string = 'a7'.repeat(32)
export const DAY_MS = 86_400_000

/** A clock that stands still until it is moved. */
export interface MovableClock {
  readonly now: () => Date
  readonly forward: (ms: number) => void
}

export function movableClock(startsAt: string = '2026-11-02T10:30:00.000Z'): MovableClock {
  let time = Date.parse(startsAt)
  return {
    now: () => new Date(time),
    forward: (ms) => {
      time += ms
    },
  }
}

/** An answer over HTTP, with every field that any answer may have. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: StartCallResponse & EndCallResponse & ErrorBody
}

export interface TestServer {
  readonly url: string
  readonly clock: MovableClock
  readonly store: Store
  readonly operations: Operations
  readonly databasePath: string
  readonly logLines: string[]
  readonly request: (path: string, init?: RequestInit) => Promise<Answer>
  readonly start: (body: unknown) => Promise<Answer>
  readonly end: (body: unknown) => Promise<Answer>
  /** Starts a call with a fresh id and these hints, and expects it to be answered. */
  readonly identify: (hints: unknown, more?: object) => Promise<StartCallResponse>
  readonly close: () => Promise<void>
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'memory-server-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

let lastCall = 0

/** A call id that no other call in this test file has. */
export function newCallId(): string {
  lastCall += 1
  return `CA${String(lastCall).padStart(32, '0')}`
}

export function bearer(key: string = API_KEY): Record<string, string> {
  return { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: JSON.parse(text) as Answer['body'],
  }
}

/** Whatever a test asks, the answer is one that the description of the API allows. */
function expectDescribed(
  path: string,
  init: RequestInit | undefined,
  { status, headers, text }: Answer,
): void {
  const method = init?.method ?? 'GET'
  const problems = problemsOfExchange({ method, path, sent: jsonOf(init?.body), status, headers, text })
  if (problems.length > 0) {
    throw new Error(`${method} ${path} answered ${status} against the description:\n${problems.join('\n')}`)
  }
}

function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(String(body)) as unknown
  } catch {
    return undefined
  }
}

/** Opens the store of a test server; the path is for a database that is a file. */
export type OpenTestStore = (options: { path: string; clock: () => Date }) => Promise<Store>

/** Where the operations of a test server run: on its store in this thread unless told otherwise. */
export type OpenTestOperations = typeof createOperations

/** The real server on a free port, over a real database: a file in a folder of its own unless told otherwise. */
export async function startTestServer(
  clock: MovableClock = movableClock(),
  options: Partial<MemoryServerOptions & OperationSettings> = {},
  openStore: OpenTestStore = openSqliteStore,
  openOperations: OpenTestOperations = createOperations,
): Promise<TestServer> {
  const folder = temporaryFolder()
  const databasePath = join(folder.path, 'made', 'memory.db')
  const store = await openStore({ path: databasePath, clock: clock.now })
  const logLines: string[] = []
  const settings = { hashKey: HASH_KEY, variableTtlDays: 30, ...options }
  const operations = await openOperations(store, settings, clock.now)
  const server = await createMemoryServer({
    operations,
    apiKeys: ['another-key-000000000000000000000000002', API_KEY],
    clock: clock.now,
    log: createLog({}, (line) => logLines.push(line)),
    ...settings,
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const request: TestServer['request'] = async (path, init) => {
    const answer = await readAnswer(await fetch(`${url}${path}`, init))
    expectDescribed(path, init, answer)
    return answer
  }
  const post = (path: string, body: unknown): Promise<Answer> =>
    request(path, { method: 'POST', headers: bearer(), body: JSON.stringify(body) })
  const start = (body: unknown): Promise<Answer> => post('/v1/calls/start', body)
  return {
    url,
    clock,
    store,
    operations,
    databasePath,
    logLines,
    request,
    start,
    end: (body) => post('/v1/calls/end', body),
    identify: async (hints, more = {}) => {
      const answer = await start({ call_id: newCallId(), identity_hints: hints, ...more })
      expect(answer.status).toBe(200)
      return answer.body
    },
    close: async () => {
      await server.close()
      await operations.close()
      await store.close()
      folder.remove()
    },
  }
}

/** The values of variables by name. */
export function valuesOf(variables: Readonly<Record<string, Variable>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value]))
}

/** Intents as `name x attempts`. */
export function attemptsOf(intents: readonly OpenIntent[]): string[] {
  return intents.map(({ intent, attempt_count }) => `${intent} x ${attempt_count}`)
}
