/** What Twilio puts up with before it breaks off. Tests lower these to stay fast. */
export interface Limits {
  /** HTTP redirects in one fetch, and `<Redirect>`s in a row to which the caller has contributed nothing. */
  readonly maxRedirects: number
  /** Total time of one webhook with its retries and redirects, in milliseconds. */
  readonly webhookTimeoutMs: number
  /** Longest TwiML document, in bytes. */
  readonly maxTwimlBytes: number
  /** Longest call, in simulated seconds. */
  readonly maxCallSeconds: number
}

/** Twilio's limits: 10 redirects, 15 s, 64 kB, 4 hours. */
export const TWILIO_LIMITS: Limits = {
  maxRedirects: 10,
  webhookTimeoutMs: 15_000,
  maxTwimlBytes: 65_536,
  maxCallSeconds: 4 * 60 * 60,
}
