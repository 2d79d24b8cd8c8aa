import type { Memory } from '../calls/memory.ts'
import { eraseWithTombstone } from '../customers/forget-customer.ts'
import { pruneAudit } from '../store/audit.ts'
import { findCustomer, lockCustomer } from '../store/customers.ts'
import type { Transaction } from '../store/database.ts'
import type { Place } from '../store/places.ts'
import {
  eraseOldAnswers,
  eraseOldEvents,
  eraseOldIntents,
  eraseOldNotes,
  eraseOldVariables,
  findContacts,
} from '../store/retention.ts'
import type { CustomerRange } from '../store/retention.ts'
import type { Scope } from '../store/scope.ts'

/** How many days each kind of row is kept; undefined for ever. */
export interface RetentionRules {
  /** Notes of calls, with whatever belongs to the call. */
  readonly retainCallsDays?: number | undefined
  /** Answers for a request that comes again. */
  readonly retainAnswersDays?: number | undefined
  /** Intents after they were settled, or after nobody named them any more. */
  readonly retainIntentsDays?: number | undefined
  /** Customers after their last contact, with everything of theirs. */
  readonly retainCustomersDays?: number | undefined
  readonly eventRetentionDays?: number | undefined
  readonly retainAuditDays?: number | undefined
}

/** How many rows of each kind went. */
export type SweepCounts = Readonly<
  Record<
    'variables' | 'intents' | 'notes' | 'answers' | 'corrections' | 'customers' | 'events' | 'audit_entries',
    number
  >
>

/** Nothing swept. */
export const NOTHING_SWEPT: SweepCounts = {
  variables: 0,
  intents: 0,
  notes: 0,
  answers: 0,
  corrections: 0,
  customers: 0,
  events: 0,
  audit_entries: 0,
}

/** What sweeping needs. */
export type SweepMemory = Pick<
  Memory,
  'database' | 'keyedHash' | 'clock' | 'retentions' | 'actor' | 'eventRetentionMs' | 'now'
>

/** How one place is swept. */
export interface SweepOptions {
  readonly rules: RetentionRules
  /** Whether everything is undone again, so that only the counts remain. */
  readonly isDryRun: boolean
}

const DAY_MS = 86_400_000
const CUSTOMERS_AT_ONCE = 100
const ROWS_AT_ONCE = 200
// For a dry run, which cannot go on where it was.
const EVERYTHING = 1_000_000

/** Adds counts up. */
export function addCounts(a: SweepCounts, b: Partial<SweepCounts>): SweepCounts {
  const kinds = Object.keys(a) as (keyof SweepCounts)[]
  return Object.fromEntries(kinds.map((kind) => [kind, a[kind] + (b[kind] ?? 0)])) as SweepCounts
}

/** Removes what is past its time in one bucket of one tenant, in small transactions, between which others go on. */
export async function sweepPlace(
  memory: SweepMemory,
  place: Place,
  options: SweepOptions,
): Promise<SweepCounts> {
  const sweep: Sweep = { memory, place, options, now: memory.clock().getTime() }
  let counts = await sweepCustomers(sweep)
  for (const step of [sweepAnswers, sweepEvents, sweepAudit]) counts = addCounts(counts, await step(sweep))
  return counts
}

interface Sweep {
  readonly memory: SweepMemory
  readonly place: Place
  readonly options: SweepOptions
  readonly now: number
}

/** Thrown to undo a dry run; carries what would have gone. */
class DryRun<T> extends Error {
  override readonly name = 'DryRun'
  readonly outcome: T
  constructor(outcome: T) {
    super('a dry run ends without its changes')
    this.outcome = outcome
  }
}

/** Does one step in a transaction of its own. */
async function perform<T>({ memory, place, options }: Sweep, step: (scope: Scope) => Promise<T>): Promise<T> {
  try {
    return await memory.database.transaction(async (transaction: Transaction) => {
      const outcome = await step({ transaction, tenant: place.tenant })
      if (options.isDryRun) throw new DryRun(outcome)
      return outcome
    })
  } catch (error) {
    if (error instanceof DryRun) return error.outcome as T
    throw error
  }
}

/** The time before which something kept for `days` is too old; nothing is when there is no limit. */
function cutoff(now: number, days: number | undefined): number {
  return days === undefined ? 0 : now - days * DAY_MS
}

async function sweepCustomers(sweep: Sweep): Promise<SweepCounts> {
  const { memory, place, now, options } = sweep
  const { retainIntentsDays, retainCustomersDays } = options.rules
  const inactiveBefore = cutoff(now, retainCustomersDays)
  let counts = NOTHING_SWEPT
  for (let after: string | undefined = ''; after !== undefined;) {
    const start: string = after
    const { found, swept, last } = await perform(sweep, async (scope) => {
      const contacts = await findContacts(scope, place.bucket, start, CUSTOMERS_AT_ONCE)
      const end = contacts.at(-1)?.customerRef
      if (end === undefined) return { found: contacts, swept: {}, last: undefined }
      const range = { bucket: place.bucket, after: start, last: end }
      const { intentTtlMs } = await memory.retentions.of(scope, now)
      const settledBefore = cutoff(now, retainIntentsDays)
      return {
        found: contacts,
        last: contacts.length === CUSTOMERS_AT_ONCE ? end : undefined,
        swept: {
          variables: await eraseOldVariables(scope, range, now),
          intents: await eraseOldIntents(scope, range, {
            settledBefore,
            openBefore: Math.min(settledBefore, now - intentTtlMs),
          }),
          ...(await sweepNotes(sweep, scope, range)),
        },
      }
    })
    counts = addCounts(counts, swept)
    for (const { customerRef, lastContactAt } of found) {
      if (lastContactAt >= inactiveBefore) continue
      if (await expireCustomer(sweep, customerRef, inactiveBefore))
        counts = addCounts(counts, { customers: 1 })
    }
    // More old calls than fit in one step: the same customers once more.
    const isFull = (swept as Partial<SweepCounts>).notes === ROWS_AT_ONCE && !options.isDryRun
    after = isFull ? start : last
  }
  return counts
}

async function sweepNotes(
  { now, options: { rules, isDryRun } }: Sweep,
  scope: Scope,
  range: CustomerRange,
): Promise<Partial<SweepCounts>> {
  const { retainCallsDays, retainAnswersDays } = rules
  const limit = isDryRun ? EVERYTHING : ROWS_AT_ONCE
  const erased = await eraseOldNotes(scope, range, cutoff(now, retainCallsDays), limit)
  // Undone, they are found again by the step that looks for old answers.
  const isCountedLater = isDryRun && (retainAnswersDays ?? Infinity) <= (retainCallsDays ?? 0)
  return isCountedLater ? { notes: erased.notes } : { ...erased }
}

/** Erases a customer as forgetting does, unless there was contact meanwhile. */
function expireCustomer(sweep: Sweep, customerRef: string, before: number): Promise<boolean> {
  return perform(sweep, async (scope) => {
    await lockCustomer(scope, customerRef)
    const customer = await findCustomer(scope, customerRef)
    if (!customer || customer.lastContactAt >= before) return false
    await eraseWithTombstone(sweep.memory, scope, customerRef, 'expire')
    return true
  })
}

async function sweepAnswers(sweep: Sweep): Promise<Partial<SweepCounts>> {
  const before = cutoff(sweep.now, sweep.options.rules.retainAnswersDays)
  let counts = NOTHING_SWEPT
  if (before === 0) return counts
  for (let after: string | undefined = ''; after !== undefined;) {
    const start: string = after
    const { last, ...erased } = await perform(sweep, (scope) =>
      eraseOldAnswers(scope, sweep.place.bucket, { after: start, before, limit: ROWS_AT_ONCE }),
    )
    counts = addCounts(counts, erased)
    after = last
  }
  return counts
}

async function sweepEvents(sweep: Sweep): Promise<Partial<SweepCounts>> {
  const before = cutoff(sweep.now, sweep.options.rules.eventRetentionDays)
  return {
    events: await inBatches(sweep, (scope, limit) =>
      eraseOldEvents(scope, sweep.place.bucket, before, limit),
    ),
  }
}

async function sweepAudit(sweep: Sweep): Promise<Partial<SweepCounts>> {
  const before = cutoff(sweep.now, sweep.options.rules.retainAuditDays)
  const { keyedHash } = sweep.memory
  const prune = (scope: Scope, limit: number): Promise<number> =>
    pruneAudit(scope, keyedHash, sweep.place.bucket, { before, limit })
  return { audit_entries: await inBatches(sweep, prune) }
}

/** Repeats a step until it finds less than it could; a dry run looks at everything in one step. */
async function inBatches(
  sweep: Sweep,
  step: (scope: Scope, limit: number) => Promise<number>,
): Promise<number> {
  if (sweep.options.isDryRun) return perform(sweep, (scope) => step(scope, EVERYTHING))
  let total = 0
  for (;;) {
    const erased = await perform(sweep, (scope) => step(scope, ROWS_AT_ONCE))
    total += erased
    if (erased < ROWS_AT_ONCE) return total
  }
}
