import * as fc from 'fast-check'
import { parseConnectionOverrides } from '../../../local-twilio/src/voice/connection-overrides.ts'

const URL_WITHOUT = 'https://example.com/voice?x=1'

describe('connection overrides', () => {
  test("are Twilio's defaults for a URL without a fragment", () => {
    expect(parseConnectionOverrides(URL_WITHOUT, 15_000)).toEqual({
      connectTimeoutMs: 5000,
      readTimeoutMs: 15_000,
      totalTimeoutMs: 15_000,
      retryCount: 1,
      retryOn: ['ct'],
    })
  })

  test('are read from the fragment', () => {
    expect(parseConnectionOverrides(`${URL_WITHOUT}#ct=1000&rt=2000&tt=9000&rc=3&rp=4xx,rt`, 15_000)).toEqual(
      {
        connectTimeoutMs: 1000,
        readTimeoutMs: 2000,
        totalTimeoutMs: 9000,
        retryCount: 3,
        retryOn: ['4xx', 'rt'],
      },
    )
  })

  test('with rp=all cover every cause', () => {
    expect(parseConnectionOverrides(`${URL_WITHOUT}#rp=all`, 15_000).retryOn).toEqual([
      '4xx',
      '5xx',
      'ct',
      'rt',
    ])
  })

  test.each(['#rc=6', '#rc=-1', '#rc=two', '#ct=99', '#ct=10001', '#tt=20000', '#rp=6xx', '#sni=n&e=dublin'])(
    'out of range or unknown (%s) change nothing',
    (fragment) => {
      expect(parseConnectionOverrides(`${URL_WITHOUT}${fragment}`, 15_000)).toEqual(
        parseConnectionOverrides(URL_WITHOUT, 15_000),
      )
    },
  )

  test('never lift the hard limit, whatever they say', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(20_000),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 15_000 }),
        (junk, a, b, hard) => {
          const overrides = parseConnectionOverrides(`${URL_WITHOUT}#tt=${a}&rt=${b}&${junk}`, hard)
          expect(overrides.totalTimeoutMs).toBeLessThanOrEqual(hard)
          expect(overrides.readTimeoutMs).toBeLessThanOrEqual(hard)
          expect(overrides.connectTimeoutMs).toBeLessThanOrEqual(hard)
          expect(overrides.retryCount).toBeLessThanOrEqual(5)
        },
      ),
    )
  })
})
