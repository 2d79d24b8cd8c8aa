// About 150 words a minute, the pace of an unhurried speaker.
const WORDS_PER_SECOND = 2.5
const SECONDS_PER_KEY = 0.5

// The engine fetches no audio, so every recording that is played has this length.
const SECONDS_PER_RECORDING = 3

/** How long a text takes to say, in seconds. At least one, for anything that is said at all. */
export function speakingSeconds(text: string): number {
  const words = text.split(/\s+/).filter((word) => word !== '').length
  return words === 0 ? 0 : Math.max(1, words / WORDS_PER_SECOND)
}

/** How long it takes to press keys, or to play them as tones, in seconds. `w` is a wait of the same length. */
export function pressingSeconds(digits: string): number {
  return digits.length * SECONDS_PER_KEY
}

/** How long a recording plays, in seconds. */
export function playingSeconds(): number {
  return SECONDS_PER_RECORDING
}
