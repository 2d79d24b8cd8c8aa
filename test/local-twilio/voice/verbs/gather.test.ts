import type { CallerAction } from '../../../../local-twilio/src/voice/caller.ts'
import type { SeenRequest } from '../application.ts'
import { callOnce, eventsOf, heard, warnings } from '../application.ts'

const press = (digits: string): CallerAction => ({ kind: 'press', digits })
const say = (text: string): CallerAction => ({ kind: 'say', text })
const silent: CallerAction = { kind: 'silent' }

/** Plays one `<Gather>` to a caller. Returns what the action received, or undefined if it was not asked. */
async function gather(attributes: string, action: CallerAction): Promise<SeenRequest['params'] | undefined> {
  const { requests } = await callOnce(
    { '/voice': `<Gather action="/next" ${attributes}><Say>Well?</Say></Gather>`, '/next': '<Hangup/>' },
    { actions: [action] },
  )
  return requests.find(({ path }) => path === '/next')?.params
}

describe('keys on a <Gather>', () => {
  test.each([
    ['numDigits="1"', '1', '1'],
    ['numDigits="4"', '123456', '1234'],
    ['', '1234#', '1234'],
    ['', '12#34', '12'],
    ['', '1234', '1234'],
    ['numDigits="4"', '12#34', '12'],
    ['finishOnKey="*"', '12#3*4', '12#3'],
    ['finishOnKey=""', '12#*', '12#*'],
    ['numDigits="3"', '1-2 3', '123'],
    ['input="dtmf speech"', '7#', '7'],
  ])('with %s: pressing %s is sent as %s', async (attributes, pressed, digits) => {
    const params = await gather(attributes, press(pressed))
    expect(params).toMatchObject({ Digits: digits, CallStatus: 'in-progress' })
    expect(params).not.toHaveProperty('SpeechResult')
  })

  test.each([
    ['', '#'],
    ['', 'abc'],
    ['input="speech"', '1#'],
  ])('with %s: pressing %s counts as nothing, and the call falls through', async (attributes, pressed) => {
    expect(await gather(attributes, press(pressed))).toBeUndefined()
  })
})

describe('speech on a <Gather>', () => {
  test.each(['input="speech"', 'input="dtmf speech" speechTimeout="auto"'])(
    'with %s is sent with a confidence',
    async (input) => {
      const params = await gather(input, say('My refund, please'))
      expect(params).toMatchObject({ SpeechResult: 'My refund, please', Confidence: '0.9' })
      expect(params).not.toHaveProperty('Digits')
    },
  )

  test('is ignored by one that listens for keys only', async () => {
    expect(await gather('', say('One'))).toBeUndefined()
  })

  test('of nothing but spaces is silence', async () => {
    expect(await gather('input="speech"', say('  '))).toBeUndefined()
  })
})

describe('silence on a <Gather>', () => {
  test('falls through to the next verb after the timeout', async () => {
    const { result } = await callOnce(
      { '/voice': '<Gather timeout="7" action="/next"><Say>Well?</Say></Gather><Say>Goodbye.</Say>' },
      { actions: [silent] },
    )
    expect(heard(result)).toEqual(['Well?', 'Goodbye.'])
    // One second of "Well?", seven of silence, one of "Goodbye.".
    expect(result.durationSeconds).toBe(9)
  })

  test('goes to the action all the same with actionOnEmptyResult', async () => {
    expect(await gather('actionOnEmptyResult="true"', silent)).toMatchObject({ Digits: '' })
    expect(await gather('actionOnEmptyResult="true" input="speech"', silent)).not.toHaveProperty('Digits')
    expect(await gather('actionOnEmptyResult="false"', silent)).toBeUndefined()
  })
})

describe('a <Gather>', () => {
  test('without an action asks the current document again, with its query', async () => {
    const { requests } = await callOnce(
      { '/voice': ({ params }) => (params['Digits'] ? '<Hangup/>' : '<Gather numDigits="1"/>') },
      (url) => ({ voiceUrl: `${url}/voice?step=1`, actions: [press('3')] }),
    )
    expect(requests).toHaveLength(2)
    expect(requests[1]).toMatchObject({ path: '/voice', query: { step: '1' }, params: { Digits: '3' } })
  })

  test('says, plays and pauses before it waits, and reports how it listens', async () => {
    const { result } = await callOnce(
      {
        '/voice':
          '<Gather input="dtmf speech" numDigits="1" language="en-GB" hints="refund, order"><Say>One.</Say><Pause/><Play>a.mp3</Play></Gather>',
      },
      { actions: [silent] },
    )
    expect(result.events.map(({ kind }) => kind)).toEqual([
      'webhook',
      'say',
      'pause',
      'play',
      'gather',
      'caller',
      'hang-up',
    ])
    expect(eventsOf(result, 'gather')[0]).toMatchObject({
      input: ['dtmf', 'speech'],
      numDigits: 1,
      timeoutSeconds: 5,
      finishOnKey: '#',
      language: 'en-GB',
      hints: 'refund, order',
    })
  })

  test('does not ask a caller whose call has reached its longest length during the prompts', async () => {
    const { result } = await callOnce(
      { '/voice': '<Gather><Pause length="9"/></Gather>' },
      { actions: [press('1')], limits: { maxCallSeconds: 9 } },
    )
    expect(eventsOf(result, 'caller')).toEqual([])
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ reason: 'longest-call' }])
  })

  test('passes over what may not stand in it, with a warning', async () => {
    const { result } = await callOnce({
      '/voice': '<Gather><Say>One.</Say><Dial>+12025550101</Dial></Gather>',
    })
    expect(eventsOf(result, 'dial')).toEqual([])
    expect(warnings(result)).toEqual(['12200 <Dial> is not allowed in <Gather>'])
  })

  test('takes the default for an attribute that makes no sense, with a warning', async () => {
    const { result } = await callOnce({
      '/voice':
        '<Gather timeout="soon" numDigits="0" finishOnKey="##" input="touch" method="PUT" actionOnEmptyResult="yes"/>',
    })
    expect(eventsOf(result, 'gather')[0]).toMatchObject({
      timeoutSeconds: 5,
      finishOnKey: '#',
      input: ['dtmf'],
    })
    const named = warnings(result).map((text) => /"(\w+)"/.exec(text)?.[1])
    expect(new Set(named)).toEqual(
      new Set(['actionOnEmptyResult', 'finishOnKey', 'input', 'numDigits', 'timeout']),
    )
  })
})
