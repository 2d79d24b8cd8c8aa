import { sayPrompt } from './prompt.ts'
import type { Verb } from './verb.ts'
import { NEXT } from './verb.ts'

/** `<Say>`: the caller hears a text. */
export const say: Verb = async (element, { call }) => {
  sayPrompt(element, call, 1000)
  return NEXT
}
