import type { WithLock } from './outbox.ts'

/** The part of the Web Locks API that is used. */
export interface LockManagerLike {
  readonly request: <T>(name: string, work: () => Promise<T>) => Promise<T>
}

/**
 * A lock that all tabs of one Flex share. Where the browser has no Web Locks, it is this tab's alone; the server
 * takes a repeated save as one.
 */
export function createTabLock(name: string, locks: LockManagerLike | undefined): WithLock {
  let last: Promise<unknown> = Promise.resolve()
  const inThisTab: WithLock = (work) => {
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn
  }
  if (!locks) return inThisTab
  return (work) => locks.request(name, work)
}
