import type { Verb } from './verb.ts'

/** `<Hangup>`: ends the call. What follows in the document is never run. */
export const hangup: Verb = async () => ({ kind: 'end', by: 'application', reason: 'hangup-verb' })
