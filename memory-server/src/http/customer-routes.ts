import type { FastifyInstance, RouteShorthandOptions } from 'fastify'
import type { Memory } from '../calls/memory.ts'
import { exportCustomer } from '../customers/export-customer.ts'
import { forgetCustomer } from '../customers/forget-customer.ts'
import { recallCustomer } from '../customers/recall-customer.ts'
import { showCustomer } from '../customers/show-customer.ts'
import { parseRecallQuery } from '../request/recall-query.ts'

/** Adds what goes beyond the start and the end of a call: what one customer's memory holds, and its end. */
export function addCustomerRoutes(
  server: FastifyInstance,
  memory: Memory,
  guarded: RouteShorthandOptions,
): void {
  server.get('/v1/customers/:customer_ref', guarded, ({ params }) => showCustomer(memory, refOf(params)))
  server.get('/v1/customers/:customer_ref/export', guarded, async ({ params }, reply) => {
    const exported = await exportCustomer(memory, refOf(params))
    const name = `customer-${exported.customer.customer_ref}.json`
    return reply.header('content-disposition', `attachment; filename="${name}"`).send(exported)
  })
  server.delete('/v1/customers/:customer_ref', guarded, ({ params }) => forgetCustomer(memory, refOf(params)))
  server.get('/v1/customers/:customer_ref/recall', guarded, ({ params, query }) =>
    recallCustomer(memory, refOf(params), parseRecallQuery(query)),
  )
}

/** References are compared in lower case, as everywhere. */
function refOf(params: unknown): string {
  return (params as { readonly customer_ref: string }).customer_ref.toLowerCase()
}
