import type * as Flex from '@twilio/flex-ui'
import type { Asked } from '../../src/core/functions-client.ts'
import { listen } from '../../src/flex/listen.ts'
import type { FlexEvents, ManagerEvents } from '../../src/flex/listen.ts'
import { createNotify } from '../../src/flex/notifications.ts'
import { panelTaskOf } from '../../src/flex/panel-task.ts'
import { createFakeFlex } from '../support/fake-flex.ts'
import type { FakeFlex } from '../support/fake-flex.ts'
import { openDesk } from '../support/desk.tsx'
import type { Answers, Desk } from '../support/desk.tsx'

const SAVED: Asked<unknown> = { answer: { status: 'saved', customer_ref: 'ref-1' } }
const DOWN: Asked<unknown> = { failure: 'unavailable', code: 'network' }

/** A voice task as Flex has it. */
function flexTask(overrides: object = {}): Flex.ITask {
  return {
    taskSid: 'WT1',
    sid: 'WR1',
    status: 'wrapping',
    taskChannelUniqueName: 'voice',
    attributes: {
      call_sid: 'CA1',
      tier: 'recognized',
      memory: 'available',
      customer_ref: 'ref-1',
      intent: 'refund',
    },
    ...overrides,
  } as unknown as Flex.ITask
}

interface Scene extends Desk {
  readonly flex: FakeFlex
  readonly finished: string[]
}

function open(
  answers: Answers,
  { popOnRing = false, storage }: { popOnRing?: boolean; storage?: Desk['storage'] } = {},
): Scene {
  const desk = openDesk(answers, storage ? { storage } : {})
  const flex = createFakeFlex()
  const finished: string[] = []
  flex.tasks.set('WT1', flexTask())
  listen(flex as unknown as FlexEvents, flex.manager as unknown as ManagerEvents, {
    ...desk.services,
    notify: createNotify(flex as unknown as typeof Flex, {}, desk.services.say),
    writer: {
      keepDraft: () => undefined,
      change: () => undefined,
      finish: async (sid) => void finished.push(sid),
    },
    settings: { popOnRing },
  })
  return { ...desk, flex, finished }
}

const settle = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const saves = ({ asked }: Desk): readonly Readonly<Record<string, string>>[] =>
  asked.filter(({ name }) => name === 'save-context').map(({ fields }) => fields)

function typeNotes({ services }: Scene, task: Flex.ITask, notes: string): void {
  const shown = panelTaskOf(task)
  if (shown) services.wrapUps.change(shown, { ...services.wrapUps.draftOf(shown), notes })
}

beforeEach(() => {
  jest.spyOn(window, 'setInterval').mockImplementation(() => 0 as never)
})
afterEach(() => {
  jest.restoreAllMocks()
})

describe('completing a task', () => {
  it('saves the wrap-up before it is completed, and says so', async () => {
    const scene = open(() => SAVED)
    typeNotes(scene, flexTask(), 'Paid on Monday')
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    expect(saves(scene)).toEqual([
      {
        call_sid: 'CA1',
        reservation_sid: 'WR1',
        task_sid: 'WT1',
        save_id: 'save-1',
        intent: 'refund',
        intent_status: 'open',
        notes: 'Paid on Monday',
      },
    ])
    expect(scene.flex.log).toEqual(['Saved for the next call.', 'CompleteTask'])
    expect(scene.finished).toEqual(['WR1'])
  })

  it('finds the task where the host sends its SID alone', async () => {
    const scene = open(() => SAVED)
    await scene.flex.Actions.invokeAction('CompleteTask', { sid: 'WT1' })
    expect(saves(scene)).toHaveLength(1)
  })

  it('leaves tasks alone that are no calls', async () => {
    const scene = open(() => SAVED)
    const chat = flexTask({ taskChannelUniqueName: 'chat', attributes: {} })
    await scene.flex.Actions.invokeAction('CompleteTask', { task: chat })
    await scene.flex.Actions.invokeAction('CompleteTask', {})
    expect(saves(scene)).toEqual([])
    expect(scene.flex.log).toEqual(['CompleteTask', 'CompleteTask'])
  })

  it('is not held up by a save that does not answer, and tells the agent both times', async () => {
    let answer: (asked: Asked<unknown>) => void = () => undefined
    const scene = open(() => new Promise((resolve) => (answer = resolve)))
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    expect(scene.flex.log).toEqual(['Not saved yet. It is kept here and tried again.', 'CompleteTask'])
    answer(SAVED)
    await settle()
    expect(scene.flex.log.at(-1)).toBe('Notes that waited are saved now.')
  })

  it('keeps what cannot be saved for the next tab, which saves it once', async () => {
    const scene = open(() => DOWN)
    typeNotes(scene, flexTask(), 'Call back')
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    scene.flex.raise('taskCompleted', flexTask())
    scene.clock.now += 600_000
    const later = open(() => SAVED, { storage: scene.storage })
    later.clock.now = scene.clock.now
    later.flex.raise('tokenUpdated')
    later.flex.raise('tokenUpdated')
    await settle()
    expect(saves(later)).toHaveLength(1)
    expect(saves(later)[0]).toMatchObject({ save_id: saves(scene)[0]?.['save_id'], notes: 'Call back' })
    expect(later.flex.log).toEqual(['Notes that waited are saved now.'])
  })

  it.each([
    ['pending', 'The memory is away. The notes are kept on the server and saved later.'],
    ['set-aside', 'The memory is away. The notes are kept on the server and saved later.'],
    ['not-kept', 'The notes were not saved: nobody knows whose call this was.'],
    ['forgotten', 'The notes were not saved: the customer was forgotten.'],
  ])('says what the server made of the wrap-up: %s', async (status, words) => {
    const scene = open(() => ({ answer: { status, customer_ref: null } }))
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    expect(scene.flex.log).toEqual([words, 'CompleteTask'])
  })

  it('that fails and is tried again is one save, and the form keeps its contents', async () => {
    const scene = open(() => SAVED)
    typeNotes(scene, flexTask(), 'Once')
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    expect(saves(scene).map(({ save_id, notes }) => [save_id, notes])).toEqual([
      ['save-1', 'Once'],
      ['save-1', 'Once'],
    ])
  })

  it('goes on although another plugin throws', async () => {
    const scene = open(() => SAVED)
    scene.flex.Actions.addListener('beforeCompleteTask', () => Promise.reject(new Error('broken')))
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    expect(scene.flex.log).toEqual(['Saved for the next call.', 'CompleteTask'])
  })

  it('takes what a plugin for dispositions wrote by then, where the agent wrote nothing', async () => {
    const scene = open(() => SAVED)
    typeNotes(scene, flexTask(), ' ')
    const { attributes } = flexTask()
    const conversations = { outcome: 'escalated', content: 'Told to wait' }
    await scene.flex.Actions.invokeAction('CompleteTask', {
      task: flexTask({ attributes: { ...(attributes as object), conversations } }),
    })
    expect(saves(scene)[0]).toMatchObject({ disposition: 'escalated', notes: 'Told to wait' })
  })
})

describe('after a transfer', () => {
  it('each agent has a wrap-up of their own', async () => {
    const scene = open(() => DOWN)
    const second = flexTask({ sid: 'WR2' })
    typeNotes(scene, flexTask(), 'first')
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    typeNotes(scene, second, 'second')
    await scene.flex.Actions.invokeAction('CompleteTask', { task: second })
    const kept = scene.services.outbox.pending().map(({ key, fields }) => [key, fields['notes']])
    expect(kept).toEqual([
      ['WR1', 'first'],
      ['WR2', 'second'],
    ])
  })

  it('the draft that the task carries is shown to its writer alone', () => {
    const { services } = open(() => SAVED)
    const draft = { reservation_sid: 'WR1', intent: 'invoice', intent_status: 'resolved', notes: 'mine' }
    const attributes = { call_sid: 'CA1', intent: 'refund', caller_context: { draft } }
    const read = (sid: string): object | undefined => {
      const task = panelTaskOf(flexTask({ sid, attributes }))
      return task && services.wrapUps.draftOf(task)
    }
    expect(read('WR1')).toEqual({ disposition: '', intent: 'invoice', isResolved: true, notes: 'mine' })
    expect(read('WR2')).toEqual({ disposition: '', intent: 'refund', isResolved: false, notes: '' })
  })
})

describe('what Agent Copilot wrote', () => {
  it('fills what the agent left empty in the form of the selected task', async () => {
    const scene = open(() => SAVED)
    scene.flex.selectedTaskSid = 'WT1'
    scene.flex.raise('notesSubmitted', {
      summary: 'Asked for a refund',
      dispositionCode: { name: 'resolved' },
    })
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    expect(saves(scene)[0]).toMatchObject({ notes: 'Asked for a refund', disposition: 'resolved' })
  })

  it('does not write over the agent', async () => {
    const scene = open(() => SAVED)
    scene.flex.selectedTaskSid = 'WT1'
    typeNotes(scene, flexTask(), 'my words')
    scene.flex.raise('notesSubmitted', { summary: 'other words' })
    await scene.flex.Actions.invokeAction('CompleteTask', { task: flexTask() })
    expect(saves(scene)[0]).toMatchObject({ notes: 'my words' })
  })
})

describe('a ringing call', () => {
  it('is selected at once only where that is set', async () => {
    const quiet = open(() => SAVED)
    quiet.flex.raise('taskReceived', flexTask({ status: 'pending' }))
    const popping = open(() => SAVED, { popOnRing: true })
    popping.flex.raise('taskReceived', flexTask({ status: 'pending' }))
    popping.flex.raise('taskReceived', flexTask({ taskChannelUniqueName: 'chat', attributes: {} }))
    await settle()
    expect(quiet.flex.log).toEqual([])
    expect(popping.flex.log).toEqual(['SelectTask'])
  })
})
