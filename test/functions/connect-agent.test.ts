import { handler as connectAgent } from '../../functions/connect-agent.protected.ts'
import { handler as queueWait } from '../../functions/queue-wait.protected.ts'
import { BUILT_IN_CALL_FLOW } from '../../src/voice/built-in-call-flow.ts'
import { installRuntime, invoke } from '../support/runtime.ts'

installRuntime()

const CONTEXT = {
  STICKY_CALLS_API_KEY: 'sk_test_0123456789',
  TWILIO_API_URL: 'http://127.0.0.1:9',
  WORKFLOW_SID: `WW${'3'.repeat(32)}`,
}
const EVENT = { CallSid: `CA${'8'.repeat(32)}`, From: '+12025550142', To: '+12025550100' }
const twimlFor = async (event: object, handler = connectAgent): Promise<string> =>
  (await invoke(handler, CONTEXT, { ...EVENT, ...event })).callbacks[0]?.body ?? ''

afterEach(() => {
  globalThis.Runtime = undefined
})

describe('the way into the queue', () => {
  test('is a task of the workflow, with a wait document and what follows', async () => {
    const twiml = await twimlFor({})
    expect(twiml).toContain(`workflowSid="WW${'3'.repeat(32)}"`)
    expect(twiml).toContain('action="/connect-agent?after=queue"')
    expect(twiml).toContain('waitUrl="/queue-wait"')
    expect(twiml).toContain('<Task priority="0">')
  })

  test.each(['error', 'system-error', 'queue-full', 'leave', 'something-new'])(
    'ends in a message when Twilio says %s',
    async (QueueResult) => {
      expect(await twimlFor({ after: 'queue', QueueResult })).toContain('<Record')
    },
  )

  test('ends in a message when the call could not be enqueued at all', async () => {
    expect(await twimlFor({ after: 'queue' })).toContain('<Record')
  })

  test.each([
    ['bridged', '<Hangup/>'],
    ['hangup', '<Response/>'],
    ['redirected', '<Response/>'],
    ['redirected-from-bridged', '<Response/>'],
  ])('asks for nothing more after %s', async (QueueResult, expected) => {
    const twiml = await twimlFor({ after: 'queue', QueueResult })
    expect(twiml).toContain(expected)
    expect(twiml).not.toContain('<Record')
  })
})

describe('the queue', () => {
  test('plays music, and after a while says that it takes longer', async () => {
    expect(await twimlFor({ QueueTime: '0' }, queueWait)).toMatch(/<Response><Play>/)
    expect(await twimlFor({ QueueTime: '45' }, queueWait)).toContain('All agents are still busy.')
  })
})

describe('the call flow of the service', () => {
  test('is the one in its asset: a closed centre takes messages', async () => {
    const closed = { ...BUILT_IN_CALL_FLOW, openingHours: { ...BUILT_IN_CALL_FLOW.openingHours, weekly: {} } }
    globalThis.Runtime = { getAssets: () => ({ '/call-flow.json': { open: () => JSON.stringify(closed) } }) }
    await jest.isolateModulesAsync(async () => {
      const { handler } = await import('../../functions/connect-agent.protected.ts')
      expect(await twimlFor({}, handler)).toContain('You are calling outside our opening hours.')
    })
  })

  test('is the one of the build when the asset cannot be read, which the log tells', async () => {
    globalThis.Runtime = { getAssets: () => ({ '/call-flow.json': { open: () => '{' } }) }
    await jest.isolateModulesAsync(async () => {
      const { handler } = await import('../../functions/connect-agent.protected.ts')
      const { callbacks, lines } = await invoke(handler, CONTEXT, EVENT)
      expect(callbacks[0]?.body).toContain('<Enqueue')
      expect(lines.join()).toContain('CM_CALL_FLOW_UNREADABLE')
    })
  })
})
