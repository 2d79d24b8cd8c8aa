import { callOnce, errorCodes, eventsOf, heard, warnings } from './application.ts'

describe('a document', () => {
  test('passes over what is no verb, with a warning, and goes on', async () => {
    const { result } = await callOnce({
      '/voice':
        'Hello <say>No.</say><Shout loud="yes">No.</Shout><constructor/><Connect/><Leave/><Say>Yes.</Say>',
    })
    expect(heard(result)).toEqual(['Yes.'])
    expect(warnings(result)).toEqual([
      '12200 <Response> takes no text',
      '12200 <say> is not a verb',
      '12200 <Shout> is not a verb',
      '12200 <constructor> is not a verb',
      'null <Connect> is a verb that this engine does not play',
      'null <Leave> stands outside a queue and does nothing',
    ])
  })

  test('runs a verb in spite of attributes, children and text that it does not take', async () => {
    const { result } = await callOnce({
      '/voice': '<Say mood="good">Hi.<Play>x</Play></Say><Pause length="1">later</Pause>',
    })
    expect(eventsOf(result, 'pause')).toHaveLength(1)
    expect(warnings(result)).toEqual([
      '12200 <Say> has no attribute "mood"',
      '12200 <Play> is not allowed in <Say>',
      '12200 <Pause> takes no text',
    ])
  })

  test('that breaks no rule brings no warning', async () => {
    const { result } = await callOnce({
      '/voice': '<?xml-model x?> <Say voice="man" language="en-US" loop="1">Hi <break/>.</Say> <Hangup/>',
    })
    expect(warnings(result)).toEqual([])
  })

  test('that redirects to itself for ever is stopped after ten times', async () => {
    const { result, requests } = await callOnce({ '/voice': '<Redirect/>' })
    expect(requests).toHaveLength(11)
    expect(errorCodes(result)).toEqual([11215])
    expect(eventsOf(result, 'redirect')).toHaveLength(11)
  })

  test('may redirect as often as it likes as long as the caller contributes', async () => {
    const actions = Array.from({ length: 5 }, () => ({ kind: 'press', digits: '1' }) as const)
    const { result } = await callOnce(
      {
        '/voice': '<Gather numDigits="1" action="/next"/><Hangup/>',
        '/next': '<Redirect>/voice</Redirect>',
      },
      { actions, limits: { maxRedirects: 2 } },
    )
    expect(errorCodes(result)).toEqual([])
    expect(eventsOf(result, 'redirect')).toHaveLength(5)
  })

  test('is still ringing for the caller until a verb answers', async () => {
    const { requests } = await callOnce({
      '/voice': '<Redirect>/second</Redirect>',
      '/second': '<Say>Hi.</Say><Redirect>/third</Redirect>',
      '/third': '<Hangup/>',
    })
    expect(requests.map(({ params }) => params['CallStatus'])).toEqual(['ringing', 'ringing', 'in-progress'])
  })
})
