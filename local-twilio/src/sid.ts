import { randomBytes } from 'node:crypto'

/**
 * Makes an identifier in Twilio's form: the prefix of its kind (`CA` for a call, `RE` for a recording, ...) and
 * 32 random hexadecimal digits.
 */
export function newSid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString('hex')}`
}

/** Whether a text has the form of an identifier with this prefix. */
export function isSid(prefix: string, text: string): boolean {
  return text.startsWith(prefix) && /^[A-Z]{2}[0-9a-f]{32}$/.test(text)
}
