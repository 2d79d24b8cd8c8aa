import type { EventsResponse } from '../../../src/contract.ts'
import { createKeyedHash } from '../../../memory-server/src/identity/keyed-hash.ts'
import { verifyDatabase } from '../../../memory-server/src/maintenance/verify.ts'
import { ask } from '../customers/support.ts'
import { attemptsOf, bearer, DAY_MS, HASH_KEY, newCallId, valuesOf } from '../support.ts'
import { startServers } from './engines.ts'
import type { Engine, Servers } from './engines.ts'

const HINTS = { ani: '+12025550143' }
const HOUR_MS = 3_600_000
// Together they lead three hours ahead, and never as far as anything expires.
const JUMPS = [HOUR_MS, -2 * HOUR_MS, DAY_MS, -DAY_MS, 5 * HOUR_MS, -3 * DAY_MS, -1, 3 * DAY_MS, -HOUR_MS]

/** What must hold when the clock of the machine is set forward and back. */
export function clockJumpsContract(engine: Engine): void {
  let servers: Servers
  beforeAll(async () => {
    servers = await startServers(engine)
  }, 30_000)
  beforeEach(() => servers.empty())
  afterAll(() => servers.close())

  const readEvents = async (cursor: string): Promise<EventsResponse> => {
    const query = `?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`
    const answer = await servers.first.request(`/v1/events${query}`, { headers: bearer() })
    expect(answer.status).toBe(200)
    return answer.body as unknown as EventsResponse
  }
  /** Everything that the feed tells, from its beginning. */
  const readFeed = async (): Promise<{ readonly told: readonly string[]; readonly cursor: string }> => {
    const told: string[] = []
    for (let cursor = ''; ;) {
      const { events, cursor: next } = await readEvents(cursor)
      if (events.length === 0) return { told, cursor: next }
      told.push(...events.map(({ id, kind }) => `${kind} ${id}`))
      cursor = next
    }
  }
  /** One call, some of it before and some after a jump, each request sent twice. Answers what the end was answered. */
  const callOver = async (jump: number, index: number): Promise<{ readonly duration_seconds: number }> => {
    const call_id = newCallId()
    const server = servers.pick(index)
    const start = { call_id, identity_hints: HINTS }
    const started = await server.start(start)
    server.clock.forward(jump)
    expect((await server.start(start)).text).toBe(started.text)
    const { customer_ref } = started.body
    const end = {
      call_id,
      customer_ref,
      intent: 'refund',
      variables: { last: `${index}`, [`v${index}`]: 'x' },
    }
    const ended = await server.end(end)
    expect(ended.status).toBe(200)
    expect((await server.end(end)).text).toBe(ended.text)
    expect((await ask(server, customer_ref)).status).toBe(200)
    return ended.body
  }

  test('no call, attempt, variable, event or entry of the audit log is lost, doubled or out of order', async () => {
    const ends = []
    for (const [index, jump] of JUMPS.entries()) ends.push(await callOver(jump, index))
    const durations = ends.map(({ duration_seconds }) => duration_seconds)
    expect(durations).toEqual(JUMPS.map((jump) => Math.max(0, Math.floor(jump / 1000))))
    const { open_intents, variables, identity } = await servers.first.identify(HINTS)
    expect(identity.level).toBe('very_high')
    expect(attemptsOf(open_intents)).toEqual([`refund x ${JUMPS.length}`])
    const names = JUMPS.map((_, index) => `v${index}`)
    expect(Object.keys(variables).toSorted()).toEqual(['last', ...names])
    expect(valuesOf(variables)['last']).toBe(`${JUMPS.length - 1}`)
    const { store } = servers.first
    const keyedHash = createKeyedHash(HASH_KEY)
    const { problems } = await verifyDatabase({ database: store, keyedHash, isFile: engine.servers === 1 })
    expect(problems).toEqual([])
    servers.first.clock.forward(2 * DAY_MS)
    const { told } = await readFeed()
    const count = (kind: string): number => told.filter((each) => each.startsWith(kind)).length
    expect([count('call.started'), count('call.ended')]).toEqual([JUMPS.length + 1, JUMPS.length])
    expect(new Set(told).size).toBe(told.length)
  })

  test('a reader of the feed who was led ahead by the clock is told that something may be missing', async () => {
    await servers.first.identify(HINTS)
    servers.first.clock.forward(HOUR_MS)
    await servers.first.identify(HINTS)
    servers.first.clock.forward(60_000)
    const { cursor } = await readFeed()
    expect((await readEvents(cursor)).gap).toBe(false)
    servers.first.clock.forward(-HOUR_MS)
    expect((await readEvents(cursor)).gap).toBe(true)
    expect((await readEvents('')).gap).toBe(false)
  })
}
