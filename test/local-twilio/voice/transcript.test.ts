import type { CallerAction } from '../../../local-twilio/src/voice/caller.ts'
import { createTranscript, renderTranscript } from '../../../local-twilio/src/voice/transcript.ts'
import type { CallSetup, Route } from './application.ts'
import { callOnce } from './application.ts'

const SUPPORT: Readonly<Record<string, Route>> = {
  '/voice': `
    <Say>Welcome to our support line.</Say>
    <Gather input="dtmf speech" numDigits="1" action="/topic">
      <Say>What is your call about? Say it in a few words, or press 1 for a refund, 2 for a delivery, or 0
        to speak to an agent.</Say>
    </Gather>`,
  '/topic': `
    <Gather action="/order"><Say>Which order is it? End with the hash key.</Say></Gather>`,
  '/order': `
    <Play>https://media.example.com/tunes/hold.mp3?token=abc</Play>
    <Pause length="2"/>
    <Enqueue workflowSid="WW00000000000000000000000000000001" action="/left"><Task>{"tier":"new"}</Task></Enqueue>`,
  '/left': '<Say>Please leave a message.</Say><Record action="/kept"/>',
  '/kept': '<Say loop="2">Thank you.</Say><Dial>+12025550123</Dial><Hangup/>',
  '/status': { status: 204, contentType: null },
}

const ACTIONS: readonly CallerAction[] = [
  { kind: 'say', text: 'My refund for order 1042 has not arrived' },
  { kind: 'press', digits: '1042#' },
  { kind: 'say', text: 'Please call me back.' },
]

const silent: CallerAction = { kind: 'silent' }

const support = (url: string): CallSetup => ({
  statusCallbackUrl: `${url}/status`,
  actions: ACTIONS,
  queue: 'leave',
})

describe('a transcript', () => {
  test('reads like the call, without what the caller does not notice', async () => {
    const { result } = await callOnce(SUPPORT, support)
    expect(renderTranscript(result)).toBe(`\
  Line     Welcome to our support line.
  Line     What is your call about? Say it in a few words, or press 1 for a refund, 2 for a
           delivery, or 0 to speak to an agent.
  Line     (waits for 1 key, or speech)
  Caller   says "My refund for order 1042 has not arrived"
  Line     Which order is it? End with the hash key.
  Line     (waits for keys and #)
  Caller   presses 1042#
  Line     plays hold.mp3
  Line     (pause of 2 s)
  Twilio   puts the call into workflow WW00000000000000000000000000000001 as a task
  Twilio   takes the call out of the queue after 60 s: leave
  Line     Please leave a message.
  Line     (beep, records)
  Caller   says "Please call me back." (2 s recorded)
  Line     Thank you. (2 times)
  Twilio   dials number +12025550123: no-answer
  Line     hangs up
`)
  })

  test('shows webhooks, tasks and times when asked, within the width that it is given', async () => {
    const { result } = await callOnce(SUPPORT, support)
    const text = renderTranscript(result, { webhooks: true, tasks: true, timings: true, width: 72 })
    expect(text.replace(/ in \d+ ms/g, ' in - ms')).toBe(`\
  0:00:00  Twilio   POST /voice  200 in - ms
  0:00:00  Line     Welcome to our support line.
  0:00:02  Line     What is your call about? Say it in a few words, or
                    press 1 for a refund, 2 for a delivery, or 0 to
                    speak to an agent.
  0:00:13  Line     (waits for 1 key, or speech)
  0:00:13  Caller   says "My refund for order 1042 has not arrived"
  0:00:21  Twilio   POST /topic  200 in - ms
  0:00:21  Line     Which order is it? End with the hash key.
  0:00:25  Line     (waits for keys and #)
  0:00:25  Caller   presses 1042#
  0:00:27  Twilio   POST /order  200 in - ms
  0:00:27  Line     plays hold.mp3
  0:00:30  Line     (pause of 2 s)
  0:00:32  Twilio   puts the call into workflow
                    WW00000000000000000000000000000001 as a task with
                    the attributes {"tier":"new"}
  0:01:32  Twilio   takes the call out of the queue after 60 s: leave
  0:01:32  Twilio   POST /left  200 in - ms
  0:01:32  Line     Please leave a message.
  0:01:33  Line     (beep, records)
  0:01:33  Caller   says "Please call me back." (2 s recorded)
  0:01:40  Twilio   POST /kept  200 in - ms
  0:01:40  Line     Thank you. (2 times)
  0:01:42  Twilio   dials number +12025550123: no-answer
  0:02:12  Line     hangs up
  0:02:12  Twilio   POST /status  204 in - ms
`)
  })

  test('always shows errors, warnings and a status callback that fails', async () => {
    const { result } = await callOnce(
      {
        '/voice': '<Foo/><Gather numDigits="2" action="/gone"><Say>Two keys.</Say></Gather>',
        '/status': { status: 500, contentType: 'text/html', body: 'oops' },
      },
      (url) => ({ actions: [{ kind: 'press', digits: '1234' }], statusCallbackUrl: `${url}/status` }),
    )
    expect(renderTranscript(result)).toBe(`\
  Twilio   warning 12200: <Foo> is not a verb
  Line     Two keys.
  Line     (waits for 2 keys or #)
  Caller   presses 1234 (taken as 12)
  Twilio   error 11200 at /gone: HTTP status 404
  Line     We are sorry, an application error has occurred. Goodbye.
  Twilio   hangs up
  Twilio   the status callback failed: POST /status  500
`)
  })

  test('says what the line waits for, and what it does not take', async () => {
    const { result } = await callOnce(
      {
        '/voice': `
          <Gather input="speech"/> <Gather/> <Gather finishOnKey=""/>
          <Gather numDigits="2" finishOnKey="" input="speech dtmf"/>
          <Say loop="0">Hm.</Say> <Play digits="1"/> <Record playBeep="false"/> <Dial><Client>ada</Client></Dial>`,
      },
      { actions: [{ kind: 'press', digits: '1' }, silent, silent, silent, silent] },
    )
    expect(renderTranscript(result.events)).toBe(`\
  Line     (waits for speech)
  Caller   presses 1 (not taken)
  Line     (waits for keys and #)
  Caller   says nothing
  Line     (waits for keys)
  Caller   says nothing
  Line     (waits for 2 keys, or speech)
  Caller   says nothing
  Line     Hm. (again and again)
  Line     plays the tones 1
  Line     (records)
  Caller   says nothing
  Twilio   dials client ada: no-answer
  Twilio   hangs up (there is nothing left to do)
`)
  })

  test('is complete when the caller leaves, is refused, or stays too long', async () => {
    const left = await callOnce({ '/voice': '<Enqueue>support</Enqueue>' })
    expect(renderTranscript(left.result)).toBe(`\
  Twilio   puts the call into queue support
  Caller   hangs up
  Twilio   takes the call out of the queue after 60 s: hangup
`)
    const refused = await callOnce({ '/voice': '<Reject reason="busy"/>' })
    expect(renderTranscript(refused.result)).toBe('  Twilio   plays a busy signal\n')
    const long = await callOnce({ '/voice': '<Pause length="9"/>' }, { limits: { maxCallSeconds: 5 } })
    expect(renderTranscript(long.result)).toBe(`\
  Line     (pause of 9 s)
  Twilio   hangs up (the call has reached its longest length)
`)
  })

  test('keeps a caller from writing lines of their own', async () => {
    const { result } = await callOnce(
      { '/voice': '<Gather input="speech" action="/end"/>', '/end': '<Hangup/>' },
      { actions: [{ kind: 'say', text: 'One\n  Line     Two\u001B[2J' }] },
    )
    expect(renderTranscript(result)).toBe(`\
  Line     (waits for speech)
  Caller   says "One Line Two [2J"
  Line     hangs up
`)
  })

  test('is the same written live, event by event', async () => {
    const transcribe = createTranscript({ webhooks: true })
    const lines: string[] = []
    const { result } = await callOnce(SUPPORT, (url) => ({
      ...support(url),
      onEvent: (event) => lines.push(...transcribe(event)),
    }))
    expect(`${lines.join('\n')}\n`).toBe(renderTranscript(result, { webhooks: true }))
  })

  test('keeps every line within its width, whatever is said', async () => {
    const { result } = await callOnce({ '/voice': `<Say>${'word '.repeat(200)}</Say>` })
    for (const width of [40, 72, 100]) {
      const lines = renderTranscript(result, { width }).trimEnd().split('\n')
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
      const continued = lines.slice(1).filter((line) => line.includes('word'))
      expect(continued.every((line) => line.startsWith(' '.repeat(11)))).toBe(true)
    }
  })
})
