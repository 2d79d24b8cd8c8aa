import type * as Flex from '@twilio/flex-ui'
import type { Settled } from '../core/outbox.ts'
import { refusalText } from '../strings/refusal.ts'
import type { Say } from '../strings/say.ts'

/** What the agent is told of a save. `caught-up`: one that waited has landed. */
export type SaveNews = 'waits' | 'caught-up' | Settled

/** Tells the agent what became of a save, in Flex's own notification bar. */
export interface Notify {
  readonly settled: (news: SaveNews) => void
  readonly settingsProblems: (problems: readonly string[]) => void
}

const NEWS = {
  saved: ['success', 'saved'],
  kept: ['warning', 'save_kept'],
  waits: ['warning', 'save_waits'],
  'caught-up': ['success', 'save_caught_up'],
} as const

const ID = 'CallerContextNotice'

/** Registers the notification. Its text is filled in when it is shown. */
export function createNotify(
  flex: Pick<typeof Flex, 'Notifications' | 'NotificationType'>,
  strings: Record<string, unknown>,
  say: Say,
): Notify {
  const { Notifications, NotificationType } = flex
  const kinds = {
    success: NotificationType.success,
    warning: NotificationType.warning,
    error: NotificationType.error,
  }
  // FLEX fills in a template only where it knows it by a name (observed 2026-11, Flex UI 2.17.1).
  strings[ID] = '{{text}}'
  for (const [name, type] of Object.entries(kinds)) {
    Notifications.registerNotification({ id: `${ID}.${name}`, type, content: ID, timeout: 6_000 })
  }
  const show = (kind: keyof typeof kinds, text: string): void => {
    Notifications.showNotification(`${ID}.${kind}`, { text })
  }
  return {
    settled: (news) => {
      if (typeof news === 'object') {
        show('error', say.text('save_refused', { reason: refusalText(news.refused, say) }))
        return
      }
      const [kind, key] = NEWS[news]
      show(kind, say.text(key))
    },
    settingsProblems: (problems) =>
      show('warning', say.text('settings_problem', { problems: problems.join('; ') })),
  }
}
