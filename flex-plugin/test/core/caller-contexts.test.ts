import { createCallerContexts } from '../../src/core/caller-contexts.ts'
import type { CallerContexts } from '../../src/core/caller-contexts.ts'
import type { Asked, FunctionsClient } from '../../src/core/functions-client.ts'
import type { TaskChange } from '../../src/core/task-change.ts'
import { ANSWER } from '../support/answers.ts'

const TASK = {
  taskSid: 'WT1',
  attributes: {
    call_sid: 'CA1',
    tier: 'recognized',
    memory: 'available',
    customer_ref: 'ref-1',
    identity_confidence: 0.95,
    open_intents: '[{"intent":"refund","attempt_count":2}]',
  },
}

interface Question {
  readonly name: string
  readonly fields: Readonly<Record<string, string>>
  readonly answer: (result: Asked<unknown>) => void
}

interface Desk {
  readonly contexts: CallerContexts
  readonly questions: Question[]
  /** What the tasks were told to carry. */
  readonly changes: (readonly [string, TaskChange])[]
}

function desk(): Desk {
  const questions: Question[] = []
  const changes: Desk['changes'] = []
  const client: FunctionsClient = {
    ask: <Answer>(name: string, fields: Readonly<Record<string, string>>) =>
      new Promise<Asked<Answer>>((resolve) => {
        questions.push({ name, fields, answer: (result) => resolve(result as Asked<Answer>) })
      }),
  }
  const onCorrected = (taskSid: string, change: TaskChange): void => void changes.push([taskSid, change])
  return { contexts: createCallerContexts({ client, onCorrected }), questions, changes }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

describe('the store of callers', () => {
  it('shows what the task carries at once, then what the functions know', async () => {
    const { contexts, questions } = desk()
    const loading = contexts.load(TASK)
    expect(contexts.read(TASK)).toMatchObject({ live: 'loading', view: { kind: 'recognized', contacts: [] } })
    questions[0]?.answer({ answer: ANSWER })
    await loading
    const { view, live, mayForget, pendingSaves } = contexts.read(TASK)
    expect({ live, mayForget, pendingSaves }).toEqual({
      live: 'loaded',
      mayForget: false,
      pendingSaves: { pending: 0, set_aside: 0, more: false },
    })
    expect(view.openMatters).toEqual([{ intent: 'refund', attempts: 3 }])
    expect(view.suggestion).toEqual({ key: 'escalate', intent: 'refund', attempts: 3 })
    expect(view.contacts).toEqual([
      {
        startedAt: '2026-11-14T09:30:00.000Z',
        durationSeconds: 240,
        matters: [
          { intent: 'refund', status: 'open' },
          { intent: 'invoice', status: 'resolved' },
        ],
      },
    ])
  })

  it('drops an answer that comes after a newer question', async () => {
    const { contexts, questions } = desk()
    void contexts.load(TASK)
    void contexts.load(TASK)
    questions[1]?.answer({ answer: ANSWER })
    await settle()
    questions[0]?.answer({ answer: { ...ANSWER, customer: null, customer_ref: null, tier: 'new' } })
    await settle()
    expect(contexts.read(TASK).view.kind).toBe('recognized')
  })

  it('never shows the answer of one task on another', async () => {
    const { contexts, questions } = desk()
    const other = { taskSid: 'WT2', attributes: { call_sid: 'CA2', tier: 'new', memory: 'available' } }
    void contexts.load(TASK)
    void contexts.load(other)
    questions[0]?.answer({ answer: ANSWER })
    await settle()
    expect(contexts.read(other).view).toMatchObject({ kind: 'new', openMatters: [], values: [] })
  })

  it('keeps what the task carries when the functions cannot be reached, and says so', async () => {
    const { contexts, questions } = desk()
    void contexts.load(TASK)
    questions[0]?.answer({ failure: 'unavailable', code: 'network' })
    await settle()
    expect(contexts.read(TASK)).toMatchObject({ live: 'unavailable', view: { kind: 'recognized' } })
  })

  it('tells a customer who was forgotten from an outage', async () => {
    const { contexts, questions } = desk()
    const gone = { ...ANSWER, customer: null, customer_ref: null }
    void contexts.load(TASK)
    questions[0]?.answer({ answer: { ...gone, customer_state: 'forgotten' } })
    await settle()
    expect(contexts.read(TASK).view).toMatchObject({ kind: 'new', values: [], openMatters: [] })
    void contexts.load(TASK)
    questions[1]?.answer({ answer: { ...gone, customer_state: 'unavailable' } })
    await settle()
    expect(contexts.read(TASK)).toMatchObject({ live: 'unavailable', view: { kind: 'recognized' } })
  })

  it('offers the people of a shared number to choose from', async () => {
    const { contexts, questions } = desk()
    const people = ['ref-1', 'ref-2'].map((customer_ref) => ({
      customer_ref,
      confidence: 0.5,
      last_contact_at: '2026-11-14T09:30:00.000Z',
    }))
    void contexts.load(TASK)
    questions[0]?.answer({ answer: { ...ANSWER, candidates: people } })
    await settle()
    expect(contexts.read(TASK).view).toMatchObject({ kind: 'shared', suggestion: { key: 'ask_who' } })
    void contexts.correct(TASK, 'another', 'ref-2')
    expect(questions[1]?.fields).toEqual({ call_sid: 'CA1', verdict: 'another', customer_ref: 'ref-2' })
  })

  it('takes the wrong person off the screen at once, and puts them back when that failed', async () => {
    const { contexts, questions } = desk()
    void contexts.load(TASK)
    questions[0]?.answer({ answer: ANSWER })
    await settle()
    const correcting = contexts.correct(TASK, 'wrong_person')
    expect(contexts.read(TASK).view).toMatchObject({
      kind: 'unlinked',
      values: [],
      openMatters: [],
      contacts: [],
    })
    questions[1]?.answer({ failure: 'unavailable', code: 'network' })
    await correcting
    expect(contexts.read(TASK)).toMatchObject({
      note: { kind: 'failed', failure: 'unavailable' },
      view: { kind: 'recognized' },
    })
  })

  it('can undo a correction', async () => {
    const { contexts, questions } = desk()
    void contexts.correct(TASK, 'wrong_person')
    questions[0]?.answer({ answer: { customer_ref: 'ref-9', correction_id: 'c-1' } })
    await settle()
    expect(contexts.read(TASK)).toMatchObject({ correctionId: 'c-1', note: { kind: 'unlinked' } })
    void contexts.correct(TASK, 'undo')
    expect(questions.at(-1)?.fields).toEqual({ call_sid: 'CA1', verdict: 'undo', correction_id: 'c-1' })
  })

  it('counts what was erased', async () => {
    const { contexts, questions } = desk()
    void contexts.forget(TASK)
    const receipt = {
      customer_ref: 'ref-1',
      forgotten_at: '2026-11-20T12:00:00.000Z',
      counts: { calls: 2, links: 1 },
    }
    questions[0]?.answer({
      answer: { receipt, pending_saves_removed: 0, sessions_cleared: 1, complete: true },
    })
    await settle()
    expect(contexts.read(TASK).note).toEqual({
      kind: 'forgotten',
      entries: 3,
      at: '2026-11-20T12:00:00.000Z',
      complete: true,
    })
  })

  describe('after a correction', () => {
    const STRANGER = {
      ...ANSWER,
      customer_ref: 'ref-9',
      identity: null,
      customer: null,
      customer_state: 'unknown',
    } as const
    const CORRECTED = { ...STRANGER, correction: { verdict: 'wrong_person', correction_id: 'c-1' } } as const

    it('does not let the attributes or an old answer bring the person back', async () => {
      const { contexts, questions } = desk()
      void contexts.load(TASK)
      questions[0]?.answer({ answer: ANSWER })
      await settle()
      void contexts.correct(TASK, 'wrong_person')
      questions[1]?.answer({ answer: { customer_ref: 'ref-9', correction_id: 'c-1' } })
      await settle()
      questions[2]?.answer({ failure: 'unavailable', code: 'network' })
      await settle()
      const touched = { ...TASK, attributes: { ...TASK.attributes, conversations: {} } }
      expect(contexts.read(touched)).toMatchObject({
        live: 'unavailable',
        view: { kind: 'unlinked', values: [] },
      })
      void contexts.load(touched)
      questions[3]?.answer({ answer: CORRECTED })
      await settle()
      const { view, correctionId } = contexts.read(touched)
      expect(view).toMatchObject({ kind: 'unlinked', values: [], openMatters: [] })
      expect(view).not.toHaveProperty('confidence')
      expect(correctionId).toBe('c-1')
    })

    it('tells the task whose call it is now, with or without a new answer', async () => {
      const { contexts, questions, changes } = desk()
      void contexts.correct(TASK, 'wrong_person')
      questions[0]?.answer({ answer: { customer_ref: 'ref-9', correction_id: 'c-1' } })
      await settle()
      questions[1]?.answer({ failure: 'unavailable', code: 'network' })
      await settle()
      expect(changes.at(-1)).toMatchObject([
        'WT1',
        {
          attributes: { customer_ref: 'ref-9', open_intents: '[]', variables: '{}' },
          ours: { correction: 'wrong_person' },
        },
      ])
      void contexts.correct(TASK, 'undo')
      questions[2]?.answer({ answer: { customer_ref: 'ref-1', correction_id: null } })
      await settle()
      questions[3]?.answer({ answer: ANSWER })
      await settle()
      expect(changes.at(-1)).toMatchObject([
        'WT1',
        {
          attributes: {
            customer_ref: 'ref-1',
            identity_confidence: 0.95,
            variables: '{"name":"Ada Example","plan":"gold"}',
          },
          ours: { correction: undefined },
        },
      ])
    })

    it('shows who was chosen, and asks no more', async () => {
      const { contexts, questions } = desk()
      const people = ['ref-1', 'ref-2'].map((customer_ref) => ({
        customer_ref,
        confidence: 0.5,
        last_contact_at: '',
      }))
      void contexts.load(TASK)
      questions[0]?.answer({
        answer: {
          ...ANSWER,
          candidates: people,
          identity: null,
          correction: { verdict: 'another', correction_id: 'c-2' },
        },
      })
      await settle()
      expect(contexts.read(TASK)).toMatchObject({ correctionId: 'c-2', view: { kind: 'confirmed' } })
    })

    it('takes one action at a time', async () => {
      const { contexts, questions } = desk()
      void contexts.correct(TASK, 'right_person')
      void contexts.correct(TASK, 'wrong_person')
      void contexts.forget(TASK)
      expect(questions).toHaveLength(1)
      expect(contexts.read(TASK).note).toEqual({ kind: 'busy' })
    })
  })

  it('leaves nothing of a forgotten customer in the task', async () => {
    const { contexts, questions, changes } = desk()
    void contexts.forget(TASK)
    questions[0]?.answer({
      answer: {
        receipt: { customer_ref: 'ref-1', forgotten_at: '2026-11-20T12:00:00.000Z', counts: {} },
        pending_saves_removed: 0,
        sessions_cleared: 1,
        complete: false,
      },
    })
    await settle()
    expect(contexts.read(TASK)).toMatchObject({ note: { complete: false }, view: { kind: 'unlinked' } })
    questions[1]?.answer({
      answer: {
        ...ANSWER,
        tier: 'new',
        customer_ref: null,
        identity: null,
        customer: null,
        customer_state: 'unknown',
      },
    })
    await settle()
    const [, change] = changes.at(-1) ?? []
    for (const name of ['customer_ref', 'identity_confidence', 'identity_sources', 'reason', 'intent']) {
      expect(change?.attributes).toHaveProperty(name, undefined)
    }
    expect(change?.ours).toEqual({ correction: undefined, draft: undefined })
  })

  it('keeps what the task carries when the answer has another form', async () => {
    const { contexts, questions } = desk()
    void contexts.load(TASK)
    questions[0]?.answer({ answer: { tier: 'recognized' } })
    await settle()
    expect(contexts.read(TASK)).toMatchObject({ live: 'refused', view: { kind: 'recognized' } })
  })

  it('shows what it has while it is loaded again', async () => {
    const { contexts, questions } = desk()
    void contexts.load(TASK)
    questions[0]?.answer({ answer: ANSWER })
    await settle()
    void contexts.load(TASK)
    expect(contexts.read(TASK).live).toBe('loaded')
  })

  it('takes the evidence of this call, with what the network says of the number', async () => {
    const { contexts, questions } = desk()
    void contexts.load(TASK)
    questions[0]?.answer({
      answer: { ...ANSWER, assurance: 'verified', verification: 'code', attestation: 'C', forwarded: true },
    })
    await settle()
    expect(contexts.read(TASK).view).toMatchObject({
      evidence: [{ key: 'ani_mobile' }, { key: 'attestation_c' }, { key: 'forwarded' }],
      assurance: { level: 'verified', verification: 'code' },
    })
  })
})
