import { CustomizationProvider } from '@twilio-paste/core/customization'
import { FlexPlugin } from '@twilio/flex-plugin'
import type * as Flex from '@twilio/flex-ui'
import type { PanelServices } from './components/CallerContext.tsx'
import { createCallerContexts } from './core/caller-contexts.ts'
import { createDrafts } from './core/drafts.ts'
import { createFunctionsClient } from './core/functions-client.ts'
import { createOutbox } from './core/outbox.ts'
import { readSettings } from './core/settings.ts'
import { createTabLock } from './core/tab-lock.ts'
import { createSend, createWrapUps } from './core/wrap-ups.ts'
import { createDraftKeeper } from './flex/keep-drafts.ts'
import { listen } from './flex/listen.ts'
import { createNotify } from './flex/notifications.ts'
import { fillSlots } from './flex/slots.tsx'
import { createSay, languageOf } from './strings/say.ts'

const NAME = 'CallerContextPlugin'

/** Puts the caller context on the agent's screen, and sees to it that a wrap-up is saved. */
export class CallerContextPlugin extends FlexPlugin {
  public constructor() {
    super(NAME)
  }

  /** Called once by Flex. */
  public init(flex: typeof Flex, manager: Flex.Manager): void {
    flex.setProviders({ PasteThemeProvider: CustomizationProvider })
    const { settings, problems } = readSettings(
      customDataOf(manager)['caller_context'],
      process.env['FLEX_APP_FUNCTIONS_DOMAIN'],
    )
    const say = createSay(languageOf(settings.language, navigator.language))
    const notify = createNotify(flex, say)
    if (problems.length > 0) notify.settingsProblems(problems)
    const client = createFunctionsClient({
      origin: settings.functionsOrigin,
      token: () => manager.user.token,
      fetch: window.fetch.bind(window),
    })
    const now = (): number => Date.now()
    const outbox = createOutbox({
      storage: window.localStorage,
      send: createSend(client),
      withLock: createTabLock('caller-context.outbox', lockManager()),
      now,
      random: Math.random,
      onSettled: (job, result) => {
        if (result !== 'saved') notify.refused(result.refused)
        else if (job.attempts > 0) notify.caughtUp()
      },
    })
    const contexts = createCallerContexts(client)
    const keeper = createDraftKeeper(window.setTimeout.bind(window), window.clearTimeout.bind(window))
    const wrapUps = createWrapUps({
      drafts: createDrafts(window.localStorage, now),
      outbox,
      dispositions: settings.dispositions,
      newSaveId: () => crypto.randomUUID(),
      onDraft: ({ taskSid }, draft) => {
        const task = flex.TaskHelper.getTaskByTaskSid(taskSid)
        if (task) keeper.note(task, draft)
      },
      pause: (ms) => new Promise((resolve) => window.setTimeout(resolve, ms)),
    })
    const copy = (text: string): void => void navigator.clipboard.writeText(text).catch(() => undefined)
    const services: PanelServices = { contexts, wrapUps, settings, say, now: () => new Date(), copy }
    fillSlots(flex, services)
    listen(flex, manager, { contexts, wrapUps, outbox, notify, settings })
  }
}

/** FLEX: `custom_data` of the hosted configuration is not in the type (observed 2026-11, Flex UI 2.17.1). */
function customDataOf(manager: Flex.Manager): Readonly<Record<string, unknown>> {
  const { configuration, serviceConfiguration } = manager as unknown as Readonly<
    Record<
      'configuration' | 'serviceConfiguration',
      { readonly custom_data?: Readonly<Record<string, unknown>> } | undefined
    >
  >
  return configuration?.custom_data ?? serviceConfiguration?.custom_data ?? {}
}

function lockManager(): LockManager | undefined {
  return 'locks' in navigator ? navigator.locks : undefined
}
