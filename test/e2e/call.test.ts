import { DOMParser } from '@xmldom/xmldom'
import { FAULTS } from '../../local-twilio/src/faults/fault-names.ts'
import type { CallResult } from '../../local-twilio/src/voice/events.ts'
import { eventually } from '../support/eventually.ts'
import {
  heardIn,
  type LocalSystem,
  newFolder,
  removeFolder,
  startLocalSystem,
  webhooksOf,
} from '../support/local-system.ts'

const REFUND = 'My refund for order 1042 has not arrived'
const NEUTRAL = 'Welcome to our support line.'
const FIRST_ANSWER_MS = 2_000

let system: LocalSystem
const folder = newFolder()
let calls = 0

beforeAll(async () => {
  system = await startLocalSystem(folder)
}, 30_000)

afterAll(async () => {
  await system.stop()
  removeFolder(folder)
}, 30_000)

/** A fictional number that has not called in this file yet. */
function newCaller(): string {
  calls += 1
  return `+1${200 + calls}55501${String(calls % 100).padStart(2, '0')}`
}

const greetingOf = (result: CallResult): string => {
  const heard = heardIn(result)
  return heard
    .slice(
      0,
      heard.findIndex((text) => /^(Please say|Press 1 to go on)/.test(text)),
    )
    .join(' ')
}

async function firstCallAbout(from: string, text: string): Promise<void> {
  const result = await system.call({ from, actions: [{ kind: 'say', text }] })
  expect(greetingOf(result)).toBe(NEUTRAL)
  expect(webhooksOf(result).at(-1)).toMatchObject({ purpose: 'status', status: 204 })
}

describe('a caller who calls again', () => {
  test('is greeted with what the first call was about', async () => {
    const from = newCaller()
    await firstCallAbout(from, REFUND)
    const second = await system.call({ from })
    expect(greetingOf(second)).toBe(
      `Welcome back. Last time, you called about a refund. You told us: ${REFUND}.`,
    )
    expect(second.outcome).toBe('completed')
  })

  test('is remembered by the key they pressed, too', async () => {
    const from = newCaller()
    await system.call({ from, actions: [{ kind: 'press', digits: '1' }] })
    expect(greetingOf(await system.call({ from }))).toBe(
      'Welcome back. Last time, you called about your bill.',
    )
  })

  test('is told nothing when the network disowns the number', async () => {
    const from = newCaller()
    await firstCallAbout(from, REFUND)
    const spoofed = await system.call({ from, stirVerstat: 'TN-Validation-Failed' })
    expect(greetingOf(spoofed)).toBe(`${NEUTRAL} It looks as if you may have called before.`)
  })

  test('is not confused with somebody on another number', async () => {
    await firstCallAbout(newCaller(), REFUND)
    expect(greetingOf(await system.call({ from: newCaller() }))).toBe(NEUTRAL)
  })
})

describe('the menu', () => {
  test('asks a silent caller twice and then leads on to a message', async () => {
    const result = await system.call({ from: newCaller() })
    const heard = heardIn(result)
    expect(heard.filter((text) => text.startsWith('Please say'))).toHaveLength(2)
    expect(result.events.some(({ kind }) => kind === 'record')).toBe(true)
    expect(result.outcome).toBe('completed')
  })

  test('says so when it does not know a key, and asks again', async () => {
    const result = await system.call({ from: newCaller(), actions: [{ kind: 'press', digits: '7' }] })
    expect(heardIn(result)).toContain('I did not understand that.')
  })

  test('is survived by a caller who hangs up in it', async () => {
    const from = newCaller()
    const result = await system.call({ from, actions: [{ kind: 'hang-up' }] })
    expect(webhooksOf(result).filter(({ purpose }) => purpose === 'status')).toHaveLength(1)
    expect(greetingOf(await system.call({ from }))).toBe('Welcome back.')
  })
})

const WITHHELD = [
  'anonymous',
  'Restricted',
  'UNAVAILABLE',
  'unknown',
  '+266696687',
  '+7378742833',
  '+86282452253',
  '',
]

describe('a withheld caller', () => {
  test.each(WITHHELD)('who appears as %p never gets the context of another', async (from) => {
    for (const text of [REFUND, 'A question about my invoice']) {
      const result = await system.call({ from, actions: [{ kind: 'say', text }] })
      expect(greetingOf(result)).toBe(NEUTRAL)
      expect(webhooksOf(result).at(-1)).toMatchObject({ purpose: 'status', status: 204 })
    }
  })

  test('is neither looked up nor kept, while a number is', async () => {
    const logged = async (from: string): Promise<string> => {
      const { callSid } = await system.call({ from })
      await eventually(() => expect(system.linesOf(callSid).join('\n')).toMatch(/"call (?:saved|nobody)"/))
      return system.linesOf(callSid).join('\n')
    }
    expect(await logged('anonymous')).toMatch(/"memory":"not_asked"[\s\S]*"call nobody"/)
    expect(await logged(newCaller())).toMatch(/"memory":"available"[\s\S]*"call saved"/)
  })
})

const CODES: Readonly<Record<string, string>> = {
  'memory-down': 'CM_MEMORY_UNAVAILABLE',
  'memory-slow': 'CM_MEMORY_TIMEOUT',
  'memory-401': 'CM_MEMORY_UNAUTHORIZED',
  'memory-402': 'CM_MEMORY_QUOTA',
  'memory-409': 'CM_MEMORY_CONFLICT',
  'memory-429': 'CM_MEMORY_RATE_LIMITED',
  'memory-500': 'CM_MEMORY_UNAVAILABLE',
  'memory-503': 'CM_MEMORY_UNAVAILABLE',
}

describe('a new caller whose memory fails', () => {
  test.each(FAULTS.map(({ name }) => name))(
    '(%s) hears the neutral greeting in time, goes on, and is known on the next call',
    async (fault) => {
      const from = newCaller()
      const broken = await system.call({ from, fault, actions: [{ kind: 'press', digits: '2' }] })
      const [first] = webhooksOf(broken)
      expect(first).toMatchObject({ status: 200, contentType: expect.stringContaining('xml') })
      expect(first?.elapsedMs).toBeLessThan(FIRST_ANSWER_MS)
      expect(greetingOf(broken)).toBe(NEUTRAL)
      expect(broken.outcome).toBe('completed')
      expect(broken.events.some(({ kind }) => kind === 'record')).toBe(true)
      // The save is kept, and waits; what the memory refuses for good is set aside for a person.
      expect(webhooksOf(broken).at(-1)).toMatchObject({ purpose: 'status', status: 204 })
      await eventually(() => {
        const lines = system.linesOf(broken.callSid).join('\n')
        expect(lines).toContain(`"code":"${CODES[fault] ?? 'CM_MEMORY_GARBLED'}"`)
      })
      expect(greetingOf(await system.call({ from }))).toContain('Last time, you called about')
    },
    15_000,
  )
})

const HOSTILE = [
  '</Say><Dial>+12025550199</Dial><Say>',
  '<speak><break time="10s"/>refund</speak>',
  '&lt;Dial&gt;+12025550199&lt;/Dial&gt;',
  '{{widgets.identify.parsed.key}} ${context.AUTH_TOKEN}',
  '\u202Edesrever si siht\u202C refund \u0007\u0000\u001B[31m',
  ']]></Say><Hangup/>',
  'refund '.repeat(14_000),
]

describe('hostile words that are remembered', () => {
  test.each(HOSTILE.map((text) => [text.slice(0, 40), text]))(
    '(%j) are spoken as text or not at all',
    async (_, text) => {
      const from = newCaller()
      await system.call({ from, actions: [{ kind: 'say', text }] })
      const second = await system.call({ from })
      const twiml = webhooksOf(second)[0]?.twiml ?? ''
      const document = new DOMParser().parseFromString(twiml, 'text/xml')
      const names = Array.from(document.getElementsByTagName('*'), ({ nodeName }) => nodeName)
      expect(new Set(names)).toEqual(new Set(['Response', 'Say', 'Redirect']))
      expect(greetingOf(second)).toMatch(/^Welcome back\./)
      expect(greetingOf(second)).not.toMatch(/[<>{}\\\p{C}]/u)
      expect(greetingOf(second).length).toBeLessThan(400)
    },
  )
})

describe('what is written down', () => {
  test('holds no number, no word of a caller and no secret, over every call of this file', () => {
    const logs = system.logs()
    expect(logs.split('\n').length).toBeGreaterThan(200)
    expect(logs).not.toMatch(/\+?1\d{3}55501\d\d/)
    expect(logs).not.toMatch(/order 1042|invoice|Dial|desrever/i)
    expect(logs).not.toContain(system.authToken)
    expect(logs).not.toMatch(/sk_test_|Bearer|Basic /)
  })

  test('would show them if they were there', () => {
    expect(`{"from":"+12025550142"}`).toMatch(/\+?1\d{3}55501\d\d/)
  })
})
