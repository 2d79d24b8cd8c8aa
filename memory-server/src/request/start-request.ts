import type { AttestationLevel, LineType } from '../../../src/contract.ts'
import { checkBody, readCallId } from './body.ts'
import { asFields, fieldOf, readWord } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'
import { readHints } from './hints.ts'
import type { Hints } from './hints.ts'

/** What a start request says, checked and in one fixed form. */
export interface StartRequest {
  readonly callId: string
  readonly hints: Hints
  readonly telco: TelcoFacts
}

/** What the request tells of the number and the call. */
export interface TelcoFacts {
  readonly lineType: LineType
  readonly attestation?: AttestationLevel
  readonly forwarded?: true
}

const LINE_TYPES: readonly LineType[] = ['mobile', 'landline', 'voip', 'unknown']
const ATTESTATIONS: readonly AttestationLevel[] = ['A', 'B', 'C', 'failed']

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
    return { callId, hints, telco: readTelco(list, fields) }
  })
}

function readTelco(list: IssueList, body: Fields): TelcoFacts {
  const value = fieldOf(body, 'telco')
  const telco = value === undefined ? {} : asFields(value)
  if (telco === undefined) {
    list.add(['telco'], 'telco must be an object')
    return { lineType: 'unknown' }
  }
  const word = <T extends string>(name: string, words: readonly T[]): T | undefined =>
    readWord(list, ['telco', name], fieldOf(telco, name), words)
  const lineType = word('line_type', LINE_TYPES) ?? 'unknown'
  const attestation = word('attestation', ATTESTATIONS)
  const forwarded = fieldOf(telco, 'forwarded')
  if (forwarded !== undefined && typeof forwarded !== 'boolean') {
    list.add(['telco', 'forwarded'], 'telco.forwarded must be a boolean')
  }
  return { lineType, ...(attestation && { attestation }), ...(forwarded === true && { forwarded }) }
}
