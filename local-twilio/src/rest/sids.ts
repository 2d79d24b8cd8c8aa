import { randomBytes } from 'node:crypto'

/** Prefixes of Twilio's identifiers, by what they name. */
export type SidPrefix = 'IS' | 'ET'

/** A new random identifier: the prefix and 32 hexadecimal digits. */
export function createSid(prefix: SidPrefix): string {
  return prefix + randomBytes(16).toString('hex')
}

/** Whether a text has the form of an identifier with this prefix. */
export function isSid(prefix: SidPrefix, text: string): boolean {
  return text.startsWith(prefix) && /^[A-Z]{2}[0-9a-f]{32}$/.test(text)
}
