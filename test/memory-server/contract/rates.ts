import { DAY_MS, newCallId } from '../support.ts'
import type { Answer } from '../support.ts'
import { startServers } from './engines.ts'
import type { Engine, Servers } from './engines.ts'

/** What must hold for a tenant's rate when several servers share a database. */
export function ratesContract(engine: Engine): void {
  let servers: Servers
  beforeAll(async () => {
    servers = await startServers(engine, { rateLimitPerMinute: 40, isDatabaseShared: true })
  }, 30_000)
  beforeEach(async () => {
    await servers.empty()
    // Half a minute into a fresh one.
    servers.first.clock.forward(150_000 - (servers.first.clock.now().getTime() % 60_000))
  })
  afterAll(() => servers.close())

  const send = (index: number): Promise<Answer> =>
    servers.pick(index).start({ call_id: newCallId(), identity_hints: { ani: '+12025550175' } })
  const countOf = (answers: readonly Answer[], status: number): number =>
    answers.filter((answer) => answer.status === status).length

  test('all servers together let through the number and a tenth more, at once or one by one, never one more', async () => {
    const atOnce = await Promise.all(Array.from({ length: 60 }, (_, index) => send(index)))
    const oneByOne: Answer[] = []
    for (let index = 0; index < 10; index += 1) oneByOne.push(await send(index))
    const answers = [...atOnce, ...oneByOne]
    expect(countOf(answers, 200)).toBe(44)
    expect(countOf(answers, 429)).toBe(26)
    const refused = answers.find(({ status }) => status === 429)
    expect(Number(refused?.headers.get('retry-after'))).toBe(30)
    expect(refused?.headers.get('x-ratelimit-limit')).toBe('44')
    expect(refused?.headers.get('x-ratelimit-remaining')).toBe('0')
    servers.first.clock.forward(30_000)
    const next = await send(0)
    expect(next.status).toBe(200)
    expect(next.headers.get('x-ratelimit-reset')).toBe('60')
  })

  test('nobody waits for a minute that a wrong clock has begun', async () => {
    servers.first.clock.forward(DAY_MS)
    const ahead = await Promise.all(Array.from({ length: 60 }, (_, index) => send(index)))
    expect(countOf(ahead, 200)).toBe(44)
    servers.first.clock.forward(-DAY_MS)
    const back = await Promise.all(Array.from({ length: 60 }, (_, index) => send(index)))
    expect(countOf(back, 200)).toBe(44)
    const refused = back.find(({ status }) => status === 429)
    expect(Number(refused?.headers.get('retry-after'))).toBe(30)
  })

  test('most requests ask the database for no leave', async () => {
    let leases = 0
    const count = async (): Promise<number> => {
      const [row] = await servers.first.store.read('SELECT taken FROM rate_windows', [])
      return Number(row?.['taken'] ?? 0)
    }
    let before = await count()
    for (let index = 0; index < 30; index += 1) {
      expect(
        (await servers.first.start({ call_id: newCallId(), identity_hints: { ani: '+12025550176' } })).status,
      ).toBe(200)
      const after = await count()
      if (after !== before) leases += 1
      before = after
    }
    expect(leases).toBeLessThan(12)
  })
}
