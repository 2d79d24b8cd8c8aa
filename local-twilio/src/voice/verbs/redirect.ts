import { emit } from '../call.ts'
import { pathOf } from '../deliver-webhook.ts'
import { textOf } from '../parse-twiml.ts'
import { httpMethod, resolveUrl } from './attributes.ts'
import type { Verb } from './verb.ts'

/** `<Redirect>`: the call goes on with another document, or with the same one again if it names none. */
export const redirect: Verb = async (element, { call, documentUrl }) => {
  const url = resolveUrl(textOf(element), documentUrl)
  const method = httpMethod(call, element, 'method')
  emit(call, { kind: 'redirect', path: pathOf(url), method })
  return { kind: 'goto', request: { purpose: 'redirect', url, method, params: {} } }
}
