import { randomUUID } from 'node:crypto'
import type { Log } from '../../../src/log.ts'
import { OWN_BEHALF, valueOf } from '../operations/operations.ts'
import type { Operations } from '../operations/operations.ts'
import { BUCKETS } from '../store/places.ts'
import { addCounts, NOTHING_SWEPT } from './sweep.ts'
import type { SweepCounts } from './sweep.ts'

/** Told how a sweep goes on. */
export interface SweepListener {
  /** Places that are still to be swept, and what the last one gave. */
  readonly onPlace: (pending: number, counts: SweepCounts) => void
}

/** The sweeper of a server. */
export interface Sweeper {
  /** Begins no further step, and resolves when the one underway is done. */
  readonly stop: () => Promise<void>
}

/** When the sweeper works. */
export interface SweeperOptions {
  readonly operations: Operations
  readonly everyHours: number
  readonly log: Log
  readonly listener: SweepListener
  /** How often it is asked whether a sweep is due, in milliseconds. Default five minutes. */
  readonly askEveryMs?: number
  /** How long it rests between two buckets, in milliseconds. Default 20. */
  readonly pauseMs?: number
}

const ASK_EVERY_MS = 300_000
const HOUR_MS = 3_600_000
const PAUSE_MS = 20
// Kept up with every so many places, so that another server takes over from one that died.
const PLACES_PER_TURN = 16

/**
 * Starts to sweep once in a while. Of all servers on a database one sweeps at a time; who does is settled there.
 * Between the buckets it pauses, so that requests go first.
 */
export function startSweeper(options: SweeperOptions): Sweeper {
  const { askEveryMs = ASK_EVERY_MS, log } = options
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let underway: Promise<void> = Promise.resolve()
  const schedule = (): void => {
    timer = setTimeout(() => {
      underway = sweepIfDue(options, () => stopping)
        .catch(() => log('warn', 'sweep failed, another will follow', {}))
        .then(() => (stopping ? undefined : schedule()))
    }, jittered(askEveryMs))
    timer.unref()
  }
  schedule()
  return {
    stop: async () => {
      stopping = true
      clearTimeout(timer)
      await underway
    },
  }
}

async function sweepIfDue(
  { operations: { perform }, everyHours, log, listener, pauseMs = PAUSE_MS }: SweeperOptions,
  isStopping: () => boolean,
): Promise<void> {
  const holder = randomUUID()
  const takeTurn = async (): Promise<boolean> =>
    valueOf(await perform('takeSweepTurn', OWN_BEHALF, { holder }))
  if (!(await takeTurn())) return
  const tenants = valueOf(await perform('listTenants', OWN_BEHALF, null))
  let counts = NOTHING_SWEPT
  const total = tenants.length * BUCKETS
  for (let done = 0; done < total; done += 1) {
    if (isStopping() || (done % PLACES_PER_TURN === 0 && !(await takeTurn()))) return
    const tenant = tenants[Math.floor(done / BUCKETS)] ?? ''
    const behalf = { tenant, actor: 'server' }
    const swept = valueOf(await perform('sweepPlace', behalf, { bucket: done % BUCKETS }))
    counts = addCounts(counts, swept)
    listener.onPlace(total - done - 1, swept)
    await pause(jittered(pauseMs))
  }
  if (!isStopping()) await perform('rotateKeys', OWN_BEHALF, null)
  await perform('endSweepTurn', OWN_BEHALF, { nextInMs: jittered(everyHours * HOUR_MS) })
  log('info', 'sweep done', { count: Object.values(counts).reduce((sum, count) => sum + count, 0) })
}

/** Between nine and eleven tenths of a time, so that servers do not keep in step. */
function jittered(ms: number): number {
  return Math.round(ms * (0.9 + Math.random() * 0.2))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}
