import { TENANT } from './people.ts'

/**
 * What one start and one end need at least: the rows that decide the answer are read, what changes is written, and
 * the answer is kept for the day the request comes again. Nothing is checked, counted or assured beyond that.
 */
export const RAW = {
  findCall: `SELECT body_hash, answer, answered_at FROM calls
    WHERE tenant = $1 AND bucket = $2 AND call_hash = $3 AND stage = $4`,
  findCustomer: `SELECT c.customer_ref, c.last_contact_at FROM identifier_links AS l
    JOIN customers AS c ON c.tenant = l.tenant AND c.bucket = l.bucket AND c.customer_ref = l.customer_ref
    WHERE l.tenant = $1 AND l.bucket = $2 AND l.identifier_hash = $3`,
  findRemembered: `SELECT 'i' AS t, intent AS k, status AS v, attempt_count AS n FROM intents
      WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND status = 'open'
    UNION ALL SELECT 'v', name, value, expires_at FROM variables
      WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND expires_at > $4`,
  touchCustomer: `UPDATE customers SET last_contact_at = $4 WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  touchLink: `UPDATE identifier_links SET last_seen_at = $5
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3 AND customer_ref = $4`,
  insertNote: `INSERT INTO call_notes (tenant, bucket, customer_ref, called_at, call_hash, ended_at, state, intent,
      intent_status, variables, expires_at) VALUES ($1, $2, $3, $4, $5, NULL, 'held', '', '', '{}', 0)`,
  endNote: `UPDATE call_notes SET ended_at = $6, intent = $7, intent_status = 'open', variables = $8, expires_at = $9
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND called_at = $4 AND call_hash = $5`,
  insertCall: `INSERT INTO calls (tenant, bucket, call_hash, stage, body_hash, customer_ref, answer, answered_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
  saveIntent: `INSERT INTO intents (tenant, bucket, customer_ref, intent, status, attempt_count, updated_at)
    VALUES ($1, $2, $3, $4, 'open', 1, $5)
    ON CONFLICT (tenant, bucket, customer_ref, intent)
    DO UPDATE SET attempt_count = intents.attempt_count + 1, updated_at = excluded.updated_at`,
  saveVariables: `INSERT INTO variables (tenant, bucket, customer_ref, updated_at, expires_at, name, value)
    VALUES ($1, $2, $3, $4, $5, $6, $7), ($1, $2, $3, $4, $5, $8, $9), ($1, $2, $3, $4, $5, $10, $11),
      ($1, $2, $3, $4, $5, $12, $13), ($1, $2, $3, $4, $5, $14, $15)
    ON CONFLICT (tenant, bucket, customer_ref, name)
    DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, expires_at = excluded.expires_at`,
} as const

/** A statement and its parameters. */
export type Statement = readonly [sql: string, params: readonly (string | number)[]]

/** A row by column name. */
export type RawRow = Readonly<Record<string, unknown>>

/** A call of a customer: what was drawn beforehand, so that drawing it costs nothing while the time runs. */
export interface RawCall {
  readonly bucket: number
  readonly identifierHash: string
  readonly callHash: string
  readonly intent: string
  readonly variables: readonly (readonly [name: string, value: string])[]
}

const DAY_MS = 86_400_000

/** What a start reads first. */
export function startReads({ bucket, identifierHash, callHash }: RawCall): readonly Statement[] {
  return [
    [RAW.findCall, [TENANT, bucket, callHash, 'start']],
    [RAW.findCustomer, [TENANT, bucket, identifierHash]],
  ]
}

/** What a start reads about the customer whom it found. */
export function rememberedReads({ bucket }: RawCall, customerRef: string, now: number): Statement {
  return [RAW.findRemembered, [TENANT, bucket, customerRef, now]]
}

/** What a start writes. */
export function startWrites(
  { bucket, identifierHash, callHash }: RawCall,
  customerRef: string,
  remembered: readonly RawRow[],
  now: number,
): readonly Statement[] {
  const customer = [TENANT, bucket, customerRef] as const
  const answer = JSON.stringify({ customer_ref: customerRef, call_start: now, remembered })
  return [
    [RAW.touchCustomer, [...customer, now]],
    [RAW.touchLink, [TENANT, bucket, identifierHash, customerRef, now]],
    [RAW.insertNote, [...customer, now, callHash]],
    [RAW.insertCall, [TENANT, bucket, callHash, 'start', identifierHash, customerRef, answer, now]],
  ]
}

/** What an end reads. */
export function endReads({ bucket, callHash }: RawCall): readonly Statement[] {
  return [
    [RAW.findCall, [TENANT, bucket, callHash, 'end']],
    [RAW.findCall, [TENANT, bucket, callHash, 'start']],
  ]
}

/** What an end writes. */
export function endWrites(
  call: RawCall,
  customerRef: string,
  startedAt: number,
  now: number,
): readonly Statement[] {
  const { bucket, identifierHash, callHash, intent, variables } = call
  const customer = [TENANT, bucket, customerRef] as const
  const expiresAt = now + 30 * DAY_MS
  const said = JSON.stringify(Object.fromEntries(variables))
  const answer = JSON.stringify({ customer_ref: customerRef, call_start: startedAt, call_end: now })
  return [
    [RAW.touchCustomer, [...customer, now]],
    [RAW.saveIntent, [...customer, intent, now]],
    [RAW.saveVariables, [...customer, now, expiresAt, ...variables.flat()]],
    [RAW.endNote, [...customer, startedAt, callHash, now, intent, said, expiresAt]],
    [RAW.insertCall, [TENANT, bucket, callHash, 'end', identifierHash, customerRef, answer, now]],
  ]
}
