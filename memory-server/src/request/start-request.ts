import type { LineType } from '../../../src/contract.ts'
import { checkBody, readCallId } from './body.ts'
import { asFields, fieldOf, readWord } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'
import { readHints } from './hints.ts'
import type { Hints } from './hints.ts'

/** What a start request says, checked and in one fixed form. */
export interface StartRequest {
  readonly callId: string
  readonly hints: Hints
  readonly lineType: LineType
}

const LINE_TYPES: readonly LineType[] = ['mobile', 'landline', 'voip', 'unknown']

/**
 * Checks the body of `POST /v1/calls/start`. Unknown fields are ignored.
 *
 * @throws CM_PAYLOAD_INVALID with every problem.
 */
export function parseStartRequest(body: unknown): StartRequest {
  return checkBody(body, (fields, list) => {
    const callId = readCallId(list, fields)
    const { hints, given } = readHints(list, fields)
    if (!given) {
      list.add(['identity_hints'], 'identity_hints must include ani, external_ids, or customer_ref')
    }
    return { callId, hints, lineType: readLineType(list, fields) }
  })
}

function readLineType(list: IssueList, body: Fields): LineType {
  const value = fieldOf(body, 'telco')
  if (value === undefined) return 'unknown'
  const telco = asFields(value)
  if (telco === undefined) {
    list.add(['telco'], 'telco must be an object')
    return 'unknown'
  }
  return readWord(list, ['telco', 'line_type'], fieldOf(telco, 'line_type'), LINE_TYPES) ?? 'unknown'
}
