import { pausePrompt } from './prompt.ts'
import type { Verb } from './verb.ts'
import { NEXT } from './verb.ts'

/** `<Pause>`: the caller hears nothing for a while. */
export const pause: Verb = async (element, { call }) => {
  pausePrompt(element, call)
  return NEXT
}
