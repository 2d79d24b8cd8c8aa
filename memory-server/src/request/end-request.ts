import { checkBody, readCallId } from './body.ts'
import { fieldOf } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'
import { readHints } from './hints.ts'
import type { Hints } from './hints.ts'
import type { IntentWrite } from './intent.ts'
import { readIntents } from './intents.ts'
import { readVariables } from './variables.ts'
import type { VariableWrite } from './variables.ts'

/** What an end request says, checked and in one fixed form. */
export interface EndRequest {
  readonly callId: string
  readonly hints: Hints
  /** Each label once. */
  readonly intents: readonly IntentWrite[]
  readonly variables: readonly VariableWrite[]
}

/**
 * Checks the body of `POST /v1/calls/end`. Unknown fields are ignored.
 *
 * @throws CM_PAYLOAD_INVALID with every problem.
 */
export function parseEndRequest(body: unknown): EndRequest {
  return checkBody(body, (fields, list) => {
    const callId = readCallId(list, fields)
    const { hints, given } = readHints(list, fields)
    if (!given) reportMissingCustomer(list, fields)
    return { callId, hints, intents: readIntents(list, fields), variables: readVariables(list, fields) }
  })
}

function reportMissingCustomer(list: IssueList, fields: Fields): void {
  if (fieldOf(fields, 'identity_hints') === undefined) {
    list.add(['customer_ref'], 'customer_ref or identity_hints is required')
  } else {
    list.add(['identity_hints'], 'identity_hints must include ani, external_ids, or customer_ref')
  }
}
