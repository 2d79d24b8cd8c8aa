import type { AgentLine, QueuedCall } from '../../../../local-twilio/src/voice/agents.ts'
import type { Caller, CallerAction } from '../../../../local-twilio/src/voice/caller.ts'
import { callOnce, eventsOf, heard } from '../application.ts'

const WORKFLOW = `WW${'3'.repeat(32)}`
const ROUTES = {
  '/voice': `<Enqueue action="/left" workflowSid="${WORKFLOW}"><Task>{"tier":"new"}</Task></Enqueue>`,
  '/left': '<Say>Good bye.</Say>',
}
const NEVER = new Promise<never>(() => {})

/** Agents who do this with a call, and what they were given. */
function agentsWho(line: Partial<AgentLine>): {
  readonly queued: QueuedCall[]
  readonly hungUp: () => number
  readonly agents: { readonly queue: (call: QueuedCall) => Promise<AgentLine> }
} {
  const queued: QueuedCall[] = []
  let hangUps = 0
  const hangUp = (): void => void (hangUps += 1)
  const queue = async (call: QueuedCall): Promise<AgentLine> => {
    queued.push(call)
    return { answered: NEVER, over: NEVER, hangUp, ...line }
  }
  return { queued, hungUp: () => hangUps, agents: { queue } }
}

const callerWho = (...actions: readonly CallerAction[]): Caller => {
  const script = actions.values()
  return {
    respond: (prompt) => {
      const next = script.next()
      return prompt.kind === 'agent' && !next.done ? Promise.resolve(next.value) : NEVER
    },
  }
}

describe('a caller whom an agent answers', () => {
  test('goes on with the action when the agent hangs up', async () => {
    const { agents, queued } = agentsWho({ answered: Promise.resolve(true), over: Promise.resolve() })
    const { result, requests } = await callOnce(ROUTES, { agents, caller: callerWho() })
    expect(queued).toMatchObject([{ workflowSid: WORKFLOW, taskAttributes: '{"tier":"new"}' }])
    expect(eventsOf(result, 'agent')).toHaveLength(1)
    expect(requests[1]?.params).toMatchObject({ QueueResult: 'bridged', CallStatus: 'in-progress' })
    expect(heard(result)).toEqual(['Good bye.'])
  })

  test('talks, hangs up, and the action is told afterwards', async () => {
    const { agents, hungUp } = agentsWho({ answered: Promise.resolve(true) })
    const caller = callerWho({ kind: 'say', text: 'My refund' }, { kind: 'hang-up' })
    const { result, requests } = await callOnce(ROUTES, { agents, caller })
    expect(eventsOf(result, 'caller')).toMatchObject([
      { action: { kind: 'say', text: 'My refund' } },
      { action: { kind: 'hang-up' } },
    ])
    expect(requests[1]?.params).toMatchObject({ QueueResult: 'bridged', CallStatus: 'completed' })
    expect(hungUp()).toBe(1)
    expect(heard(result)).toEqual([])
  })
})

describe('a caller whom nobody answers', () => {
  test('may hang up while waiting', async () => {
    const { agents, hungUp } = agentsWho({})
    const { result, requests } = await callOnce(ROUTES, { agents, caller: callerWho({ kind: 'hang-up' }) })
    expect(eventsOf(result, 'dequeue')).toMatchObject([{ result: 'hangup' }])
    expect(requests[1]?.params).toMatchObject({ QueueResult: 'hangup' })
    expect(hungUp()).toBe(1)
  })

  test('goes on with the action when the call leaves the queue', async () => {
    const { agents } = agentsWho({ answered: Promise.resolve(false), over: Promise.resolve() })
    const { result, requests } = await callOnce(ROUTES, { agents, caller: callerWho() })
    expect(requests[1]?.params).toMatchObject({ QueueResult: 'leave' })
    expect(eventsOf(result, 'agent')).toEqual([])
  })

  test('waits as ever where no agents are at all', async () => {
    const agents = { queue: async (): Promise<undefined> => undefined }
    const { result } = await callOnce(ROUTES, { agents })
    expect(eventsOf(result, 'dequeue')).toMatchObject([{ result: 'hangup', seconds: 60 }])
  })
})
