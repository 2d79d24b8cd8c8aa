import type { OutboxStorage } from './outbox.ts'

/**
 * The browser's storage, and this tab's memory where the browser refuses: a full disk or a private window must
 * cost nobody the notes on the screen.
 */
export function createLastingStorage(open: () => OutboxStorage): OutboxStorage {
  const unsaved = new Map<string, string>()
  return {
    getItem: (key) => {
      const here = unsaved.get(key)
      if (here !== undefined) return here
      try {
        return open().getItem(key)
      } catch {
        return null
      }
    },
    setItem: (key, value) => {
      try {
        open().setItem(key, value)
        unsaved.delete(key)
      } catch {
        unsaved.set(key, value)
      }
    },
  }
}
