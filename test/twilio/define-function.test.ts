import { CallerMemoryError } from '../../src/errors.ts'
import { defineFunction, type FunctionDefinition } from '../../src/twilio/define-function.ts'
import type { Reply, RuntimeEvent } from '../../src/twilio/runtime.ts'
import { installRuntime, type Invocation, invoke } from '../support/runtime.ts'

installRuntime()

const FALLBACK: Reply = { status: 200, contentType: 'text/xml', body: '<Response/>' }
const EVENT = { CallSid: `CA${'6'.repeat(32)}`, From: '+12025550142' }

async function run(
  definition: Partial<FunctionDefinition<object>>,
  event: RuntimeEvent = EVENT,
): Promise<Invocation> {
  const handler = defineFunction({
    name: 'sample',
    services: () => ({}),
    answer: async () => ({ status: 204 }),
    fallback: FALLBACK,
    ...definition,
  })
  return invoke(handler, {}, event)
}

describe('a function', () => {
  test('answers with what it was made for, once', async () => {
    const { callbacks } = await run({
      answer: async () => ({ status: 200, contentType: 'text/xml', body: '<a/>' }),
    })
    expect(callbacks).toEqual([{ status: 200, contentType: 'text/xml', body: '<a/>' }])
  })

  test.each([
    ['a coded fault', new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'away'), 'CM_SESSION_UNAVAILABLE'],
    ['any other error', new TypeError('secret +12025550142'), 'CM_BUG'],
    ['something that is no error', 'secret +12025550142', 'CM_BUG'],
  ])('that throws %s answers its fallback once and logs the code alone', async (_title, thrown, code) => {
    const { callbacks, lines } = await run({ answer: () => Promise.reject(thrown) })
    expect(callbacks).toEqual([{ ...FALLBACK }])
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ function: 'sample', callSid: EVENT.CallSid, code })
    expect(lines.join()).not.toMatch(/secret|2025550142/)
  })

  test('whose services cannot be built answers its fallback', async () => {
    const services = (): never => {
      throw new CallerMemoryError('CM_CONFIG_INVALID', 'the configuration has problems')
    }
    const { callbacks, lines } = await run({ services })
    expect(callbacks).toEqual([{ ...FALLBACK }])
    expect(lines.join()).toContain('CM_CONFIG_INVALID')
  })

  test('that hangs answers its fallback after its limit', async () => {
    const { callbacks, lines } = await run({ timeoutMs: 30, answer: () => new Promise(() => {}) })
    expect(callbacks).toEqual([{ ...FALLBACK }])
    expect(lines.join()).toContain('CM_FUNCTION_TIMEOUT')
  })

  test('that fails after its limit stays silent about it', async () => {
    const answer = (): Promise<never> =>
      new Promise((_resolve, reject) => setTimeout(() => reject(new Error('too late')), 40))
    const { callbacks } = await run({ timeoutMs: 10, answer })
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(callbacks).toHaveLength(1)
  })

  test('logs no CallSid that is not one', async () => {
    const answer = (): Promise<never> => Promise.reject(new Error('x'))
    const { lines } = await run({ answer }, { CallSid: 'Ada Lovelace' })
    expect(lines.join()).not.toContain('Ada')
  })
})
