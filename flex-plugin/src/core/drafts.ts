import type { OutboxStorage } from './outbox.ts'

/** What the agent has typed in the wrap-up form and not saved yet. */
export interface Draft {
  readonly disposition: string
  readonly intent: string
  readonly isResolved: boolean
  readonly notes: string
}

/** Drafts by reservation, kept through a reload: of a task's several agents, each has their own. */
export interface Drafts {
  readonly read: (reservationSid: string) => Draft | undefined
  readonly write: (reservationSid: string, draft: Draft) => void
  readonly remove: (reservationSid: string) => void
}

interface Kept {
  readonly savedAt: number
  readonly draft: Draft
}

const KEY = 'caller-context.drafts'
/** A call that was not wrapped up in two days never will be. */
const MAX_AGE_MS = 172_800_000

/** Keeps drafts in the browser's storage. Old ones go with the next write; broken contents are read as none. */
export function createDrafts(storage: OutboxStorage, now: () => number): Drafts {
  const all = (): Readonly<Record<string, Kept>> => {
    try {
      const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '{}')
      return typeof kept === 'object' && kept !== null ? (kept as Record<string, Kept>) : {}
    } catch {
      return {}
    }
  }
  const store = (kept: Readonly<Record<string, Kept>>): void => {
    const fresh = Object.entries(kept).filter(([, one]) => now() - (one?.savedAt ?? 0) < MAX_AGE_MS)
    storage.setItem(KEY, JSON.stringify(Object.fromEntries(fresh)))
  }
  return {
    read: (reservationSid) => {
      const draft = all()[reservationSid]?.draft
      return isDraft(draft) ? draft : undefined
    },
    write: (reservationSid, draft) => store({ ...all(), [reservationSid]: { savedAt: now(), draft } }),
    remove: (reservationSid) => {
      const { [reservationSid]: _gone, ...others } = all()
      store(others)
    },
  }
}

function isDraft(value: unknown): value is Draft {
  const draft = value as Partial<Draft> | null | undefined
  return (
    typeof draft === 'object' &&
    draft !== null &&
    typeof draft.disposition === 'string' &&
    typeof draft.intent === 'string' &&
    typeof draft.isResolved === 'boolean' &&
    typeof draft.notes === 'string'
  )
}
