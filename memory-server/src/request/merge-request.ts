import { checkBody } from './body.ts'
import { fieldOf, readText } from './fields.ts'

/** Which customer becomes part of which. */
export interface MergeRequest {
  readonly customerRef: string
  readonly intoRef: string
}

const MAX_REF_LENGTH = 128

/**
 * Checks the body of `POST /v1/customers/{customer_ref}/merge`. Unknown fields are ignored.
 *
 * @throws CM_PAYLOAD_INVALID with every problem.
 */
export function parseMergeRequest(customerRef: string, body: unknown): MergeRequest {
  return checkBody(body, (fields, list) => {
    const given = fieldOf(fields, 'into')
    if (given === undefined) list.add(['into'], `Required field 'into' is missing`)
    const intoRef = readText(list, ['into'], given, MAX_REF_LENGTH)?.toLowerCase() ?? ''
    if (intoRef === customerRef) list.add(['into'], 'into must be another customer')
    return { customerRef, intoRef }
  })
}
