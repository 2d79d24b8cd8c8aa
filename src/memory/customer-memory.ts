import type { CorrectCallResponse, CustomerResponse, ForgetReceipt } from '../contract.ts'

/** What somebody says about whose call it was. */
export type Verdict =
  | { readonly verdict: 'right_person' }
  /** What the call brought goes to a fresh customer. */
  | { readonly verdict: 'wrong_person' }
  | { readonly verdict: 'another'; readonly customer_ref: string }
  | { readonly verdict: 'undo'; readonly correction_id: string }

/**
 * What people who look after customers may ask of the memory, beside the calls themselves.
 *
 * Every method throws a CallerMemoryError whose code begins with `CM_MEMORY_`; CM_MEMORY_UNSUPPORTED where the
 * memory has no such thing. Each may be repeated.
 */
export interface CustomerMemory {
  readonly showCustomer: (customerRef: string) => Promise<CustomerResponse>
  readonly correctCall: (callId: string, verdict: Verdict) => Promise<CorrectCallResponse>
  readonly forgetCustomer: (customerRef: string) => Promise<ForgetReceipt>
}
