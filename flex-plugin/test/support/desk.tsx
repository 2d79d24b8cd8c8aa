import { Theme } from '@twilio-paste/core/theme'
import { render } from '@testing-library/react'
import * as React from 'react'
import { CallerContext } from '../../src/components/CallerContext.tsx'
import type { PanelServices, PanelTask } from '../../src/components/CallerContext.tsx'
import { createCallerContexts } from '../../src/core/caller-contexts.ts'
import { createDrafts } from '../../src/core/drafts.ts'
import type { Asked, FunctionsClient } from '../../src/core/functions-client.ts'
import { createOutbox } from '../../src/core/outbox.ts'
import type { OutboxStorage } from '../../src/core/outbox.ts'
import { createTabLock } from '../../src/core/tab-lock.ts'
import type { TaskChange } from '../../src/core/task-change.ts'
import { createSend, createWrapUps } from '../../src/core/wrap-ups.ts'
import { defaultDispositions } from '../../src/strings/dispositions.ts'
import { createSay } from '../../src/strings/say.ts'
import { memoryStorage } from './memory-storage.ts'

/** What a test answers for the Functions. A promise that never resolves is a Function that is slow. */
export type Answers = (
  name: string,
  fields: Readonly<Record<string, string>>,
) => Asked<unknown> | Promise<Asked<unknown>>

/** One agent's desktop without Flex: everything real but the network and the clock. */
export interface Desk {
  readonly services: PanelServices
  readonly asked: { readonly name: string; readonly fields: Readonly<Record<string, string>> }[]
  readonly copied: string[]
  readonly changes: TaskChange[]
  readonly storage: OutboxStorage
  readonly clock: { now: number }
}

/** Opens a desktop, over the storage of another one where given. */
export function openDesk(
  answers: Answers,
  { storage = memoryStorage(), mayCopy = true }: { storage?: OutboxStorage; mayCopy?: boolean } = {},
): Desk {
  const asked: Desk['asked'] = []
  const copied: string[] = []
  const changes: TaskChange[] = []
  const clock = { now: Date.parse('2026-11-20T12:00:00Z') }
  const client: FunctionsClient = {
    ask: async <Answer,>(name: string, fields: Readonly<Record<string, string>>) => {
      asked.push({ name, fields })
      return (await answers(name, fields)) as Asked<Answer>
    },
  }
  const say = createSay('en', 'UTC')
  const now = (): number => clock.now
  const outbox = createOutbox({
    storage,
    send: createSend(client),
    withLock: createTabLock('outbox', undefined),
    now,
    random: () => 0,
  })
  const dispositions = defaultDispositions(say)
  let saves = 0
  const wrapUps = createWrapUps({
    drafts: createDrafts(storage, now),
    outbox,
    dispositions,
    newSaveId: () => `save-${(saves += 1)}`,
    onDraft: () => undefined,
    pause: () => new Promise((resolve) => setTimeout(resolve, 20)),
  })
  const contexts = createCallerContexts({ client, onCorrected: (_task, change) => void changes.push(change) })
  const services: PanelServices = {
    contexts,
    wrapUps,
    outbox,
    settings: { crmUrl: 'https://crm.example.com/{customer_ref}', crmHosts: ['crm.example.com'] },
    dispositions,
    say,
    now: () => new Date(clock.now),
    copy: async (text) => {
      if (mayCopy) copied.push(text)
      return mayCopy
    },
  }
  return { services, asked, copied, changes, storage, clock }
}

/** A task of a call from somebody whom the memory recognizes. */
export const TASK: PanelTask = {
  taskSid: 'WT1',
  reservationSid: 'WR1',
  callSid: 'CA1',
  stage: 'live',
  attributes: {
    call_sid: 'CA1',
    from: '+12025550123',
    tier: 'recognized',
    memory: 'available',
    customer_ref: 'ref-1',
    identity_confidence: 0.95,
    open_intents: '[{"intent":"refund","status":"open","attempt_count":2}]',
    intent: 'refund',
  },
}

/** Draws the panel of a task as Flex would. */
export function showTask(desk: Desk, task: PanelTask = TASK, readOnly = false): ReturnType<typeof render> {
  return render(
    <Theme.Provider theme="default">
      <CallerContext task={task} services={desk.services} readOnly={readOnly} />
    </Theme.Provider>,
  )
}
