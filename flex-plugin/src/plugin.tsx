import { CustomizationProvider } from '@twilio-paste/core/customization'
import { FlexPlugin } from '@twilio/flex-plugin'
import type * as Flex from '@twilio/flex-ui'
import type { PanelServices } from './components/CallerContext.tsx'
import { createCallerContexts } from './core/caller-contexts.ts'
import { createDrafts } from './core/drafts.ts'
import { createFunctionsClient } from './core/functions-client.ts'
import type { FunctionsClient } from './core/functions-client.ts'
import { createLastingStorage } from './core/lasting-storage.ts'
import { createOutbox } from './core/outbox.ts'
import { readSettings } from './core/settings.ts'
import type { Settings } from './core/settings.ts'
import { createTabLock } from './core/tab-lock.ts'
import { createSend, createWrapUps } from './core/wrap-ups.ts'
import { listen } from './flex/listen.ts'
import { createNotify } from './flex/notifications.ts'
import { fillSlots } from './flex/slots.tsx'
import { createTaskWriter } from './flex/task-writer.ts'
import type { TaskWriter } from './flex/task-writer.ts'
import { defaultDispositions } from './strings/dispositions.ts'
import { createSay, languageOf } from './strings/say.ts'
import type { Say } from './strings/say.ts'

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
      givenSettings(manager),
      process.env['FLEX_APP_FUNCTIONS_DOMAIN'],
    )
    const say = createSay(
      languageOf(settings.language, manager.localization?.localeTag ?? navigator.language),
    )
    const notify = createNotify(flex, manager.strings as unknown as Record<string, unknown>, say)
    if (problems.length > 0) notify.settingsProblems(problems)
    const client = createFunctionsClient({
      origin: settings.functionsOrigin,
      token: () => manager.user.token,
      fetch: window.fetch.bind(window),
    })
    const writer = createTaskWriter({
      findTask: (taskSid) => flex.TaskHelper.getTaskByTaskSid(taskSid),
      setTimer: window.setTimeout.bind(window),
      clearTimer: window.clearTimeout.bind(window),
    })
    const services = createServices(settings, say, client, writer)
    fillSlots(flex, settings, services)
    listen(flex, manager, { ...services, notify, writer, settings })
  }
}

function createServices(
  settings: Settings,
  say: Say,
  client: FunctionsClient,
  writer: TaskWriter,
): PanelServices {
  const storage = createLastingStorage(() => window.localStorage)
  const outbox = createOutbox({
    storage,
    send: createSend(client),
    withLock: createTabLock('caller-context.outbox', 'locks' in navigator ? navigator.locks : undefined),
    now,
    random: Math.random,
  })
  const dispositions = settings.dispositions ?? defaultDispositions(say)
  const wrapUps = createWrapUps({
    drafts: createDrafts(storage, now),
    outbox,
    dispositions,
    newSaveId: () => crypto.randomUUID(),
    onDraft: writer.keepDraft,
    pause: (ms) => new Promise((resolve) => window.setTimeout(resolve, ms)),
  })
  const contexts = createCallerContexts({ client, onCorrected: writer.change })
  return { contexts, wrapUps, outbox, settings, dispositions, say, now: () => new Date(), copy: copyText }
}

function now(): number {
  return Date.now()
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

type Custom = { readonly caller_context?: unknown } | undefined

/**
 * FLEX: `custom_data` of the hosted configuration is in no type; it is `ui_attributes` of the service configuration,
 * which Flex merges into `configuration` (observed 2026-11, Flex UI 2.17.1).
 */
function givenSettings(manager: Flex.Manager): unknown {
  const { configuration, serviceConfiguration } = manager as unknown as {
    readonly configuration?: { readonly custom_data?: Custom }
    readonly serviceConfiguration?: {
      readonly custom_data?: Custom
      readonly ui_attributes?: { readonly custom_data?: Custom }
    }
  }
  const places = [
    configuration?.custom_data,
    serviceConfiguration?.ui_attributes?.custom_data,
    serviceConfiguration?.custom_data,
  ]
  return places.find((place) => place?.caller_context !== undefined)?.caller_context
}
