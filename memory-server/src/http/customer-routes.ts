import type { FastifyInstance } from 'fastify'
import type { Operations } from '../operations/operations.ts'
import { parseJson } from '../request/body.ts'
import { parseMergeRequest } from '../request/merge-request.ts'
import { parseRecallQuery } from '../request/recall-query.ts'
import { parseShowQuery } from '../request/show-query.ts'
import { sendJson } from './answer.ts'
import type { Guard } from './guard.ts'

/** Adds what goes beyond the start and the end of a call: what one customer's memory holds, and its end. */
export function addCustomerRoutes(
  server: FastifyInstance,
  { perform }: Operations,
  { allow, behalfOf }: Guard,
): void {
  const read = allow('read')
  server.get('/v1/customers/:customer_ref', read, async (request, reply) => {
    const show = { ...parseShowQuery(request.query), customerRef: refOf(request.params) }
    return sendJson(reply, await perform('showCustomer', behalfOf(request), show))
  })
  server.get('/v1/customers/:customer_ref/export', read, async (request, reply) => {
    const customerRef = refOf(request.params)
    const exported = await perform('exportCustomer', behalfOf(request), customerRef)
    reply.header('content-disposition', `attachment; filename="customer-${customerRef}.json"`)
    return sendJson(reply, exported)
  })
  server.get('/v1/customers/:customer_ref/recall', read, async (request, reply) => {
    const recall = { ...parseRecallQuery(request.query), customerRef: refOf(request.params) }
    return sendJson(reply, await perform('recallCustomer', behalfOf(request), recall))
  })
  server.post('/v1/customers/:customer_ref/merge', allow('calls'), async (request, reply) => {
    const merge = parseMergeRequest(refOf(request.params), parseJson(request.body))
    return sendJson(reply, await perform('mergeCustomers', behalfOf(request), merge))
  })
  server.post('/v1/customers/:customer_ref/unmerge', allow('calls'), async (request, reply) =>
    sendJson(reply, await perform('unmergeCustomer', behalfOf(request), refOf(request.params))),
  )
  server.delete('/v1/customers/:customer_ref', allow('erase'), async (request, reply) =>
    sendJson(reply, await perform('forgetCustomer', behalfOf(request), refOf(request.params))),
  )
}

/** References are compared in lower case, as everywhere. */
function refOf(params: unknown): string {
  return (params as { readonly customer_ref: string }).customer_ref.toLowerCase()
}
