import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks'
import { newSid } from '../../local-twilio/src/sid.ts'
import { eventually } from '../support/eventually.ts'
import {
  type LocalSystem,
  newFolder,
  removeFolder,
  startLocalSystem,
  webhooksOf,
} from '../support/local-system.ts'

const FUNCTIONS = readdirSync(join(resolve(__dirname, '../..'), 'functions'))
const PROTECTED = FUNCTIONS.filter((name) => name.endsWith('.protected.ts'))
const OPEN = FUNCTIONS.filter((name) => !name.endsWith('.protected.ts'))
const SELF_GUARDED: ReadonlySet<string> = new Set([
  'caller-context.ts',
  'correct-caller.ts',
  'health.ts',
  'retry-saves.ts',
  'save-context.ts',
])
const FROM = '+12025550142'

let system: LocalSystem
const folder = newFolder()
beforeAll(async () => {
  system = await startLocalSystem(folder)
}, 30_000)
afterAll(async () => {
  await system.stop()
  removeFolder(folder)
}, 30_000)

type Form = Readonly<Record<string, string>>

function post(path: string, form: Form, headers: Form = {}): Promise<Response> {
  return fetch(`${system.functionsUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  })
}

function signed(path: string, form: Form): Form {
  const url = `${system.functionsUrl}${path}`
  return { 'x-twilio-signature': getExpectedTwilioSignature(system.authToken, url, form) }
}

async function sessionOf(callSid: string): Promise<Record<string, unknown>> {
  const credentials = Buffer.from(`${system.accountSid}:${system.authToken}`).toString('base64')
  const url = `${system.twilioApiUrl}/sync/v1/Services/default/Documents/call-${callSid}`
  const answer = await fetch(url, { headers: { authorization: `Basic ${credentials}` } })
  return ((await answer.json()) as { data: Record<string, unknown> }).data
}

describe('the functions', () => {
  test('are protected, but for those that ask for a secret or a Flex token themselves', () => {
    expect(FUNCTIONS.length).toBeGreaterThanOrEqual(4)
    expect(OPEN.filter((name) => !SELF_GUARDED.has(name))).toEqual([])
  })

  test.each(OPEN.map((name) => `/${name.replace('.ts', '')}`))(
    'refuse a request to %s without one',
    async (path) => {
      const answer = await post(path, { CallSid: newSid('CA') }, { authorization: 'Bearer none' })
      expect(answer.status).toBe(401)
      expect(await answer.text()).toMatch(/^\{"error":"CM_\w+"\}$/)
    },
  )

  test.each(PROTECTED.map((name) => `/${name.replace('.protected.ts', '')}`))(
    'refuse a request to %s that Twilio has not signed, and answer one that it has',
    async (path) => {
      const form = { CallSid: newSid('CA'), From: FROM, To: '+12025550100', CallStatus: 'ringing' }
      const forged = { 'x-twilio-signature': Buffer.from('forged').toString('base64') }
      expect((await post(path, form)).status).toBe(403)
      expect((await post(path, form, forged)).status).toBe(403)
      expect((await post(path, { ...form, From: '+12025550199' }, signed(path, form))).status).toBe(403)
      expect((await post(path, form, signed(path, form))).ok).toBe(true)
    },
  )

  test.each(PROTECTED.map((name) => `/${name.replace('.protected.ts', '')}`))(
    'refuse a signed request to %s that is replayed with anything changed, and tell no detail',
    async (path) => {
      const form = { CallSid: newSid('CA'), From: FROM, To: '+12025550100', CallStatus: 'ringing' }
      const headers = signed(path, form)
      const json = { ...headers, 'content-type': 'application/json' }
      const url = `${system.functionsUrl}${path}`
      const replays = [
        post(`${path}?step=code`, form, headers),
        post(path, { ...form, Digits: '1' }, headers),
        post(path, { ...form, CallSid: newSid('CA') }, headers),
        post(path === '/next-step' ? '/connect-agent' : '/next-step', form, headers),
        fetch(url, { method: 'POST', headers: json, body: JSON.stringify(form) }),
        fetch(`${url}?${new URLSearchParams(form).toString()}`, { headers }),
      ]
      for (const answer of await Promise.all(replays)) {
        expect(answer.status).toBe(403)
        expect(await answer.text()).toBe('forbidden')
      }
    },
  )

  test('answer a webhook without a CallSid with something that a caller can hear', async () => {
    const form = { From: FROM }
    const answer = await post('/identify-caller', form, signed('/identify-caller', form))
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('Welcome to our support line.')
    await eventually(() => expect(system.logs()).toContain('CM_PAYLOAD_INVALID'))
  })
})

describe('the session of a call', () => {
  test('carries the customer to the end, says that the call is saved, and holds no number', async () => {
    const { callSid } = await system.call({ from: FROM, actions: [{ kind: 'say', text: 'About my refund' }] })
    const session = await sessionOf(callSid)
    expect(session).toMatchObject({ callSid, intent: 'refund', said: 'About my refund', saved: true })
    expect(session['customerRef']).toMatch(/^[0-9a-f-]{36}$/)
    expect(JSON.stringify(session)).not.toContain('2025550142')
    const next = await system.call({ from: FROM })
    expect((await sessionOf(next.callSid))['customerRef']).toBe(session['customerRef'])
  })

  test('lets a status callback come again without a second save', async () => {
    const result = await system.call({ from: FROM, actions: [{ kind: 'press', digits: '2' }] })
    const form = webhooksOf(result).at(-1)?.request ?? {}
    for (let repeat = 0; repeat < 2; repeat += 1) {
      expect((await post('/call-status', form, signed('/call-status', form))).status).toBe(204)
    }
    const count = (message: string): number =>
      system.linesOf(result.callSid).filter((line) => line.includes(`"${message}"`)).length
    await eventually(() => expect(count('call saved-before')).toBe(2))
    expect(count('call saved')).toBe(1)
  })

  test('is not written by a status callback of a call that goes on', async () => {
    const form = { CallSid: newSid('CA'), From: FROM, CallStatus: 'in-progress' }
    expect((await post('/call-status', form, signed('/call-status', form))).status).toBe(204)
    await eventually(() => expect(system.logs()).toContain('/call-status'))
    expect(system.linesOf(form.CallSid)).toEqual([])
  })
})
