import { backOffMs, type PendingSave } from '../../../src/call/saving/pending-saves.ts'
import { countPendingSaves, retryPendingSaves } from '../../../src/call/saving/retry-saves.ts'
import { createSealer, keepRecord, openRecord } from '../../../src/call/saving/seal.ts'
import type { CallRecord } from '../../../src/memory/caller-memory.ts'
import { createWorld, fault, SEAL_KEY, type SavingWorld, type Step } from '../../support/saving.ts'

const sidOf = (letter: string): string => `CA${letter.repeat(32)}`
const RECORD: CallRecord = {
  callSid: sidOf('1'),
  customerRef: 'c-1',
  intent: 'refund',
  intentStatus: 'open',
  variables: { agent_notes: 'the kettle leaks' },
}
const sealer = createSealer([SEAL_KEY])
const deadline = { remainingMs: (): number => 1_000 }

function worldWith(
  records: readonly CallRecord[],
  step?: Step,
  more: Partial<PendingSave> = {},
): SavingWorld {
  const world = createWorld(step && { step })
  for (const [at, record] of records.entries()) {
    const kept_at = world.ports.clock().toISOString()
    const wait = { kept_at, attempts: 1, next_attempt_at: kept_at, reason: 'CM_MEMORY_TIMEOUT' as const }
    world.pending.set(String(at), { ...keepRecord(record, sealer), ...wait, ...more })
  }
  return world
}

const failing = (count: number, code: Parameters<typeof fault>[0], status?: number): Step => {
  let left = count
  return (name, when) => {
    if (name === 'memory' && when === 'before' && left-- > 0) throw fault(code, status)
  }
}

describe('saves that wait for the memory', () => {
  test('land as they were, and leave the list', async () => {
    const world = worldWith([RECORD])
    expect(await retryPendingSaves(world.ports, { limit: 5, deadline })).toMatchObject({
      landed: 1,
      pending: 0,
    })
    expect(world.records.get(RECORD.callSid)).toEqual(RECORD)
    expect(world.pending.size).toBe(0)
  })

  test('stop at the first one that finds the memory away, and wait longer each time', async () => {
    const others = [RECORD, { ...RECORD, callSid: sidOf('2'), customerRef: 'c-2' }]
    const world = worldWith(others, failing(9, 'CM_MEMORY_TIMEOUT'))
    const counts = await retryPendingSaves(world.ports, { limit: 5, deadline })
    expect(counts).toMatchObject({ failed: 1, pending: 2 })
    expect(world.pending.get('0')).toMatchObject({ attempts: 2, next_attempt_at: '2026-03-02T09:00:22.500Z' })
    const again = await retryPendingSaves(world.ports, { limit: 1, deadline })
    expect(again).toMatchObject({ failed: 1, pending: 2 })
  })

  test('of one customer keep their order', async () => {
    const world = worldWith([RECORD, { ...RECORD, callSid: sidOf('2') }])
    const first = world.pending.get('0')
    if (first) world.pending.set('0', { ...first, next_attempt_at: '2026-03-02T10:00:00.000Z' })
    expect(await retryPendingSaves(world.ports, { limit: 5, deadline })).toMatchObject({
      landed: 0,
      pending: 2,
    })
  })

  test('are set aside for a person when the memory refuses them, and tried again on demand', async () => {
    const world = worldWith([RECORD], failing(1, 'CM_MEMORY_REJECTED', 400))
    expect(await retryPendingSaves(world.ports, { limit: 5, deadline })).toMatchObject({ set_aside: 1 })
    world.now.at += 3_600_000
    expect(await retryPendingSaves(world.ports, { limit: 5, deadline })).toMatchObject({
      landed: 0,
      set_aside: 1,
    })
    expect(await countPendingSaves(world.ports.pending)).toEqual({ pending: 0, set_aside: 1, more: false })
    const counts = await retryPendingSaves(world.ports, { limit: 5, deadline, setAside: true })
    expect(counts).toMatchObject({ landed: 1, set_aside: 0 })
  })

  test('of a forgotten customer are dropped', async () => {
    const world = worldWith([RECORD], failing(1, 'CM_MEMORY_REJECTED', 410))
    expect(await retryPendingSaves(world.ports, { limit: 5, deadline })).toMatchObject({ dropped: 1 })
    expect(world.pending.size).toBe(0)
  })

  test('that no key opens are set aside, not lost', async () => {
    const world = worldWith([RECORD], undefined, { sealed: 'v1.AAAA' })
    expect(await retryPendingSaves(world.ports, { limit: 5, deadline })).toMatchObject({ set_aside: 1 })
    expect(world.pending.get('0')?.reason).toBe('CM_SAVE_UNREADABLE')
  })

  test.each(['CM_MEMORY_UNAUTHORIZED', 'CM_MEMORY_QUOTA', 'CM_MEMORY_RATE_LIMITED'] as const)(
    'wait on when the memory answers %s: the save itself is good',
    async (code) => {
      const world = worldWith([RECORD], failing(1, code))
      expect(await retryPendingSaves(world.ports, { limit: 5, deadline })).toMatchObject({ pending: 1 })
    },
  )
})

describe('the wait between attempts', () => {
  test('doubles up to fifteen minutes and is spread over its second half', () => {
    expect([1, 2, 3, 99].map((attempts) => backOffMs(attempts, 1))).toEqual([15_000, 30_000, 60_000, 900_000])
    expect(backOffMs(1, 0)).toBe(7_500)
  })
})

describe('a sealed record', () => {
  test('opens with any of the keys, at its own place only', () => {
    const rotated = createSealer(['b2'.repeat(32), SEAL_KEY])
    const kept = keepRecord(RECORD, sealer)
    expect(openRecord(kept, rotated)).toEqual({ record: RECORD, complete: true })
    expect(openRecord({ ...kept, call_id: sidOf('9') }, rotated)).toBeUndefined()
    expect(openRecord(kept, createSealer([]))).toBeUndefined()
    const flipped = `${kept.sealed?.slice(0, -2)}${kept.sealed?.endsWith('AA') ? 'BB' : 'AA'}`
    expect(openRecord({ ...kept, sealed: flipped }, sealer)).toBeUndefined()
  })
})
