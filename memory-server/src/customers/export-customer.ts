import type { CustomerCall, MergedCustomer } from '../../../src/contract.ts'
import type { Memory } from '../calls/memory.ts'
import { bucketOfHash } from '../identity/keyed-hash.ts'
import { findCall } from '../store/calls.ts'
import type { CallStage } from '../store/calls.ts'
import { findHeldIntents, findHeldLinks, findHeldVariables } from '../store/held.ts'
import type { HeldIntent, HeldLink, HeldVariable } from '../store/held.ts'
import { findAllMerges } from '../store/merges.ts'
import { findAllNotes, findCallHashes } from '../store/notes.ts'
import type { Note } from '../store/notes.ts'
import type { RowImage } from '../store/row-images.ts'
import type { Scope } from '../store/scope.ts'
import { recordAccess } from './record-access.ts'
import { requireCustomer } from './require-customer.ts'
import { callOf, mergedOf, statusOf, timeOf, valuesOf } from './show-customer.ts'

/** Name and version of the export's form. The version rises when a reader of the old form would go wrong. */
export const EXPORT_FORMAT = 'caller-memory.customer'
export const EXPORT_VERSION = 1

/** Everything that is held about one customer, in a portable form. Times are ISO-8601, UTC. */
export interface CustomerExport {
  readonly format: typeof EXPORT_FORMAT
  readonly version: typeof EXPORT_VERSION
  readonly exported_at: string
  readonly customer: {
    readonly customer_ref: string
    readonly created_at: string
    readonly last_contact_at: string
  }
  readonly links: readonly {
    readonly kind: string
    readonly namespace: string | null
    /** The number or id itself; null where it is not kept. */
    readonly value: string | null
    /** Keyed hash of the number or id, the same on the same installation. */
    readonly identifier_hash: string
    readonly first_seen: string
    readonly last_seen: string
    /** On how many calls agents said that it was this customer, and that it was not. */
    readonly confirmed: number
    readonly corrected: number
  }[]
  readonly intents: readonly {
    readonly intent: string
    readonly status: string
    readonly attempt_count: number
    readonly updated_at: string
  }[]
  readonly variables: readonly {
    readonly name: string
    readonly value: string
    readonly source: string | null
    readonly updated_at: string
    readonly expires_at: string
  }[]
  readonly calls: readonly (CustomerCall & { readonly variables: Readonly<Record<string, string>> })[]
  /** Answers kept for repeated requests, as they were given, without their `call_id`. */
  readonly stored_answers: readonly {
    readonly stage: CallStage
    readonly answered_at: string
    readonly answer: unknown
  }[]
  /** Customers who became part of this one, with every row that changed, so that it can be taken apart. */
  readonly merged: readonly (MergedCustomer & { readonly rows: readonly RowImage[] })[]
}

/**
 * Exports everything that is held about a customer, expired variables that are still stored included.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has the reference.
 * @throws CM_CUSTOMER_FORGOTTEN when its customer was forgotten.
 */
export function exportCustomer(memory: Memory, namedRef: string): Promise<CustomerExport> {
  return memory.database.transaction(async (transaction) => {
    const scope: Scope = { transaction, tenant: memory.tenant }
    const now = memory.clock().getTime()
    const { intentTtlMs } = await memory.retentions.of(scope, now)
    const customer = await requireCustomer(memory, scope, namedRef)
    const { customerRef } = customer
    const merges = await findAllMerges(scope, customerRef)
    await recordAccess(memory, scope, 'export', customerRef)
    const links = await findHeldLinks(scope, customerRef, memory.vault)
    const intents = await findHeldIntents(scope, customerRef)
    const variables = await findHeldVariables(scope, customerRef)
    const notes = await findAllNotes(scope, customerRef)
    return {
      format: EXPORT_FORMAT,
      version: EXPORT_VERSION,
      exported_at: timeOf(now),
      customer: {
        customer_ref: customerRef,
        created_at: timeOf(customer.createdAt),
        last_contact_at: timeOf(customer.lastContactAt),
      },
      links: links.map((link) => exportedLink(link)),
      intents: intents.map((intent) => exportedIntent(intent, statusOf(intent, intentTtlMs, now))),
      variables: variables.map((variable) => exportedVariable(variable)),
      calls: notes.map((note) => exportedCall(note)),
      stored_answers: await findAnswers(scope, [customerRef, ...merges.map((merge) => merge.customerRef)]),
      merged: merges.map((merge) => Object.assign(mergedOf(merge), { rows: merge.images })),
    }
  })
}

function exportedLink(link: HeldLink): CustomerExport['links'][number] {
  const { kind, namespace, value, identifierHash, firstSeenAt, lastSeenAt, confirmed, corrected } = link
  const seen = { first_seen: timeOf(firstSeenAt), last_seen: timeOf(lastSeenAt) }
  return { kind, namespace, value, identifier_hash: identifierHash, ...seen, confirmed, corrected }
}

function exportedIntent(held: HeldIntent, status: string): CustomerExport['intents'][number] {
  const { intent, attemptCount, updatedAt } = held
  return { intent, status, attempt_count: attemptCount, updated_at: timeOf(updatedAt) }
}

function exportedVariable(variable: HeldVariable): CustomerExport['variables'][number] {
  const { name, value, source, updatedAt, expiresAt } = variable
  return { name, value, source, updated_at: timeOf(updatedAt), expires_at: timeOf(expiresAt) }
}

function exportedCall(note: Note): CustomerExport['calls'][number] {
  return { ...callOf(note), variables: valuesOf(note.variables) }
}

async function findAnswers(
  scope: Scope,
  customerRefs: readonly string[],
): Promise<CustomerExport['stored_answers']> {
  const [customerRef = ''] = customerRefs
  const stages: readonly CallStage[] = ['start', 'end']
  const answers: CustomerExport['stored_answers'][number][] = []
  for (const callHash of await findCallHashes(scope, customerRef)) {
    for (const stage of stages) {
      const call = await findCall(scope, { bucket: bucketOfHash(callHash), callHash, stage })
      if (!call || !customerRefs.includes(call.customerRef)) continue
      const answer = JSON.parse(call.answer) as unknown
      answers.push({ stage, answered_at: timeOf(call.answeredAt), answer })
    }
  }
  return answers
}
