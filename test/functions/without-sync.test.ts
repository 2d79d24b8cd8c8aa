import twilio from 'twilio'
import { handler as callStatus } from '../../functions/call-status.protected.ts'
import { handler as connectAgent } from '../../functions/connect-agent.protected.ts'
import { handler as identifyCaller } from '../../functions/identify-caller.protected.ts'
import { handler as nextStep } from '../../functions/next-step.protected.ts'
import type { RuntimeContext } from '../../src/twilio/runtime.ts'
import { sendJson, startTestServer, type TestServer } from '../support/http-server.ts'
import { installRuntime, invoke } from '../support/runtime.ts'

installRuntime()

const EVENT = {
  CallSid: `CA${'9'.repeat(32)}`,
  From: '+12025550142',
  To: '+12025550100',
  CallStatus: 'completed',
  SpeechResult: 'About my refund',
  RecordingSid: `RE${'9'.repeat(32)}`,
}
const KNOWN = {
  customer_ref: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  identity: { confidence: 0.95, sources: [] },
  open_intents: [{ intent: 'refund', status: 'open', attempt_count: 1 }],
  variables: {},
}

let memory: TestServer
let hungSync: TestServer
beforeAll(async () => {
  memory = await startTestServer((response) => sendJson(response, 200, KNOWN))
  hungSync = await startTestServer(() => {})
})
afterAll(async () => {
  await memory.close()
  await hungSync.close()
})

/** The runtime's context with Sync at an address where it is of no use. */
function contextWith(syncUrl: string): RuntimeContext {
  return {
    STICKY_CALLS_API_URL: memory.url,
    STICKY_CALLS_API_KEY: 'sk_test_0123456789',
    TWILIO_API_URL: syncUrl,
    getTwilioClient: (options) => twilio(`AC${'9'.repeat(32)}`, 'f'.repeat(32), options),
  }
}

const NOBODY = 'http://127.0.0.1:9'

describe('a call while Sync is away', () => {
  test('greets the caller by what the memory knows', async () => {
    const { callbacks, lines } = await invoke(identifyCaller, contextWith(NOBODY), EVENT)
    expect(callbacks).toHaveLength(1)
    expect(callbacks[0]?.body).toContain('Last time, you called about a refund.')
    expect(lines.join()).toContain('CM_SESSION_UNAVAILABLE')
  })

  test('does not wait for Sync when it hangs: the greeting comes, and long before Twilio gives up', async () => {
    const startedAt = performance.now()
    const { callbacks } = await invoke(identifyCaller, contextWith(hungSync.url), EVENT)
    // 1.8 s, and room for a busy machine.
    expect(performance.now() - startedAt).toBeLessThan(2_500)
    expect(callbacks[0]?.body).toContain('Welcome back.')
  })

  test.each([
    ['next-step', nextStep, 'Thank you.'],
    ['connect-agent', connectAgent, 'We have your message'],
  ])('goes on through %s', async (_name, handler, heard) => {
    const { callbacks, lines } = await invoke(handler, contextWith(NOBODY), EVENT)
    expect(callbacks).toHaveLength(1)
    expect(callbacks[0]?.body).toContain(heard)
    expect(lines.join()).toContain('CM_SESSION_UNAVAILABLE')
  })

  test('keeps the contact by its number, and asks Twilio to tell it again', async () => {
    const before = memory.seen.length
    const { callbacks } = await invoke(callStatus, contextWith(NOBODY), EVENT)
    expect(callbacks).toEqual([{ status: 503, body: '' }])
    const [request] = memory.seen.slice(before)
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ identity_hints: { ani: EVENT.From } })
  })
})

describe('a function with a wrong configuration', () => {
  test.each([
    ['identify-caller', identifyCaller, '<Redirect method="POST">/next-step</Redirect>'],
    ['next-step', nextStep, '<Redirect method="POST">/connect-agent</Redirect>'],
    ['connect-agent', connectAgent, '<Record'],
  ])('(%s) still leads the caller on', async (_name, handler, step) => {
    const { callbacks, lines } = await invoke(handler, { MEMORY_TIMEOUT_MS: 'soon' }, EVENT)
    expect(callbacks[0]).toMatchObject({ status: 200, contentType: 'text/xml' })
    expect(callbacks[0]?.body).toContain(step)
    expect(lines.join()).toContain('CM_CONFIG_INVALID')
  })
})
