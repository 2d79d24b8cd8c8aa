import type { IntentStatus } from '../../../src/contract.ts'
import { checkBody, readCallId } from './body.ts'
import { fieldOf, readText, readWord } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'
import { readHints } from './hints.ts'
import type { Hints } from './hints.ts'
import { MAX_INTENT_LENGTH } from './intent.ts'
import type { IntentWrite } from './intent.ts'
import { readVariables } from './variables.ts'
import type { VariableWrite } from './variables.ts'

/** What an end request says, checked and in one fixed form. */
export interface EndRequest {
  readonly callId: string
  readonly hints: Hints
  readonly intent?: IntentWrite
  readonly variables: readonly VariableWrite[]
}

const STATUS_WORDS = ['open', 'resolved', 'abandoned', 'closed'] as const

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
    const intent = readText(list, ['intent'], fieldOf(fields, 'intent'), MAX_INTENT_LENGTH)
    const status = readStatus(list, fields)
    return {
      callId,
      hints,
      ...(intent !== undefined && { intent: { intent, status } }),
      variables: readVariables(list, fields),
    }
  })
}

function reportMissingCustomer(list: IssueList, fields: Fields): void {
  if (fieldOf(fields, 'identity_hints') === undefined) {
    list.add(['customer_ref'], 'customer_ref or identity_hints is required')
  } else {
    list.add(['identity_hints'], 'identity_hints must include ani, external_ids, or customer_ref')
  }
}

/** An intent without a status stays open: forgetting one by mistake is worse than asking once more. */
function readStatus(list: IssueList, fields: Fields): IntentStatus {
  const word = readWord(list, ['intent_status'], fieldOf(fields, 'intent_status'), STATUS_WORDS)
  const isOpen = fieldOf(fields, 'intent_is_open')
  if (isOpen !== undefined && typeof isOpen !== 'boolean') {
    list.add(['intent_is_open'], 'intent_is_open must be a boolean')
  }
  if (word !== undefined) return word === 'closed' ? 'resolved' : word
  return isOpen === false ? 'resolved' : 'open'
}
