import type { LocalSecrets, RunningSystem } from './local-folder.ts'

/** How many saves wait for the memory, and for a person. */
export interface WaitingSaves {
  readonly pending: number
  readonly set_aside: number
}

type Place = Pick<RunningSystem, 'functionsUrl'>
type Secret = Pick<LocalSecrets, 'retrySecret'>

// As often as the first attempt of a save may come due. On Twilio once a minute is enough.
const EVERY_MS = 15_000
const TIMEOUT_MS = 10_000

/** Asks `health` how many saves wait; undefined when it does not say. */
export async function countWaitingSaves(place: Place, secrets: Secret): Promise<WaitingSaves | undefined> {
  return ask('health', place, secrets)
}

/**
 * Calls `retry-saves` again and again, as a scheduler would, so that what an outage left is saved when it is over.
 * `onChange` is told when the number of saves that wait has changed.
 */
export function keepRetrying(
  place: Place,
  secrets: Secret,
  onChange: (waiting: WaitingSaves) => void,
  everyMs: number = EVERY_MS,
): { readonly stop: () => void } {
  let last: WaitingSaves = { pending: 0, set_aside: 0 }
  const round = async (): Promise<void> => {
    const waiting = await ask('retry-saves', place, secrets)
    const isNew = waiting && (waiting.pending !== last.pending || waiting.set_aside !== last.set_aside)
    if (!isNew) return
    last = waiting
    onChange(waiting)
  }
  const timer = setInterval(() => void round(), everyMs)
  return { stop: () => clearInterval(timer) }
}

async function ask(
  name: 'health' | 'retry-saves',
  { functionsUrl }: Place,
  { retrySecret }: Secret,
): Promise<WaitingSaves | undefined> {
  const answer = await fetch(`${functionsUrl}/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${retrySecret}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined)
  return answer?.status === 200 ? ((await answer.json()) as WaitingSaves) : undefined
}
