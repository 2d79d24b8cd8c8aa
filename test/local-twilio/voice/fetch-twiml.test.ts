import type { Answer } from './application.ts'
import { callOnce, errorCodes, eventsOf, heard } from './application.ts'

const APOLOGY = 'We are sorry, an application error has occurred. Goodbye.'

/** A document of exactly this many bytes. */
function sized(bytes: number): string {
  const head = '<Response><Say>'
  const tail = '</Say></Response>'
  return `${head}${'a'.repeat(bytes - head.length - tail.length)}${tail}`
}

const faults: readonly (readonly [what: string, answer: Answer, code: number, reason: RegExp])[] = [
  ['JSON', { contentType: 'application/json', body: '{"a":1}' }, 12300, /application\/json/],
  ['plain text', { contentType: 'text/plain; charset=utf-8', body: 'Hello' }, 12300, /text\/plain/],
  ['no media type', { contentType: null, body: '<Response/>' }, 12300, /missing/],
  ['an HTML page', { contentType: 'text/html', body: '<html><body>Oops<br></html>' }, 12100, /well-formed/],
  ['a tidy HTML page', { contentType: 'text/html', body: '<html><p>Oops</p></html>' }, 12100, /root element/],
  ['an error page', { status: 502, contentType: 'text/html', body: 'Bad Gateway' }, 11200, /502/],
  ['a missing page', { status: 404, contentType: 'text/xml', body: '<Response/>' }, 11200, /404/],
  ['an empty body', { body: '' }, 12100, /empty/],
  ['no content at all', { status: 204, contentType: null }, 12100, /empty/],
  ['malformed XML', { body: '<Response><Say>Hello</Response>' }, 12100, /well-formed/],
  ['a bare ampersand', { body: '<Response><Say>Q & A</Say></Response>' }, 12100, /ampersand/],
  ['a redirect to nowhere', { status: 302 }, 11200, /redirect/],
  ['a broken connection', { reset: true }, 11200, /broke off/],
]

describe('an application that answers with', () => {
  test.each(faults)('%s makes Twilio apologise and hang up', async (_what, answer, code, reason) => {
    const { result } = await callOnce({ '/voice': answer })
    expect(eventsOf(result, 'application-error')).toMatchObject([
      { code, path: '/voice', reason: expect.stringMatching(reason) as unknown },
    ])
    expect(heard(result)).toEqual([APOLOGY])
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ by: 'twilio', reason: 'application-error' }])
    expect(result.outcome).toBe('application-error')
  })

  test.each(['text/xml', 'application/xml; charset=utf-8', 'TEXT/HTML'])(
    '%s is TwiML',
    async (contentType) => {
      const { result } = await callOnce({
        '/voice': { contentType, body: '<Response><Say>Hi.</Say></Response>' },
      })
      expect(heard(result)).toEqual(['Hi.'])
      expect(eventsOf(result, 'webhook')[0]?.twiml).toBe('<Response><Say>Hi.</Say></Response>')
    },
  )

  test('an empty <Response> ends the call without any fault', async () => {
    const { result } = await callOnce({ '/voice': '' })
    expect(result.outcome).toBe('completed')
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ by: 'twilio', reason: 'end-of-document' }])
  })

  test('audio is played to the caller, of any length, and the call ends', async () => {
    const { result } = await callOnce({ '/voice': { contentType: 'audio/mpeg', body: 'x'.repeat(100_000) } })
    expect(eventsOf(result, 'play')).toMatchObject([{ url: expect.stringMatching(/\/voice$/) as unknown }])
    expect(result.outcome).toBe('completed')
  })

  test('64 kB of TwiML is played, one byte more is not', async () => {
    const full = await callOnce({ '/voice': { body: sized(65_536) } })
    expect(errorCodes(full.result)).toEqual([])
    const over = await callOnce({ '/voice': { body: sized(65_537) } })
    expect(errorCodes(over.result)).toEqual([11750])
  })

  test('an answer that comes too late is no answer', async () => {
    const limits = { webhookTimeoutMs: 300 }
    const late = await callOnce({ '/voice': { body: '<Response/>', delayMs: 3000 } }, { limits })
    expect(errorCodes(late.result)).toEqual([11205])
    expect(late.requests).toHaveLength(1)
    const inTime = await callOnce({ '/voice': { body: '<Response/>', delayMs: 5 } }, { limits })
    expect(errorCodes(inTime.result)).toEqual([])
  })

  test('a URL that is none is reported without a request', async () => {
    const { result, requests } = await callOnce({}, { voiceUrl: 'ftp://example.com/voice' })
    expect(errorCodes(result)).toEqual([11100])
    expect(requests).toEqual([])
  })
})
