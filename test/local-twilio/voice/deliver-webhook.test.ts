import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Answer } from './application.ts'
import { callOnce, errorCodes, eventsOf, heard } from './application.ts'

const WELCOME = '<Say>Welcome.</Say>'

/** Answers with each in turn, then with the last one again. */
function inTurn(...answers: readonly Answer[]): () => Answer {
  let next = 0
  return () => answers[Math.min(next++, answers.length - 1)] ?? ''
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a webhook that cannot connect', () => {
  test('is tried twice, once more than Twilio is asked to', async () => {
    const { result } = await callOnce({}, { voiceUrl: `http://127.0.0.1:${await closedPort()}/voice` })
    expect(eventsOf(result, 'webhook')).toMatchObject([
      { attempt: 1, status: null, failure: 'the connection was refused' },
      { attempt: 2, status: null },
    ])
    expect(errorCodes(result)).toEqual([11205])
  })

  test.each([
    ['#rc=0', 1],
    ['#rc=3', 4],
    ['#rc=3&rp=5xx', 1],
    ['#rc=2&rp=ct,5xx', 3],
  ])('with %s is sent %i times', async (fragment, times) => {
    const statusCallbackUrl = `http://127.0.0.1:${await closedPort()}/status${fragment}`
    const { result } = await callOnce({ '/voice': WELCOME }, { statusCallbackUrl })
    expect(eventsOf(result, 'webhook').filter(({ purpose }) => purpose === 'status')).toHaveLength(times)
    expect(result.outcome).toBe('completed')
  })

  test('because its TLS is broken has a code of its own', async () => {
    const { result } = await callOnce({ '/voice': WELCOME }, (url) => ({
      voiceUrl: `${url.replace('http:', 'https:')}/voice#rc=0`,
    }))
    expect(errorCodes(result)).toEqual([11220])
  })

  test('because nobody shakes hands is given up after the connect timeout', async () => {
    const mute = createServer()
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const { port } = mute.address() as AddressInfo
    const { result } = await callOnce({}, { voiceUrl: `https://127.0.0.1:${port}/voice#ct=100&rc=0` })
    mute.close()
    expect(eventsOf(result, 'webhook')).toMatchObject([{ failure: 'no connection in time' }])
    expect(errorCodes(result)).toEqual([11205])
  })
})

describe('a webhook whose answer is a failure', () => {
  const serverError: Answer = { status: 503, contentType: 'text/html', body: '' }

  test('is not repeated unless the URL says so', async () => {
    const { result, requests } = await callOnce({ '/voice': inTurn(serverError, WELCOME) })
    expect(requests).toHaveLength(1)
    expect(errorCodes(result)).toEqual([11200])
  })

  test.each([
    ['5xx', serverError],
    ['4xx', { status: 429, contentType: 'text/html', body: '' }],
    ['rt', { reset: true }],
    ['all', serverError],
  ] as const)('is repeated with rp=%s, under the same idempotency token', async (policy, failure) => {
    const { result, requests } = await callOnce({ '/voice': inTurn(failure, WELCOME) }, (url) => ({
      voiceUrl: `${url}/voice#rp=${policy}`,
    }))
    expect(heard(result)).toEqual(['Welcome.'])
    expect(requests).toHaveLength(2)
    expect(requests.every(({ signed }) => signed)).toBe(true)
    const tokens = requests.map(({ headers }) => headers['i-twilio-idempotency-token'])
    expect(tokens[0]).toBe(tokens[1])
  })

  test('is repeated after a read timeout with rp=rt, within the total time', async () => {
    const slow: Answer = { body: '', delayMs: 3000 }
    const { result, requests } = await callOnce({ '/voice': inTurn(slow, WELCOME) }, (url) => ({
      voiceUrl: `${url}/voice#rt=400&rp=rt`,
    }))
    expect(requests).toHaveLength(2)
    expect(heard(result)).toEqual(['Welcome.'])
  })

  test('may take longer than connecting may', async () => {
    const { result } = await callOnce({ '/voice': { body: '<Response/>', delayMs: 200 } }, (url) => ({
      voiceUrl: `${url}/voice#ct=100&rc=0`,
    }))
    expect(errorCodes(result)).toEqual([])
  })

  test('is not repeated when the total time has run out', async () => {
    const { requests, result } = await callOnce({ '/voice': { body: '', delayMs: 3000 } }, (url) => ({
      voiceUrl: `${url}/voice#tt=100&rt=5000&rc=5&rp=all`,
    }))
    expect(requests).toHaveLength(1)
    expect(eventsOf(result, 'webhook')).toHaveLength(1)
    expect(errorCodes(result)).toEqual([11205])
  })
})

describe('a webhook that is redirected by HTTP', () => {
  test.each([
    [301, 'GET', undefined],
    [302, 'GET', undefined],
    [303, 'GET', undefined],
    [307, 'POST', '+12025550142'],
    [308, 'POST', '+12025550142'],
  ])('with %i is repeated as %s', async (status, method, from) => {
    const { result, requests } = await callOnce({
      '/voice': { status, location: '/moved/voice' },
      '/moved/voice': '<Say>Found.</Say><Redirect>next</Redirect>',
      '/moved/next': '<Hangup/>',
    })
    expect(heard(result)).toEqual(['Found.'])
    expect(requests[1]).toMatchObject({ method, path: '/moved/voice', signed: true })
    expect(requests[1]?.params['From']).toBe(from)
    expect(requests[2]?.path).toBe('/moved/next')
  })

  test('more than ten times is a fault', async () => {
    const { result, requests } = await callOnce({ '/voice': { status: 307, location: '/voice' } })
    expect(requests).toHaveLength(11)
    expect(errorCodes(result)).toEqual([11215])
  })
})
