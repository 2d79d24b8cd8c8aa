import { playPrompt } from './prompt.ts'
import type { Verb } from './verb.ts'
import { NEXT } from './verb.ts'

/** `<Play>`: the caller hears a recording or tones. */
export const play: Verb = async (element, { call, documentUrl }) => {
  playPrompt(element, call, documentUrl, 1000)
  return NEXT
}
