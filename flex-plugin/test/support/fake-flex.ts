import type * as Flex from '@twilio/flex-ui'

type Listener = (payload: never) => unknown

/**
 * Flex's order of things, as measured: listeners before an action run side by side and are awaited, one that throws
 * is swallowed, then comes the action, then the listeners after it (observed 2026-11, Flex UI 2.17.1).
 */
export interface FakeFlex {
  readonly Actions: {
    addListener: (name: string, listener: Listener) => void
    invokeAction: (name: string, payload?: object) => Promise<void>
  }
  readonly TaskHelper: { getTaskByTaskSid: (sid: string) => Flex.ITask }
  readonly Notifications: {
    registerNotification: (one: { id: string }) => void
    showNotification: (id: string, words: { text: string }) => void
  }
  readonly NotificationType: Readonly<Record<'success' | 'warning' | 'error', string>>
  readonly manager: {
    events: { addListener: (name: string, listener: Listener) => void }
    store: { getState: () => unknown }
  }
  /** What happened, in order: actions and notifications. */
  readonly log: string[]
  readonly raise: (event: string, payload?: unknown) => void
  readonly tasks: Map<string, Flex.ITask>
  selectedTaskSid: string | undefined
}

/** Creates a Flex without a screen. */
export function createFakeFlex(): FakeFlex {
  const actions = new Map<string, Listener[]>()
  const events = new Map<string, Listener[]>()
  const log: string[] = []
  const tasks = new Map<string, Flex.ITask>()
  const add = (map: Map<string, Listener[]>) => (name: string, listener: Listener) =>
    void map.set(name, [...(map.get(name) ?? []), listener])
  const run = async (name: string, payload: object): Promise<void> => {
    const listeners = actions.get(name) ?? []
    await Promise.all(
      listeners.map(async (listener) => listener(payload as never)).map((one) => one.catch(() => undefined)),
    )
  }
  const fake: FakeFlex = {
    Actions: {
      addListener: add(actions),
      invokeAction: async (name, payload = {}) => {
        await run(`before${name}`, payload)
        log.push(name)
        await run(`after${name}`, payload)
      },
    },
    TaskHelper: { getTaskByTaskSid: (sid) => tasks.get(sid) as Flex.ITask },
    Notifications: {
      registerNotification: () => undefined,
      showNotification: (_id, { text }) => void log.push(text),
    },
    NotificationType: { success: 'success', warning: 'warning', error: 'error' },
    manager: {
      events: { addListener: add(events) },
      store: { getState: () => ({ flex: { view: { selectedTaskSid: fake.selectedTaskSid } } }) },
    },
    log,
    raise: (event, payload) => {
      for (const listener of events.get(event) ?? []) listener(payload as never)
    },
    tasks,
    selectedTaskSid: undefined,
  }
  return fake
}
