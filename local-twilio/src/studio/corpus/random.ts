/** A source of chance that gives the same sequence for the same seed. */
export interface Chance {
  /** From 0 up to 1. */
  readonly next: () => number
  readonly pick: <T>(items: readonly [T, ...T[]]) => T
}

/** A source of chance (mulberry32). */
export function createChance(seed: number): Chance {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { next, pick: (items) => items[Math.floor(next() * items.length)] ?? items[0] }
}
