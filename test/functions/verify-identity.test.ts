import twilio from 'twilio'
import { handler as identifyCaller } from '../../functions/identify-caller.protected.ts'
import { handler as nextStep } from '../../functions/next-step.protected.ts'
import { handler as verifyIdentity } from '../../functions/verify-identity.protected.ts'
import { createFaultRegistry } from '../../local-twilio/src/faults/registry.ts'
import { createServiceFaults } from '../../local-twilio/src/faults/service-faults.ts'
import { startTwilioApi } from '../../local-twilio/src/rest/twilio-api.ts'
import { systemClock } from '../../src/clock.ts'
import type { RuntimeContext } from '../../src/twilio/runtime.ts'
import { sendJson, startTestServer, type TestServer } from '../support/http-server.ts'
import { installRuntime, invoke } from '../support/runtime.ts'

installRuntime()

const accountSid = `AC${'9'.repeat(32)}`
const authToken = 'f'.repeat(32)
const AUTHORIZATION = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
const CUSTOMER = '+12025550142'
const OURS = '+12025550100'
const NEW = { customer_ref: 'c1', identity: { confidence: 0, sources: [] }, open_intents: [], variables: {} }
const faults = createServiceFaults()
let memory: TestServer
let api: Awaited<ReturnType<typeof startTwilioApi>>
beforeAll(async () => {
  memory = await startTestServer((response) => sendJson(response, 200, NEW))
  api = await startTwilioApi({
    accountSid,
    authToken,
    clock: systemClock,
    log: () => {},
    faults: createFaultRegistry(),
    serviceFaults: faults,
  })
})
afterAll(async () => {
  await memory.close()
  await api.close()
})

function contextWith(change: object = {}): RuntimeContext {
  return {
    AUTH_TOKEN: authToken,
    STICKY_CALLS_API_URL: memory.url,
    STICKY_CALLS_API_KEY: 'sk_test_0123456789',
    TWILIO_API_URL: api.url,
    VERIFY_SERVICE_SID: `VA${'9'.repeat(32)}`,
    getTwilioClient: (options) => twilio(accountSid, authToken, options),
    ...change,
  }
}

async function codeOf(number: string): Promise<unknown> {
  const url = `${api.url}/_local/codes/${encodeURIComponent(number)}`
  return (await fetch(url, { headers: { authorization: AUTHORIZATION } })).json()
}

let calls = 0
function newCall(from = CUSTOMER, to = OURS, more: object = {}): Record<string, string> {
  calls += 1
  return { CallSid: `CA${String(calls).padStart(32, '0')}`, From: from, To: to, ...more }
}

describe('a call that we placed', () => {
  test('sends the code to the customer, who is the one called', async () => {
    const call = newCall(OURS, CUSTOMER, { Direction: 'outbound-api' })
    await invoke(identifyCaller, contextWith(), call)
    expect(JSON.parse(memory.seen.at(-1)?.body ?? '')).toMatchObject({ identity_hints: { ani: CUSTOMER } })
    await invoke(nextStep, contextWith(), { ...call, asked: '1', Digits: '1' })
    const { callbacks } = await invoke(verifyIdentity, contextWith(), call)
    expect(callbacks[0]?.body).toContain('/verify-identity?step=code')
    expect(await codeOf(CUSTOMER)).toMatchObject({ code: expect.stringMatching(/^\d{6}$/) })
    expect(await codeOf(OURS)).toMatchObject({ status: 404 })
  })
})

describe('a caller who cannot be verified', () => {
  const verify = async (call: object, change: object = {}): Promise<{ twiml: string; lines: string }> => {
    const { callbacks, lines } = await invoke(verifyIdentity, contextWith(change), call as never)
    return { twiml: callbacks[0]?.body ?? '', lines: lines.join('\n') }
  }

  test.each([
    ['withheld', newCall('anonymous'), {}],
    ['landline', newCall('+12025550181'), {}],
    ['not_configured', newCall(), { VERIFY_SERVICE_SID: 'none' }],
  ])('(%s) is led on to an agent at once', async (reason, call, change) => {
    const { twiml, lines } = await verify(call, change)
    expect(twiml).toMatch(
      /^<\?xml[^>]*><Response><Redirect method="POST">\/connect-agent<\/Redirect><\/Response>$/,
    )
    expect(lines).toContain(`"assurance":"none","verification":"${reason}"`)
  })

  test('because Verify is away is led on to an agent, too', async () => {
    faults.set('verify', '503')
    const { twiml, lines } = await verify(newCall('+12025550143'))
    faults.set('verify', 'none')
    expect(twiml).toContain('/connect-agent')
    expect(lines).toContain('"verification":"unavailable"')
  })

  test('because of a broken configuration still reaches an agent', async () => {
    expect((await verify(newCall(), { MEMORY_TIMEOUT_MS: 'soon' })).twiml).toContain('/connect-agent')
  })
})

describe('the digits of an account number', () => {
  test('stay out of the logs and, in the session, sealed', async () => {
    const call = newCall('+12025550144')
    await invoke(identifyCaller, contextWith(), call)
    await invoke(nextStep, contextWith(), { ...call, asked: '1', Digits: '5' })
    const given = await invoke(verifyIdentity, contextWith(), {
      ...call,
      step: 'account',
      answers: '1',
      Digits: '48151623',
    })
    expect(given.callbacks[0]?.body).toContain('4, 8, 1, 5, 1, 6, 2, 3')
    expect(given.lines.join()).not.toContain('48151623')
    const session = await fetch(`${api.url}/sync/v1/Services/default/Documents/call-${call['CallSid']}`, {
      headers: { authorization: AUTHORIZATION },
    })
    const kept = await session.text()
    expect(kept).toMatch(/"sealedAccount":"v1\.[\w-]+"/)
    expect(kept).not.toContain('48151623')
  })
})
