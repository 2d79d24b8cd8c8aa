import { checkBody } from './body.ts'
import { fieldOf, readText, readWord } from './fields.ts'

/** Takes the latest correction of a call back. */
export interface UndoRequest {
  readonly callId: string
  readonly verdict: 'undo'
  readonly correctionId: string
}

/** What an agent says about whose call it is. */
export type CorrectRequest =
  | UndoRequest
  | { readonly callId: string; readonly verdict: 'right_person' }
  | { readonly callId: string; readonly verdict: 'wrong_person' }
  | { readonly callId: string; readonly verdict: 'another'; readonly customerRef: string }

const VERDICTS = ['right_person', 'wrong_person', 'another', 'undo'] as const
const MAX_ID_LENGTH = 128

/**
 * Checks the body of `POST /v1/calls/{call_id}/correct`. Unknown fields are ignored.
 *
 * @throws CM_PAYLOAD_INVALID with every problem.
 */
export function parseCorrectRequest(params: unknown, body: unknown): CorrectRequest {
  const { call_id: callId } = params as { readonly call_id: string }
  return checkBody(body, (fields, list): CorrectRequest => {
    readText(list, ['call_id'], callId, MAX_ID_LENGTH)
    const given = fieldOf(fields, 'verdict')
    if (given === undefined) list.add(['verdict'], `Required field 'verdict' is missing`)
    const verdict = readWord(list, ['verdict'], given, VERDICTS) ?? 'right_person'
    const needed = (name: string): string => {
      const value = fieldOf(fields, name)
      if (value === undefined) list.add([name], `${name} is required for the verdict '${verdict}'`)
      return readText(list, [name], value, MAX_ID_LENGTH)?.toLowerCase() ?? ''
    }
    if (verdict === 'another') return { callId, verdict, customerRef: needed('customer_ref') }
    if (verdict === 'undo') return { callId, verdict, correctionId: needed('correction_id') }
    return { callId, verdict }
  })
}
