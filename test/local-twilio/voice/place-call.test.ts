import twilio from 'twilio'
import type { Caller, CallerAction } from '../../../local-twilio/src/voice/caller.ts'
import type { CallEvent } from '../../../local-twilio/src/voice/events.ts'
import type { CallSetup } from './application.ts'
import { CALLER, SUPPORT_LINE, callOnce, eventsOf, heard } from './application.ts'

const press = (digits: string): CallerAction => ({ kind: 'press', digits })
const hangUpAndReport = (url: string): CallSetup => ({
  actions: [{ kind: 'hang-up' }],
  statusCallbackUrl: `${url}/status`,
})

describe('a call', () => {
  test('plays a document built with the twilio library from top to bottom and ends', async () => {
    const response = new twilio.twiml.VoiceResponse()
    response.say({ language: 'en-GB', voice: 'Polly.Amy' }, 'Tom & Ada <welcome> you.')
    response.pause({ length: 2 })
    response.play('https://media.example.com/jingle.mp3')
    const { result } = await callOnce({ '/voice': { body: response.toString() } })
    expect(result.events.map(({ kind }) => kind)).toEqual(['webhook', 'say', 'pause', 'play', 'hang-up'])
    expect(eventsOf(result, 'say')[0]).toMatchObject({
      text: 'Tom & Ada <welcome> you.',
      language: 'en-GB',
      voice: 'Polly.Amy',
    })
    expect(eventsOf(result, 'hang-up')[0]).toMatchObject({ by: 'twilio', reason: 'end-of-document' })
    expect(result.outcome).toBe('completed')
  })

  test('sends what Twilio sends when a call comes in', async () => {
    const { requests } = await callOnce(
      { '/voice': '<Hangup/>' },
      { stirVerstat: 'TN-Validation-Passed-A', forwardedFrom: '+12025550177' },
    )
    const [first] = requests
    expect(first?.method).toBe('POST')
    expect(first?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
    expect(first?.headers['user-agent']).toBe('TwilioProxy/1.1')
    expect(first?.headers['i-twilio-idempotency-token']).toMatch(/^\S{32}$/)
    expect(first?.params).toMatchObject({
      CallSid: `CA${'1'.repeat(32)}`,
      AccountSid: `AC${'2'.repeat(32)}`,
      From: CALLER,
      Caller: CALLER,
      To: SUPPORT_LINE,
      Called: SUPPORT_LINE,
      CallStatus: 'ringing',
      Direction: 'inbound',
      ApiVersion: '2010-04-01',
      FromCountry: 'US',
      FromCity: '',
      StirVerstat: 'TN-Validation-Passed-A',
      ForwardedFrom: '+12025550177',
    })
    expect(first?.params['CallToken']).not.toBe('')
  })

  test('leaves out what the network did not say', async () => {
    const { requests } = await callOnce({ '/voice': '<Hangup/>' }, { from: 'anonymous' })
    expect(requests[0]?.params).toMatchObject({ From: 'anonymous', FromCountry: '' })
    expect(Object.keys(requests[0]?.params ?? {})).not.toContain('StirVerstat')
    expect(Object.keys(requests[0]?.params ?? {})).not.toContain('ForwardedFrom')
  })

  test('signs every webhook so that the twilio library accepts it, whatever its URL and method', async () => {
    const { requests } = await callOnce(
      {
        '/voice': '<Say>Hi.</Say><Redirect method="GET">/second?name=O\'Brien&amp;plus=a%20b#rc=2</Redirect>',
        '/second': '<Redirect>third?x=1</Redirect>',
        '/third': '<Gather numDigits="1" action="/fourth" method="GET"/>',
        '/fourth': '<Hangup/>',
      },
      { actions: [press('1')] },
    )
    expect(requests.map(({ method, path, signed }) => `${method} ${path} ${signed}`)).toEqual([
      'POST /voice true',
      'GET /second true',
      'POST /third true',
      'GET /fourth true',
    ])
    expect(requests[1]?.query).toMatchObject({ name: "O'Brien", plus: 'a b', CallStatus: 'in-progress' })
    expect(requests[2]?.query).toEqual({ x: '1' })
    expect(requests[3]?.query).toMatchObject({ Digits: '1' })
  })

  test('is refused by the same check when it signs with another token', async () => {
    const { requests } = await callOnce({ '/voice': '<Hangup/>' }, { authToken: 'another token' })
    expect(requests[0]?.signed).toBe(false)
  })

  test('never runs what stands after a hang-up', async () => {
    const { result } = await callOnce({ '/voice': '<Say>Bye.</Say><Hangup/><Say>Still here?</Say>' })
    expect(heard(result)).toEqual(['Bye.'])
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ by: 'application', reason: 'hangup-verb' }])
  })

  test('reports its end once, also when the caller hangs up in the middle', async () => {
    const { result, requests } = await callOnce(
      {
        '/voice': '<Gather action="/next"><Say>Press a key.</Say></Gather><Say>Never heard.</Say>',
        '/status': { status: 204, contentType: null },
      },
      hangUpAndReport,
    )
    expect(heard(result)).toEqual(['Press a key.'])
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ by: 'caller', reason: 'caller-left' }])
    const status = requests.filter(({ path }) => path === '/status')
    expect(status).toHaveLength(1)
    expect(status[0]?.signed).toBe(true)
    expect(status[0]?.params).toMatchObject({
      CallStatus: 'completed',
      CallDuration: String(result.durationSeconds),
      Duration: '1',
      CallbackSource: 'call-progress-events',
      SequenceNumber: '0',
    })
    expect(status[0]?.params['Timestamp']).toMatch(
      /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/,
    )
  })

  test('completes although the status callback fails, and says so in its events', async () => {
    const { result, requests } = await callOnce(
      {
        '/voice': '<Hangup/>',
        '/status': { status: 500, contentType: 'text/html', body: 'oops' },
      },
      hangUpAndReport,
    )
    expect(result.outcome).toBe('completed')
    expect(requests.filter(({ path }) => path === '/status')).toHaveLength(1)
    expect(result.events.at(-1)).toMatchObject({ kind: 'webhook', purpose: 'status', status: 500 })
  })

  test('ends when it has lasted as long as Twilio allows', async () => {
    const { result } = await callOnce(
      { '/voice': '<Pause length="20"/><Say>Never heard.</Say>' },
      { limits: { maxCallSeconds: 10 } },
    )
    expect(heard(result)).toEqual([])
    expect(result.durationSeconds).toBe(10)
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ by: 'twilio', reason: 'longest-call' }])
  })

  test('ends by that limit too when an application asks a silent caller for ever', async () => {
    const { result, requests } = await callOnce(
      { '/voice': '<Gather timeout="10" actionOnEmptyResult="true"/>' },
      { limits: { maxCallSeconds: 60 } },
    )
    expect(requests).toHaveLength(6)
    expect(result.durationSeconds).toBe(60)
  })

  test('tells a listener every event in the order of the result', async () => {
    const seen: CallEvent[] = []
    const { result } = await callOnce(
      { '/voice': '<Say>Hello.</Say>' },
      { onEvent: (event) => seen.push(event) },
    )
    expect(seen).toEqual(result.events)
    expect(JSON.parse(JSON.stringify(seen))).toEqual(seen)
  })

  test('tells the caller what was heard since the last input, and what the line listens for', async () => {
    const prompts: unknown[] = []
    const caller: Caller = {
      respond: async (prompt) => {
        prompts.push(prompt)
        return { kind: 'press', digits: '12' }
      },
    }
    await callOnce(
      {
        '/voice': '<Say>Hello.</Say><Gather numDigits="2" action="/next"><Say>Two keys?</Say></Gather>',
        '/next': '<Gather input="speech dtmf" finishOnKey="*" action="/end"><Say>Again?</Say></Gather>',
        '/end': '<Hangup/>',
      },
      { caller },
    )
    expect(prompts).toEqual([
      { kind: 'gather', accepts: ['dtmf'], numDigits: 2, finishOnKey: '#', heard: ['Hello.', 'Two keys?'] },
      { kind: 'gather', accepts: ['dtmf', 'speech'], finishOnKey: '*', heard: ['Again?'] },
    ])
  })
})
