import { callOnce, eventsOf, heard, warnings } from '../application.ts'

describe('a <Dial>', () => {
  test('rings without an answer and falls through', async () => {
    const { result } = await callOnce({
      '/voice': '<Dial timeout="20"> +12025550123 </Dial><Say>Nobody is there.</Say>',
    })
    expect(eventsOf(result, 'dial')).toMatchObject([
      { targets: [{ noun: 'Number', value: '+12025550123' }], status: 'no-answer' },
    ])
    expect(heard(result)).toEqual(['Nobody is there.'])
    expect(result.durationSeconds).toBe(22)
  })

  test('tells its action how the leg ended', async () => {
    const { requests, result } = await callOnce({
      '/voice':
        '<Dial action="/dialled"><Number>+12025550123</Number><Client>ada</Client></Dial><Say>Never.</Say>',
      '/dialled': '<Hangup/>',
    })
    expect(requests[1]?.params).toMatchObject({ DialCallStatus: 'no-answer' })
    expect(requests[1]?.params['DialCallSid']).toMatch(/^CA[\da-f]{32}$/)
    expect(requests[1]?.params).not.toHaveProperty('DialCallDuration')
    expect(heard(result)).toEqual([])
    expect(eventsOf(result, 'dial')[0]?.targets).toEqual([
      { noun: 'Number', value: '+12025550123' },
      { noun: 'Client', value: 'ada' },
    ])
  })

  test('ends as the test wants it to end', async () => {
    const { requests } = await callOnce(
      { '/voice': '<Dial action="/dialled"><Queue>support</Queue></Dial>', '/dialled': '<Hangup/>' },
      { dialCallStatus: 'completed' },
    )
    expect(requests[1]?.params).toMatchObject({ DialCallStatus: 'completed', DialCallDuration: '30' })
  })

  test('that calls nobody is passed over with a warning', async () => {
    const { result } = await callOnce({ '/voice': '<Dial action="/x"><Task/></Dial><Say>On.</Say>' })
    expect(heard(result)).toEqual(['On.'])
    expect(warnings(result)).toEqual([
      '12200 <Task> is not allowed in <Dial>',
      '12200 <Dial> has nobody to call',
    ])
  })
})
