import { readConfig } from '../src/config.ts'
import { CallerMemoryError } from '../src/errors.ts'

const MINIMAL = { STICKY_CALLS_API_KEY: 'sk_test_0123456789' }

function problemsOf(environment: Record<string, unknown>): string {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof CallerMemoryError && error.code === 'CM_CONFIG_INVALID') return error.message
    throw error
  }
  return ''
}

describe('the configuration', () => {
  test('needs nothing but the key of the memory', () => {
    expect(readConfig(MINIMAL)).toMatchObject({
      stickyCallsApiUrl: 'https://api.stickycalls.com',
      memoryTimeoutMs: 1500,
      recognizedFrom: 0.9,
      twilioApiUrl: undefined,
    })
  })

  test('counts an empty text as unset', () => {
    expect(readConfig({ ...MINIMAL, MEMORY_TIMEOUT_MS: ' ' }).memoryTimeoutMs).toBe(1500)
  })

  test('lists every problem at once, each with the form that is expected', () => {
    const problems = problemsOf({
      MEMORY_TIMEOUT_MS: 'soon',
      STICKY_CALLS_API_URL: 'ftp://memory',
      TIER_LIKELY_FROM: '1.5',
      SYNC_SERVICE_SID: 'IS1',
      WORKFLOW_SID: 'WW1',
      SKIP_VERIFICATION: 'always',
    })
    expect(problems).toContain('MEMORY_TIMEOUT_MS: got "soon"; expected a whole number from 100 to 4000')
    expect(problems).toContain(
      'STICKY_CALLS_API_KEY: is not set; expected a key of 8 to 256 visible characters',
    )
    for (const name of ['STICKY_CALLS_API_URL', 'TIER_LIKELY_FROM', 'SYNC_SERVICE_SID', 'WORKFLOW_SID']) {
      expect(problems).toContain(name)
    }
  })

  test('never shows a secret', () => {
    const problems = problemsOf({ STICKY_CALLS_API_KEY: 'tiny' })
    expect(problems).toContain('got a value of 4 characters')
    expect(problems).not.toContain('tiny')
  })

  test('refuses thresholds out of order', () => {
    expect(problemsOf({ ...MINIMAL, TIER_RECOGNIZED_FROM: '0.5' })).toContain('not above the one before')
  })

  test('takes addresses without their trailing slash and without credentials', () => {
    const url = (text: string): string =>
      readConfig({ ...MINIMAL, STICKY_CALLS_API_URL: text }).stickyCallsApiUrl
    expect(url('http://127.0.0.1:4010/')).toBe('http://127.0.0.1:4010')
    expect(() => url('https://user:pass@example.com')).toThrow(CallerMemoryError)
    expect(() => url('https://example.com/?key=1')).toThrow(CallerMemoryError)
  })

  test('lets a caller ID alone unlock something only when that is chosen by name', () => {
    expect(readConfig(MINIMAL).skipVerification).toBe('attested')
    expect(readConfig({ ...MINIMAL, SKIP_VERIFICATION: 'confidence' }).skipVerification).toBe('confidence')
    expect(problemsOf({ ...MINIMAL, SKIP_VERIFICATION: 'always' })).toContain('never, attested or confidence')
  })
})
