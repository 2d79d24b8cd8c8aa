import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks'

/** The parts of a request that Twilio signs, and the signature it came with. */
export interface SignedParts {
  readonly authToken: string
  /** The `X-Twilio-Signature` header, if there is one. */
  readonly signature: string | undefined
  /** Full URL with its query, as Twilio was told it. */
  readonly url: string
  /** Fields of a form body; empty for any other request. */
  readonly form: Readonly<Record<string, unknown>>
  /** Text of a JSON body. Twilio signs it through the `bodySHA256` parameter of the URL. */
  readonly json: string | undefined
}

/**
 * Whether a request was signed with the account's token. A JSON body without `bodySHA256` is refused: nothing
 * would vouch for it.
 */
export function isSignedByTwilio({ authToken, signature, url, form, json }: SignedParts): boolean {
  if (signature === undefined) return false
  if (json !== undefined) return validateRequestWithBody(authToken, signature, url, json)
  return validateRequest(authToken, signature, url, form)
}
