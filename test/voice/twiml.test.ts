import { DOMParser } from '@xmldom/xmldom'
import fc from 'fast-check'
import type { CallerContext } from '../../src/memory/caller-memory.ts'
import { greet } from '../../src/voice/greeting.ts'
import { askTopic } from '../../src/voice/menu-steps.ts'
import { renderTwiml, say } from '../../src/voice/twiml.ts'
import { askForMessage } from '../../src/voice/voicemail.ts'
import { speakerOf } from '../support/speaker.ts'

const speaker = speakerOf('en-US')
const FIRST = { asked: 0, understood: true, mayChooseLanguage: true }

function contextWith(lastIssue: string, intent: string): CallerContext {
  return {
    customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
    identity: { confidence: 0.95, level: 'very_high', sources: ['ani:mobile'], recommendation: 'reuse' },
    openIntents: [{ intent, status: 'open', attempt_count: 1 }],
    variables: { last_issue: { value: lastIssue, source: null, ttl_seconds: 60 } },
  }
}

function elementsOf(twiml: string): readonly string[] {
  const document = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`)
    },
  }).parseFromString(twiml, 'text/xml')
  return Array.from(document.getElementsByTagName('*'), (element) => element.nodeName)
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '</Say><Dial>+12025550199</Dial><Say>',
    '<speak><prosody volume="x-loud">hello</prosody></speak>',
    ']]><!--',
    '&lt;Dial&gt; &#x3C;Dial&#x3E;',
    '\u202Eevil\u0000\u0007\uD800',
    'x'.repeat(100_000),
  ),
)

describe('what Twilio is told to do', () => {
  test('stays the same three sentences and a redirect, whatever is remembered', () => {
    fc.assert(
      fc.property(hostile, hostile, (lastIssue, intent) => {
        const greeting = greet(speaker, 'recognized', contextWith(lastIssue, intent))
        const twiml = renderTwiml(speaker, [...say(greeting), { kind: 'redirect', to: '/next-step' }])
        const elements = elementsOf(twiml)
        const said = elements.slice(1, -1)
        expect(elements[0]).toBe('Response')
        expect(elements.at(-1)).toBe('Redirect')
        expect(said.length).toBeLessThanOrEqual(3)
        expect(new Set(said)).toEqual(new Set(['Say']))
        expect(twiml.length).toBeLessThan(2_000)
      }),
      { numRuns: 500 },
    )
  })

  test('would be caught if markup came through', () => {
    expect(elementsOf('<Response><Say>a</Say><Dial>b</Dial></Response>')).toContain('Dial')
  })

  test('escapes text that is no memory either', () => {
    expect(elementsOf(renderTwiml(speaker, [{ kind: 'say', text: '<Dial>1</Dial> & more' }]))).toEqual([
      'Response',
      'Say',
    ])
  })

  test('asks by key and speech, and leads on when nothing is answered', () => {
    const twiml = renderTwiml(speaker, askTopic(speaker, FIRST))
    expect(elementsOf(twiml)).toEqual(['Response', 'Gather', 'Say', 'Say', 'Redirect'])
    expect(twiml).toContain('input="dtmf speech"')
    expect(twiml).toContain('action="/next-step?asked=1"')
    expect(elementsOf(renderTwiml(speaker, askTopic(speaker, { ...FIRST, asked: 2 })))).toEqual([
      'Response',
      'Redirect',
    ])
    expect(renderTwiml(speaker, askTopic(speaker, { ...FIRST, asked: 2 }))).toContain('/connect-agent')
  })

  test('takes a message with an end, and says goodbye when there is none', () => {
    expect(elementsOf(renderTwiml(speaker, askForMessage(speaker, 'closed')))).toEqual([
      'Response',
      'Say',
      'Say',
      'Record',
      'Say',
      'Hangup',
    ])
  })
})
