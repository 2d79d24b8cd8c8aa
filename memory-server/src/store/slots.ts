/** Lets a bounded number of steps run at once. */
export interface Slots {
  /** Runs a step as soon as there is room, first come, first served. */
  readonly run: <T>(step: () => Promise<T>) => Promise<T>
}

/** Creates `count` slots. */
export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = []
  let free = count

  const enter = (): Promise<void> | undefined => {
    if (free === 0) return new Promise<void>((resolve) => void waiting.push(resolve))
    free -= 1
    return undefined
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
  return {
    run: async (step) => {
      await enter()
      try {
        return await step()
      } finally {
        leave()
      }
    },
  }
}
