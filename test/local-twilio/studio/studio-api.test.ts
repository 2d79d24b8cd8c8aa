import twilio, { type Twilio } from 'twilio'
import { deployFlow, validateFlow } from '../../../local-twilio/src/studio/deploy/studio-api.ts'
import { createTwilioHttpClient } from '../../../src/twilio/rest-client.ts'
import { isFields } from '../../../local-twilio/src/studio/read-flow.ts'
import { ACCOUNT_SID, AUTH_TOKEN, type LocalApi, startLocalApi } from '../rest/local-client.ts'
import { filledFlow, ownFlow } from './flows.ts'

const DEFINITION = filledFlow('caller-memory', {}) as unknown as Readonly<Record<string, unknown>>

let api: LocalApi
beforeAll(async () => {
  api = await startLocalApi()
})
afterAll(() => api.server.close())

const client = (token: string = AUTH_TOKEN): Twilio =>
  twilio(ACCOUNT_SID, token, { httpClient: createTwilioHttpClient(api.server.url) })
const draft = { friendlyName: 'Caller memory', definition: DEFINITION, publish: false }

describe('a deploy', () => {
  test('makes a draft, replaces it as a whole, and publishes it on request', async () => {
    const made = await deployFlow(client(), draft)
    expect(made).toMatchObject({ ok: true, value: { status: 'draft', revision: 1 } })
    const sid = made.ok ? made.value.sid : ''
    expect(sid).toMatch(/^FW[0-9a-f]{32}$/)
    const again = await deployFlow(client(), { ...draft, sid, publish: true, commitMessage: 'second' })
    expect(again).toMatchObject({ ok: true, value: { sid, status: 'published', revision: 2 } })
    const kept = await client().studio.v2.flows(sid).fetch()
    expect(kept.commitMessage).toBe('second')
    expect(isFields(kept.definition) && kept.definition['states']).toEqual(DEFINITION['states'])
  })

  test('says where Studio refuses a definition', async () => {
    const broken = ownFlow('caller-memory')
    const [, second] = broken.states
    if (second?.transitions[0]) second.transitions[0].next = 'nowhere'
    const problems = [
      { path: '#/initial_state', message: 'a state of this name was expected' },
      { path: '#/states/1/transitions/0/next', message: 'a state of this name was expected' },
    ]
    broken.initial_state = 'start'
    expect(await deployFlow(client(), { ...draft, definition: broken })).toEqual({ ok: false, problems })
    expect(await validateFlow(client(), { ...draft, definition: broken })).toEqual({ ok: false, problems })
  })

  test.each([
    ['a wrong token', { ...draft }, 'wrong', /Twilio answered 401 .*TWILIO_AUTH_TOKEN/],
    [
      'a flow that is not there',
      { ...draft, sid: `FW${'0'.repeat(32)}` },
      AUTH_TOKEN,
      /answered 404.*no flow with this SID/,
    ],
  ])('with %s fails in one line that holds no credential', async (_title, options, token, expected) => {
    const failure = await deployFlow(client(token), options).catch((error: unknown) => error)
    expect(String(failure)).toMatch(expected)
    expect(String(failure)).not.toContain('\n')
    expect(JSON.stringify(failure)).not.toContain(AUTH_TOKEN)
  })
})

describe('a check by Studio', () => {
  test('passes a flow that is filled, and keeps nothing', async () => {
    expect(await validateFlow(client(), draft)).toEqual({ ok: true, value: undefined })
  })

  test('is weaker than the lint: it says nothing of a misspelt property', async () => {
    const misspelt = ownFlow('caller-memory')
    Object.assign(misspelt.states.at(-1)?.properties ?? {}, { sya: 'Hello' })
    expect((await validateFlow(client(), { ...draft, definition: misspelt })).ok).toBe(true)
  })
})
