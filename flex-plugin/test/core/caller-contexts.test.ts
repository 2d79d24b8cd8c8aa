import type { CallerPanelResponse } from '../../../src/flex-contract.ts'
import { createCallerContexts } from '../../src/core/caller-contexts.ts'
import type { CallerContexts } from '../../src/core/caller-contexts.ts'
import type { Asked, FunctionsClient } from '../../src/core/functions-client.ts'

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

const ANSWER: CallerPanelResponse = {
  call_sid: 'CA1',
  customer_ref: 'ref-1',
  tier: 'recognized',
  identity: { confidence: 0.95, level: 'very_high', sources: ['ani:mobile'] },
  assurance: 'none',
  verification: 'not_asked',
  attestation: null,
  forwarded: false,
  correction: null,
  memory: 'available',
  call_start: '2026-11-20T12:00:00.000Z',
  intent: 'refund',
  said: null,
  saved: false,
  customer_state: 'available',
  customer: {
    customer_ref: 'ref-1',
    created_at: '2026-01-01T00:00:00.000Z',
    last_contact_at: '2026-11-14T09:30:00.000Z',
    identity: { confidence: 0.95, level: 'very_high', sources: ['ani:mobile'], recommendation: 'reuse' },
    open_intents: [{ intent: 'refund', status: 'open', attempt_count: 3 }],
    settled_intents: [],
    variables: { name: { value: 'Ada Example', source: 'agent', ttl_seconds: 100 } },
    calls: [
      {
        call_start: '2026-11-20T12:00:00.000Z',
        call_end: null,
        duration_seconds: null,
        intent: null,
        intent_status: null,
        intents: [],
      },
      {
        call_start: '2026-11-14T09:30:00.000Z',
        call_end: '2026-11-14T09:34:00.000Z',
        duration_seconds: 240,
        intent: 'refund',
        intent_status: 'open',
        intents: [{ intent: 'refund', intent_status: 'open' }],
      },
    ],
    links: [],
    merged: [],
  },
  candidates: [],
  pending_saves: { pending: 1, set_aside: 0, more: false },
  may_forget: true,
}

interface Question {
  readonly name: string
  readonly fields: Readonly<Record<string, string>>
  readonly answer: (result: Asked<unknown>) => void
}

function desk(): { readonly contexts: CallerContexts; readonly questions: Question[] } {
  const questions: Question[] = []
  const client: FunctionsClient = {
    ask: <Answer>(name: string, fields: Readonly<Record<string, string>>) =>
      new Promise<Asked<Answer>>((resolve) => {
        questions.push({ name, fields, answer: (result) => resolve(result as Asked<Answer>) })
      }),
  }
  return { contexts: createCallerContexts(client), questions }
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
      mayForget: true,
      pendingSaves: { pending: 1, set_aside: 0, more: false },
    })
    expect(view.openMatters).toEqual([{ intent: 'refund', attempts: 3 }])
    expect(view.suggestion).toEqual({ key: 'escalate', intent: 'refund', attempts: 3 })
    expect(view.contacts).toEqual([
      { startedAt: '2026-11-14T09:30:00.000Z', durationSeconds: 240, intent: 'refund', status: 'open' },
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
    expect(contexts.read(TASK).view.kind).toBe('unavailable')
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
    expect(contexts.read(TASK).view).toMatchObject({ kind: 'new', values: [], openMatters: [], contacts: [] })
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
    expect(contexts.read(TASK).note).toEqual({ kind: 'forgotten', entries: 3 })
  })
})
