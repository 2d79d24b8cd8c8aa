import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Memory } from '../calls/memory.ts'
import { exportCustomer } from '../customers/export-customer.ts'
import { forgetCustomer } from '../customers/forget-customer.ts'
import { recallCustomer } from '../customers/recall-customer.ts'
import { showCustomer } from '../customers/show-customer.ts'
import { parseRecallQuery } from '../request/recall-query.ts'
import type { Guard } from './guard.ts'

/** Adds what goes beyond the start and the end of a call: what one customer's memory holds, and its end. */
export function addCustomerRoutes(
  server: FastifyInstance,
  memoryOf: (request: FastifyRequest) => Memory,
  allow: Guard['allow'],
): void {
  const read = allow('read')
  server.get('/v1/customers/:customer_ref', read, (request) =>
    showCustomer(memoryOf(request), refOf(request.params)),
  )
  server.get('/v1/customers/:customer_ref/export', read, async (request, reply) => {
    const exported = await exportCustomer(memoryOf(request), refOf(request.params))
    const name = `customer-${exported.customer.customer_ref}.json`
    return reply.header('content-disposition', `attachment; filename="${name}"`).send(exported)
  })
  server.get('/v1/customers/:customer_ref/recall', read, (request) =>
    recallCustomer(memoryOf(request), refOf(request.params), parseRecallQuery(request.query)),
  )
  server.delete('/v1/customers/:customer_ref', allow('erase'), (request) =>
    forgetCustomer(memoryOf(request), refOf(request.params)),
  )
}

/** References are compared in lower case, as everywhere. */
function refOf(params: unknown): string {
  return (params as { readonly customer_ref: string }).customer_ref.toLowerCase()
}
