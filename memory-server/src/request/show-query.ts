import type { ShowOptions } from '../customers/show-customer.ts'
import { checkBody } from './body.ts'
import { fieldOf, readWord } from './fields.ts'

/**
 * Checks the query string with which a customer is shown. Unknown parameters are ignored.
 *
 * @throws CM_PAYLOAD_INVALID when `reveal` is neither yes nor no.
 */
export function parseShowQuery(parameters: unknown): ShowOptions {
  return checkBody(parameters, (fields, list) => ({
    reveal: readWord(list, ['reveal'], fieldOf(fields, 'reveal'), ['yes', 'no']) === 'yes',
  }))
}
