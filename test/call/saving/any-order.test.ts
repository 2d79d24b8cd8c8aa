import { unverified } from '../../../src/caller/assurance.ts'
import fc from 'fast-check'
import { parseAni } from '../../../src/caller/ani.ts'
import { retryPendingSaves } from '../../../src/call/saving/retry-saves.ts'
import { saveEndedCall } from '../../../src/call/saving/save-ended-call.ts'
import { type SaveOutcome, saveOn } from '../../../src/call/saving/save-call.ts'
import { sweepSessions } from '../../../src/call/saving/sweep-sessions.ts'
import { createWorld, fault, type SavingWorld, type Step } from '../../support/saving.ts'

const callSid = `CA${'5'.repeat(32)}`
const AGENTS = [`WR${'a'.repeat(32)}`, `WR${'b'.repeat(32)}`] as const
const taskSid = `WT${'c'.repeat(32)}`

/** Something that reaches the functions, any number of times, in any order, or never. */
type Told =
  | { readonly kind: 'ended' | 'over' | 'over-with-words' }
  | { readonly kind: 'accepted' | 'left' | 'left-with-words' | 'wrote'; readonly agent: 0 | 1 }

const agent = fc.constantFrom(0 as const, 1 as const)
const told: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ kind: fc.constantFrom('ended' as const, 'over' as const, 'over-with-words' as const) }),
  fc.record({
    kind: fc.constantFrom('accepted' as const, 'left' as const, 'left-with-words' as const, 'wrote' as const),
    agent,
  }),
)

/** What goes wrong at the nth step that leaves the process. */
const mishap = fc.constantFrom(
  'nothing' as const,
  'nothing' as const,
  'nothing' as const,
  'killed-before' as const,
  'killed-after' as const,
  'away' as const,
  'answer-lost' as const,
)
type Mishap = typeof mishap extends fc.Arbitrary<infer T> ? T : never

class Killed extends Error {}

/** Lets each step meet the next mishap; after the last one everything goes well. */
function unlucky(mishaps: readonly Mishap[]): Step {
  let at = 0
  return (name, when) => {
    const next = mishaps[at] ?? 'nothing'
    if (when === 'after') at += 1
    const code = name === 'memory' ? 'CM_MEMORY_TIMEOUT' : 'CM_SESSION_UNAVAILABLE'
    if (when === 'before' && next === 'killed-before') throw skipped(() => (at += 1), new Killed())
    if (when === 'before' && next === 'away') throw skipped(() => (at += 1), fault(code))
    if (when === 'after' && next === 'killed-after') throw new Killed()
    if (when === 'after' && next === 'answer-lost') throw fault(code)
  }
}

function skipped(count: () => void, error: Error): Error {
  count()
  return error
}

async function tell(world: SavingWorld, { kind, ...rest }: Told): Promise<SaveOutcome> {
  const known = { callSid, ani: '+12025550142', mayOpen: true }
  const who = 'agent' in rest ? rest.agent : 0
  const reservationSid = AGENTS[who]
  const words = { notes: `note of agent ${who}`, intent: 'refund', intentStatus: 'open' } as const
  const on = (occurrence: Parameters<typeof saveOn>[1]): Promise<SaveOutcome> =>
    saveOn(known, occurrence, world.ports)
  switch (kind) {
    case 'ended':
      return saveEndedCall({ callSid, ani: parseAni('+12025550142'), durationSeconds: 9 }, world.ports)
    case 'accepted':
      return on({ kind: 'agent-accepted', reservationSid })
    case 'left':
      return on({ kind: 'agent-left', reservationSid, wrapUp: {} })
    case 'left-with-words':
      return on({ kind: 'agent-left', reservationSid, wrapUp: words })
    case 'over':
      return on({ kind: 'task-over', taskSid, wrapUp: {} })
    case 'over-with-words':
      return on({ kind: 'task-over', taskSid, wrapUp: words })
    case 'wrote':
      return on({ kind: 'agent-saved', reservationSid, saveId: 'x', wrapUp: words })
  }
}

/** Tells something once; whether it was acknowledged. */
async function attempt(world: SavingWorld, what: Told): Promise<boolean> {
  try {
    return (await tell(world, what)).kind !== 'failed'
  } catch {
    return false
  }
}

/** What time, the scheduler and a memory that is back make of it. */
async function settle(world: SavingWorld): Promise<void> {
  world.now.at += 6 * 3_600_000
  const deadline = { remainingMs: (): number => 1_000 }
  for (let round = 0; round < 26; round += 1) {
    world.now.at += 3_600_000
    try {
      await sweepSessions(world.ports, deadline)
      await retryPendingSaves(world.ports, { limit: 50, deadline })
    } catch {
      // The scheduler's function was stopped or found its keeper away; it is called again.
    }
  }
}

const begun = (world: SavingWorld, identified: boolean): void => {
  const who = identified
    ? { customerRef: 'c-1', memory: 'available' as const }
    : { memory: 'unavailable' as const }
  const startedAt = world.ports.clock().toISOString()
  world.sessions.set(callSid, {
    callSid,
    startedAt,
    tier: 'likely',
    intent: 'refund',
    assurance: unverified('not_asked'),
    saved: false,
    ...who,
  })
}

describe('the saves of a call', () => {
  test('are one final record and what agents add, in whatever order and however often things are told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(told, { minLength: 1, maxLength: 8 }),
        fc.array(mishap, { maxLength: 24 }),
        fc.boolean(),
        async (events, mishaps, identified) => {
          const world = createWorld({ step: unlucky(mishaps) })
          begun(world, identified)
          const acknowledged: Told[] = []
          for (const event of events) {
            // An agent's outbox sends until it is answered; Twilio's events come once.
            const tries = event.kind === 'wrote' ? 20 : 1
            for (let at = 0; at < tries; at += 1) {
              if (!(await attempt(world, event))) continue
              acknowledged.push(event)
              break
            }
          }
          // The end of the call is repeated by Twilio until it is acknowledged, or the sweep finds the call.
          for (let at = 0; at < 20 && !(await attempt(world, { kind: 'ended' })); at += 1);
          await settle(world)
          const records = [...world.records.values()]
          expect(world.pending.size).toBe(0)
          expect(records.filter((record) => record.callSid === callSid)).toHaveLength(1)
          expect(records.filter(({ intent }) => intent === 'refund')).toHaveLength(1)
          for (const event of acknowledged) {
            if (event.kind !== 'wrote') continue
            const notes = records.flatMap(({ variables }) => Object.values(variables))
            expect(notes).toContain(`note of agent ${event.agent}`)
          }
        },
      ),
      { numRuns: 400 },
    )
  })
})
