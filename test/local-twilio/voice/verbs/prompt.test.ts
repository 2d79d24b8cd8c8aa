import { callOnce, eventsOf, heard, warnings } from '../application.ts'

describe('what a caller hears', () => {
  test('of markup for the voice is only its text', async () => {
    const { result } = await callOnce({
      '/voice':
        '<Say>Your <emphasis level="strong">order</emphasis><break time="1s"/>is<p>one</p><s>two</s> <sub alias="World Wide Web">WWW</sub>.</Say>',
    })
    expect(heard(result)).toEqual(['Your order is one two World Wide Web.'])
  })

  test('takes as long as a person needs to say it, as often as it is said', async () => {
    const tenWords = 'one two three four five six seven eight nine ten'
    const once = await callOnce({ '/voice': `<Say>${tenWords}</Say>` })
    expect(once.result.durationSeconds).toBe(4)
    const thrice = await callOnce({ '/voice': `<Say loop="3">${tenWords}</Say>` })
    expect(thrice.result.durationSeconds).toBe(12)
    expect(eventsOf(thrice.result, 'say')).toMatchObject([{ loop: 3 }])
  })

  test('without end outside a <Gather> stops after a thousand times, inside one when the caller is asked', async () => {
    const outside = await callOnce({ '/voice': '<Say loop="0">One.</Say>' })
    expect(outside.result.durationSeconds).toBe(1000)
    const inside = await callOnce({ '/voice': '<Gather><Say loop="0">One.</Say></Gather>' })
    expect(inside.result.durationSeconds).toBe(6)
  })

  test('can be tones, or a recording named relative to the document', async () => {
    const { result } = await callOnce({
      '/voice': '<Play digits="12w3"/><Play loop="2">sounds/hello.mp3</Play>',
    })
    expect(eventsOf(result, 'play')).toMatchObject([
      { digits: '12w3', loop: 1 },
      { url: expect.stringMatching(/^http:\/\/127.*\/sounds\/hello.mp3$/) as unknown, loop: 2 },
    ])
  })

  test('is a pause of one second unless it says otherwise', async () => {
    const { result } = await callOnce({ '/voice': '<Pause/><Pause length="3"/>' })
    expect(eventsOf(result, 'pause').map(({ seconds }) => seconds)).toEqual([1, 3])
    expect(result.durationSeconds).toBe(4)
  })

  test('is nothing where there is nothing to say or play, with a warning', async () => {
    const { result } = await callOnce({ '/voice': '<Say> </Say><Play/><Say>End.</Say>' })
    expect(heard(result)).toEqual(['End.'])
    expect(warnings(result)).toEqual(['12200 <Say> has no text', '12200 <Play> has neither a URL nor digits'])
  })
})
