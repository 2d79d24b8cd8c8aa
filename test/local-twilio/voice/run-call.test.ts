import { APOLOGY } from '../../../local-twilio/src/voice/run-call.ts'
import { callOnce, errorCodes, heard } from './application.ts'

const broken = { status: 500, contentType: 'text/html', body: 'oops' }

describe('a call whose application fails', () => {
  test('goes to the fallback URL with the error, and may still end well', async () => {
    const { result, requests } = await callOnce(
      { '/voice': broken, '/fallback': '<Say>We will call you back.</Say>' },
      (url) => ({ voiceUrl: `${url}/voice#rc=0`, fallbackUrl: `${url}/fallback` }),
    )
    expect(requests[1]).toMatchObject({ path: '/fallback', signed: true })
    expect(requests[1]?.params).toMatchObject({
      ErrorCode: '11200',
      ErrorUrl: expect.stringMatching(/^http:\/\/127[^#]*\/voice$/) as unknown,
    })
    expect(heard(result)).toEqual(['We will call you back.'])
    expect(errorCodes(result)).toEqual([11200])
    expect(result.outcome).toBe('completed')
  })

  test('hears the apology when the fallback fails as well', async () => {
    const { result, requests } = await callOnce({ '/voice': broken, '/fallback': broken }, (url) => ({
      fallbackUrl: `${url}/fallback`,
    }))
    expect(requests).toHaveLength(2)
    expect(errorCodes(result)).toEqual([11200, 11200])
    expect(heard(result)).toEqual([APOLOGY])
    expect(result.outcome).toBe('application-error')
  })

  test('does not go round in circles when the fallback leads back to the fault', async () => {
    const { result, requests } = await callOnce(
      { '/voice': broken, '/fallback': '<Redirect>/voice</Redirect>' },
      (url) => ({ fallbackUrl: `${url}/fallback` }),
    )
    expect(requests.map(({ path }) => path)).toEqual(['/voice', '/fallback', '/voice'])
    expect(result.outcome).toBe('application-error')
  })

  test('may fall back again after the caller has contributed', async () => {
    const { result, requests } = await callOnce(
      {
        '/voice': broken,
        '/fallback': '<Gather numDigits="1" action="/broken-too"/>',
        '/broken-too': broken,
      },
      (url) => ({ fallbackUrl: `${url}/fallback`, actions: [{ kind: 'press', digits: '1' }] }),
    )
    expect(requests.map(({ path }) => path)).toEqual(['/voice', '/fallback', '/broken-too', '/fallback'])
    expect(result.outcome).toBe('completed')
  })

  test('in the middle hears the apology after what was said before', async () => {
    const { result } = await callOnce({ '/voice': '<Say>Hi.</Say><Redirect>/gone</Redirect>' })
    expect(heard(result)).toEqual(['Hi.', APOLOGY])
  })
})
