import type * as Flex from '@twilio/flex-ui'
import type { Say } from '../strings/say.ts'

/** Tells the agent what became of a save, in Flex's own notification bar. */
export interface Notify {
  readonly saved: () => void
  readonly waits: () => void
  readonly caughtUp: () => void
  readonly refused: (reason: string) => void
  readonly settingsProblems: (problems: readonly string[]) => void
}

const ID = 'CallerContextNotice'

/** Registers the notification. Its text is filled in when it is shown. */
export function createNotify(flex: typeof Flex, say: Say): Notify {
  const { Notifications, NotificationType } = flex
  const kinds = {
    success: NotificationType.success,
    warning: NotificationType.warning,
    error: NotificationType.error,
  }
  for (const [name, type] of Object.entries(kinds)) {
    Notifications.registerNotification({ id: `${ID}.${name}`, type, content: '{{text}}', timeout: 6_000 })
  }
  const show = (kind: keyof typeof kinds, text: string): void => {
    Notifications.showNotification(`${ID}.${kind}`, { text })
  }
  return {
    saved: () => show('success', say.text('saved')),
    waits: () => show('warning', say.text('save_waits')),
    caughtUp: () => show('success', say.text('save_caught_up')),
    refused: (reason) => show('error', say.text('save_refused', { reason })),
    settingsProblems: (problems) =>
      show('warning', say.text('settings_problem', { problems: problems.join('; ') })),
  }
}
