import type { CustomerResponse, ForgetReceipt, RecallResponse } from '../../../src/contract.ts'
import type { CustomerExport } from '../../../memory-server/src/customers/export-customer.ts'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { bearer, newCallId } from '../support.ts'
import type { Answer, TestServer } from '../support.ts'

/** An answer about a customer, with every field that any of them may have. */
export interface CustomerAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: CustomerResponse & CustomerExport & ForgetReceipt & RecallResponse & Answer['body']
}

/** Sends a request about customers with a key and no body. */
export async function ask(server: TestServer, path: string, method = 'GET'): Promise<CustomerAnswer> {
  const { authorization } = bearer()
  const answer = await server.request(`/v1/customers/${path}`, {
    method,
    headers: { authorization: authorization ?? '' },
  })
  return answer as unknown as CustomerAnswer
}

/** A whole call a few seconds long; answers its id and the customer's reference. */
export async function hold(
  server: TestServer,
  hints: object,
  ending: object = {},
): Promise<{ callId: string; customerRef: string }> {
  const callId = newCallId()
  const started = await server.start({ call_id: callId, identity_hints: hints })
  server.clock.forward(5000)
  const ended = await server.end({ call_id: callId, customer_ref: started.body.customer_ref, ...ending })
  expect(ended.status).toBe(200)
  server.clock.forward(5000)
  return { callId, customerRef: started.body.customer_ref }
}

/** Every row of every table, by table. */
export async function allRows(store: Store): Promise<Record<string, readonly object[]>> {
  const tables = await store.read("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", [])
  const rows: Record<string, readonly object[]> = {}
  for (const { name } of tables) rows[String(name)] = await store.read(`SELECT * FROM ${String(name)}`, [])
  return rows
}

/** The same without the audit log, to which every look at a customer adds. */
export async function rowsBesideAudit(store: Store): Promise<Record<string, readonly object[]>> {
  const { audit_entries: _, audit_heads: __, ...rest } = await allRows(store)
  return rest
}
