import type { CorrectCallResponse, CustomerResponse, ForgetReceipt } from '../../contract.ts'
import { CallerMemoryError } from '../../errors.ts'
import type { CustomerMemory } from '../customer-memory.ts'
import { isHosted } from './hosted.ts'
import { createSender, type StickyCallsOptions } from './sticky-calls-memory.ts'

/** What the memory server knows of customers, over HTTP. The hosted service is not asked. */
export function createStickyCallsCustomers(options: StickyCallsOptions): CustomerMemory {
  const send = createSender(options)
  const supported = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isHosted(options.baseUrl)) return work()
    throw new CallerMemoryError('CM_MEMORY_UNSUPPORTED', 'the hosted memory has no such request')
  }
  return {
    showCustomer: (customerRef) =>
      supported(() => send('GET', customer(customerRef), undefined, readCustomer)),
    forgetCustomer: (customerRef) =>
      supported(() => send('DELETE', customer(customerRef), undefined, readReceipt)),
    correctCall: (callId, verdict) =>
      supported(() =>
        send('POST', `/v1/calls/${encodeURIComponent(callId)}/correct`, verdict, readCorrection),
      ),
  }
}

function customer(customerRef: string): string {
  return `/v1/customers/${encodeURIComponent(customerRef)}`
}

type Fields = Readonly<Record<string, unknown>>

function readCustomer(answer: unknown): CustomerResponse {
  const fields = fieldsOf(answer)
  const lists = ['open_intents', 'settled_intents', 'calls', 'links']
  const complete =
    typeof fields['customer_ref'] === 'string' &&
    typeof fields['identity'] === 'object' &&
    typeof fields['variables'] === 'object' &&
    lists.every((name) => Array.isArray(fields[name]))
  if (!complete) throw garbled()
  return answer as CustomerResponse
}

function readReceipt(answer: unknown): ForgetReceipt {
  const { forgotten_at: forgottenAt, counts } = fieldsOf(answer)
  if (typeof forgottenAt !== 'string' || typeof counts !== 'object') throw garbled()
  return answer as ForgetReceipt
}

function readCorrection(answer: unknown): CorrectCallResponse {
  const { customer_ref: customerRef, correction_id: correctionId } = fieldsOf(answer)
  const isId = correctionId === null || typeof correctionId === 'string'
  if (typeof customerRef !== 'string' || !isId) throw garbled()
  return answer as CorrectCallResponse
}

function fieldsOf(answer: unknown): Fields {
  if (typeof answer !== 'object' || answer === null) throw garbled()
  return answer as Fields
}

function garbled(): CallerMemoryError {
  return new CallerMemoryError('CM_MEMORY_GARBLED', "the memory's answer is not its API")
}
