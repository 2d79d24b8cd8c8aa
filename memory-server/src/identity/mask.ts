const MASK = '••••••'
const SHOWN = 2
const SHORTEST_WITH_END = 8

/**
 * A number or an external id for people who only need to recognize it: its last two characters, none of a text
 * shorter than eight. The length is not told either.
 */
export function masked(text: string): string {
  const characters = Array.from(text)
  return characters.length < SHORTEST_WITH_END ? MASK : MASK + characters.slice(-SHOWN).join('')
}
