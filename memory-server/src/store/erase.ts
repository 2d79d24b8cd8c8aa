import { bucketOfHash } from '../identity/keyed-hash.ts'
import { findCall } from './calls.ts'
import type { CallStage } from './calls.ts'
import { deleteCorrection, findCorrection } from './corrections.ts'
import { customerKey } from './customers.ts'
import { numberOf, textOf } from './database.ts'
import { eraseMerge, findAllMerges } from './merges.ts'
import { findCallHashes } from './notes.ts'
import { eraseReadable } from './readable-identifiers.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** How many rows of each kind went. */
export interface ErasedCounts {
  readonly customers: number
  readonly links: number
  /** Marks that an identifier is taken; they go with the last customer who has it. */
  readonly claims: number
  /** Sealed readable forms; they go with the last customer who has the identifier. */
  readonly readable_identifiers: number
  readonly identifiers: number
  readonly namespaces: number
  readonly intents: number
  readonly variables: number
  readonly call_notes: number
  readonly stored_answers: number
  readonly corrections: number
  /** References of merged customers. */
  readonly aliases: number
  /** What is kept to take merges apart. */
  readonly merges: number
  /** What the change feed told of the customer. */
  readonly events: number
}

/** What was erased: how much, and which calls it was on. */
export interface Erased {
  readonly counts: ErasedCounts
  readonly callHashes: readonly string[]
  /** Every reference that led to the customer. */
  readonly customerRefs: readonly string[]
}

/** Removes every row of a customer who is there, and of those who became part of it. */
export async function eraseCustomer(scope: Scope, customerRef: string): Promise<Erased> {
  const key = customerKey(scope, customerRef)
  const callHashes = await findCallHashes(scope, customerRef)
  const merges = await findAllMerges(scope, customerRef)
  const customerRefs = [customerRef, ...merges.map((merge) => merge.customerRef)]
  const counts = {
    customers: 1,
    ...(await eraseLinks(scope, customerRef)),
    identifiers: await count(scope, STATEMENTS.countIdentifiers, customerRef),
    namespaces: await count(scope, STATEMENTS.countNamespaces, customerRef),
    intents: await count(scope, STATEMENTS.countIntents, customerRef),
    variables: await count(scope, STATEMENTS.countVariables, customerRef),
    call_notes: await count(scope, STATEMENTS.countNotes, customerRef),
    stored_answers: await eraseAnswers(scope, customerRefs, callHashes),
    corrections: await eraseCorrections(scope, customerRefs, callHashes),
    aliases: merges.length,
    merges: merges.length,
    events: await eraseEvents(scope, customerRefs),
  }
  for (const merge of merges) await eraseMerge(scope, merge)
  await scope.transaction.run(STATEMENTS.eraseIdentifiers, key)
  await scope.transaction.run(STATEMENTS.eraseNamespaces, key)
  await scope.transaction.run(STATEMENTS.eraseIntents, key)
  await scope.transaction.run(STATEMENTS.eraseVariables, key)
  await scope.transaction.run(STATEMENTS.eraseNotes, key)
  await scope.transaction.run(STATEMENTS.eraseCustomer, key)
  return { counts, callHashes, customerRefs }
}

/** Removes the customer from every identifier; others who share one keep theirs. */
async function eraseLinks(
  scope: Scope,
  customerRef: string,
): Promise<Pick<ErasedCounts, 'links' | 'claims' | 'readable_identifiers'>> {
  const { transaction, tenant } = scope
  const rows = await transaction.read(STATEMENTS.findHeldIdentifiers, customerKey(scope, customerRef))
  const erased = { links: 0, claims: 0, readable_identifiers: 0 }
  for (const row of rows) {
    const hash = textOf(row, 'identifier_hash')
    const identifier = [tenant, bucketOfHash(hash), hash]
    erased.links += (await transaction.read(STATEMENTS.findLink, [...identifier, customerRef])).length
    await transaction.run(STATEMENTS.eraseLink, [...identifier, customerRef])
    if ((await transaction.read(STATEMENTS.findLinks, identifier)).length > 0) continue
    erased.claims += (await transaction.read(STATEMENTS.findClaim, identifier)).length
    await transaction.run(STATEMENTS.eraseClaim, identifier)
    erased.readable_identifiers += (await transaction.read(STATEMENTS.findReadable, identifier)).length
    await eraseReadable(scope, hash)
  }
  return erased
}

async function eraseAnswers(
  scope: Scope,
  customerRefs: readonly string[],
  callHashes: readonly string[],
): Promise<number> {
  const stages: readonly CallStage[] = ['start', 'end']
  const keys = callHashes.flatMap((callHash) =>
    stages.map((stage) => ({ callHash, stage, bucket: bucketOfHash(callHash) })),
  )
  let erased = 0
  for (const key of keys) {
    const call = await findCall(scope, key)
    if (!call || !customerRefs.includes(call.customerRef)) continue
    const { bucket, callHash, stage } = key
    await scope.transaction.run(STATEMENTS.eraseCall, [
      scope.tenant,
      bucket,
      callHash,
      stage,
      call.customerRef,
    ])
    erased += 1
  }
  return erased
}

/** What a correction moved is kept with it, so it goes with either of its two customers. */
async function eraseCorrections(
  scope: Scope,
  customerRefs: readonly string[],
  callHashes: readonly string[],
): Promise<number> {
  let erased = 0
  for (const callHash of callHashes) {
    const correction = await findCorrection(scope, callHash)
    const { fromRef = '', toRef = '' } = correction ?? {}
    if (!customerRefs.includes(fromRef) && !customerRefs.includes(toRef)) continue
    await deleteCorrection(scope, callHash)
    erased += 1
  }
  return erased
}

async function eraseEvents(scope: Scope, customerRefs: readonly string[]): Promise<number> {
  let erased = 0
  for (const ref of customerRefs) {
    erased += await count(scope, STATEMENTS.countEvents, ref)
    await scope.transaction.run(STATEMENTS.eraseEvents, customerKey(scope, ref))
  }
  return erased
}

async function count(scope: Scope, statement: string, customerRef: string): Promise<number> {
  const [row] = await scope.transaction.read(statement, customerKey(scope, customerRef))
  return row ? numberOf(row, 'total') : 0
}
