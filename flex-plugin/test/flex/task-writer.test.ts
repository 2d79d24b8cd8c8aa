import type * as Flex from '@twilio/flex-ui'
import { createTaskWriter } from '../../src/flex/task-writer.ts'
import type { TaskWriter } from '../../src/flex/task-writer.ts'

const DRAFT = { disposition: 'resolved', intent: 'refund', isResolved: true, notes: 'Paid' }
const PLACE = { taskSid: 'WT1', reservationSid: 'WR1', callSid: 'CA1', attributes: {} }

interface Bench {
  readonly writer: TaskWriter
  readonly task: { attributes: object; status: string }
  readonly written: object[]
  readonly timers: Map<number, () => void>
}

function bench(): Bench {
  const written: object[] = []
  const timers = new Map<number, () => void>()
  const task = {
    status: 'wrapping',
    attributes: {
      call_sid: 'CA1',
      customer_ref: 'ref-1',
      reason: 'old',
      caller_context: '{"other":1}',
    } as object,
    setAttributes: async (attributes: object) => void written.push(attributes),
  }
  const writer = createTaskWriter({
    findTask: (sid) => (sid === 'WT1' ? (task as unknown as Flex.ITask) : undefined),
    setTimer: (work) => timers.set(timers.size + 1, work).size,
    clearTimer: (timer) => void timers.delete(timer),
  })
  return { writer, task, written, timers }
}

describe('the task', () => {
  it('carries the newest draft once the agent has paused, beside what others wrote meanwhile', async () => {
    const { writer, task, written, timers } = bench()
    writer.keepDraft(PLACE, { ...DRAFT, notes: 'Pa' })
    writer.keepDraft(PLACE, DRAFT)
    task.attributes = { ...task.attributes, conversations: { outcome: 'x' } }
    expect(timers.size).toBe(1)
    for (const work of timers.values()) work()
    expect(written).toEqual([
      {
        call_sid: 'CA1',
        customer_ref: 'ref-1',
        reason: 'old',
        conversations: { outcome: 'x' },
        caller_context: {
          other: 1,
          draft: {
            reservation_sid: 'WR1',
            intent: 'refund',
            intent_status: 'resolved',
            notes: 'Paid',
            disposition: 'resolved',
          },
        },
      },
    ])
  })

  it('is written at once when it is completed, and never after', async () => {
    const { writer, task, written, timers } = bench()
    writer.keepDraft(PLACE, DRAFT)
    await writer.finish('WR1')
    expect([written.length, timers.size]).toEqual([1, 0])
    task.status = 'completed'
    writer.keepDraft(PLACE, DRAFT)
    await writer.finish('WR1')
    await writer.finish('WR1')
    expect(written).toHaveLength(1)
  })

  it('loses what an agent ruled out, and nothing that is not ours', () => {
    const { writer, written } = bench()
    writer.change('WT1', {
      attributes: { customer_ref: 'ref-9', reason: undefined },
      ours: { correction: 'wrong_person' },
    })
    expect(written).toEqual([
      { call_sid: 'CA1', customer_ref: 'ref-9', caller_context: { other: 1, correction: 'wrong_person' } },
    ])
    writer.change('WT2', { attributes: {}, ours: {} })
    expect(written).toHaveLength(1)
  })
})
