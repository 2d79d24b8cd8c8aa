import type {
  CorrectCallResponse,
  CustomerResponse,
  EndCallResponse,
  EventsResponse,
  ForgetReceipt,
  MergeResponse,
  RecallResponse,
  StartCallResponse,
  UnmergeResponse,
} from '../../../src/contract.ts'
import { correctCall } from '../calls/correct-call.ts'
import { endCall } from '../calls/end-call.ts'
import type { Memory } from '../calls/memory.ts'
import { startCall } from '../calls/start-call.ts'
import { readUsage } from '../calls/usage.ts'
import type { UsageAnswer } from '../calls/usage.ts'
import { exportCustomer } from '../customers/export-customer.ts'
import type { CustomerExport } from '../customers/export-customer.ts'
import { forgetCustomer } from '../customers/forget-customer.ts'
import { recallCustomer } from '../customers/recall-customer.ts'
import { showCustomer } from '../customers/show-customer.ts'
import type { ShowOptions } from '../customers/show-customer.ts'
import { readEvents } from '../feed/read-events.ts'
import { mergeCustomers, unmergeCustomer } from '../merging/merge-customers.ts'
import type { CorrectRequest } from '../request/correct-request.ts'
import type { EndRequest } from '../request/end-request.ts'
import type { EventsQuery } from '../request/events-query.ts'
import type { MergeRequest } from '../request/merge-request.ts'
import type { RecallQuery } from '../request/recall-query.ts'
import type { StartRequest } from '../request/start-request.ts'
import { findApiKey, listApiKeys, touchApiKey } from '../store/api-keys.ts'
import type { ApiKeyRecord } from '../store/api-keys.ts'
import { listTenants } from '../store/tenants.ts'
import { endTurn, takeTurn } from '../store/turns.ts'
import { rotateKeys } from '../maintenance/rotate.ts'
import { sweepPlace } from '../maintenance/sweep.ts'
import type { SweepCounts } from '../maintenance/sweep.ts'
import { leaseRate } from '../store/rate-windows.ts'
import type { RateLease } from '../store/rate-windows.ts'
import { isAnswering } from '../store/installation.ts'
import { findTenantSettings } from '../store/tenant-settings.ts'
import { changeTenantSettings, settingsAnswer } from '../tenants/change-settings.ts'
import type { SettingsAnswer, SettingsChange } from '../tenants/change-settings.ts'

/**
 * One thing that the server does with its database. Request and answer are plain values that JSON carries unchanged,
 * because the database may be in another thread.
 */
export type Operation<Request, Answer> = (memory: Memory, request: Request) => Promise<Answer>

/** Every operation by name. To add one, name it here and in `OPERATIONS`, and ask for it in its route. */
export interface OperationTable {
  readonly startCall: Operation<StartRequest, StartCallResponse>
  readonly endCall: Operation<EndRequest, EndCallResponse>
  readonly correctCall: Operation<CorrectRequest, CorrectCallResponse>
  readonly showCustomer: Operation<ShowOptions & { readonly customerRef: string }, CustomerResponse>
  readonly exportCustomer: Operation<string, CustomerExport>
  readonly forgetCustomer: Operation<string, ForgetReceipt>
  readonly recallCustomer: Operation<RecallQuery & { readonly customerRef: string }, RecallResponse>
  readonly mergeCustomers: Operation<MergeRequest, MergeResponse>
  readonly unmergeCustomer: Operation<string, UnmergeResponse>
  readonly readEvents: Operation<EventsQuery, EventsResponse>
  readonly readUsage: Operation<null, UsageAnswer>
  readonly readSettings: Operation<null, SettingsAnswer>
  readonly changeSettings: Operation<SettingsChange, SettingsAnswer>
  readonly findApiKey: Operation<string, ApiKeyRecord | null>
  readonly listApiKeys: Operation<null, readonly ApiKeyRecord[]>
  /** Notes that the key with this prefix was used. */
  readonly touchApiKey: Operation<string, null>
  readonly checkReady: Operation<null, true>
  readonly listTenants: Operation<null, readonly string[]>
  /** Whether this process may sweep now, or go on sweeping. */
  readonly takeSweepTurn: Operation<{ readonly holder: string }, boolean>
  readonly endSweepTurn: Operation<{ readonly nextInMs: number }, null>
  /** Removes what is past its time in one bucket. */
  readonly sweepPlace: Operation<{ readonly bucket: number }, SweepCounts>
  /** Encrypts anew what an older key encrypted; answers how many. */
  readonly rotateKeys: Operation<null, number>
  /** Takes a part of a tenant's rate for this server. */
  readonly leaseRate: Operation<{ readonly windowStart: number; readonly max: number }, RateLease>
}

export type OperationName = keyof OperationTable
export type RequestOf<Name extends OperationName> = Parameters<OperationTable[Name]>[1]
export type AnswerOf<Name extends OperationName> = Awaited<ReturnType<OperationTable[Name]>>

// Longer than the slowest few buckets, short enough for another server to take over soon.
const TURN_MS = 120_000

/** What each operation does. */
export const OPERATIONS: OperationTable = {
  startCall,
  endCall,
  correctCall,
  showCustomer: (memory, { customerRef, ...options }) => showCustomer(memory, customerRef, options),
  exportCustomer,
  forgetCustomer,
  recallCustomer: (memory, { customerRef, ...query }) => recallCustomer(memory, customerRef, query),
  mergeCustomers,
  unmergeCustomer,
  readEvents,
  readUsage: (memory) => readUsage(memory),
  readSettings: async ({ database, tenant, retentions }) =>
    settingsAnswer(await findTenantSettings(database, tenant), retentions.ofServer),
  changeSettings: async (memory, change) => {
    const own = await changeTenantSettings(memory, change)
    memory.retentions.forget(memory.tenant)
    return settingsAnswer(own, memory.retentions.ofServer)
  },
  findApiKey: async ({ database }, prefix) => (await findApiKey(database, prefix)) ?? null,
  listApiKeys: ({ database }) => listApiKeys(database),
  touchApiKey: async ({ database, clock }, prefix) => {
    await database.transaction((transaction) => touchApiKey(transaction, prefix, clock().getTime()))
    return null
  },
  checkReady: ({ database }) => isAnswering(database),
  listTenants: ({ database }) => listTenants(database),
  takeSweepTurn: ({ database, clock }, { holder }) => {
    const now = clock().getTime()
    const request = { job: 'sweep', holder, now, expiresAt: now + TURN_MS }
    return database.transaction((transaction) => takeTurn(transaction, request))
  },
  endSweepTurn: async ({ database, clock }, { nextInMs }) => {
    const dueAt = clock().getTime() + nextInMs
    await database.transaction((transaction) => endTurn(transaction, 'sweep', dueAt))
    return null
  },
  sweepPlace: (memory, { bucket }) =>
    sweepPlace(memory, { tenant: memory.tenant, bucket }, { rules: memory.rules, isDryRun: false }),
  rotateKeys: async ({ database, vault }) => (vault ? (await rotateKeys({ database, vault })).resealed : 0),
  leaseRate: ({ database, tenant }, { windowStart, max }) =>
    database.transaction((transaction) => leaseRate({ transaction, tenant }, windowStart, max)),
}
