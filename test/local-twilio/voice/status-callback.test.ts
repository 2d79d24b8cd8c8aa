import { callOnce } from './application.ts'

const status = { '/status': { status: 204, contentType: null } }

describe('the status callback', () => {
  test.each([
    [1, '1'],
    [60, '1'],
    [61, '2'],
  ])('of a call of %i seconds bills %s minutes', async (seconds, minutes) => {
    const { requests } = await callOnce(
      { '/voice': `<Say>Hi.</Say><Pause length="${seconds - 1}"/>`, ...status },
      (url) => ({ statusCallbackUrl: `${url}/status` }),
    )
    expect(requests[1]?.params).toMatchObject({ CallDuration: String(seconds), Duration: minutes })
  })

  test('carries the time of the clock that the call was given', async () => {
    const { requests, result } = await callOnce({ '/voice': '<Hangup/>', ...status }, (url) => ({
      statusCallbackUrl: `${url}/status`,
      clock: () => new Date('2026-11-20T10:11:12.500Z'),
    }))
    expect(requests[1]?.params['Timestamp']).toBe('Fri, 20 Nov 2026 10:11:12 +0000')
    expect(result.events.at(-1)).toMatchObject({ purpose: 'status', status: 204, elapsedMs: 0 })
  })

  test('is sent after an application error too', async () => {
    const { requests } = await callOnce({ ...status }, (url) => ({ statusCallbackUrl: `${url}/status` }))
    expect(requests.map(({ path }) => path)).toEqual(['/voice', '/status'])
    expect(requests[1]?.params).toMatchObject({ CallStatus: 'completed' })
  })

  test('is not sent for a number that has none', async () => {
    const { requests } = await callOnce({ '/voice': '<Hangup/>' })
    expect(requests).toHaveLength(1)
  })
})
