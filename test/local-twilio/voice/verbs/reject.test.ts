import { callOnce, eventsOf, warnings } from '../application.ts'

const status = { '/status': { status: 204, contentType: null } }

describe('a <Reject>', () => {
  test.each([
    ['<Reject/>', 'rejected', 'no-answer'],
    ['<Reject reason="busy"/>', 'busy', 'busy'],
  ])('%s refuses a call that nobody answered', async (twiml, reason, callStatus) => {
    const { result, requests } = await callOnce({ '/voice': twiml, ...status }, (url) => ({
      statusCallbackUrl: `${url}/status`,
    }))
    expect(eventsOf(result, 'reject')).toMatchObject([{ reason }])
    expect(requests[1]?.params).toMatchObject({ CallStatus: callStatus, CallDuration: '0' })
  })

  test('after the call was answered only hangs up', async () => {
    const { requests } = await callOnce({ '/voice': '<Say>Hi.</Say><Reject/>', ...status }, (url) => ({
      statusCallbackUrl: `${url}/status`,
    }))
    expect(requests[1]?.params).toMatchObject({ CallStatus: 'completed' })
  })

  test('for a reason that Twilio does not know is a plain one, with a warning', async () => {
    const { result } = await callOnce({ '/voice': '<Reject reason="spam"/>' })
    expect(eventsOf(result, 'reject')).toMatchObject([{ reason: 'rejected' }])
    expect(warnings(result)).toHaveLength(1)
  })
})
