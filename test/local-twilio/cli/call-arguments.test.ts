import { CALL_HELP, readCallRequest } from '../../../local-twilio/src/cli/call-arguments.ts'
import { fictionalNumber } from '../../../local-twilio/src/cli/demo.ts'
import { readTyped } from '../../../local-twilio/src/cli/terminal-caller.ts'
import { FAULTS } from '../../../local-twilio/src/faults/fault-names.ts'
import { parseAni } from '../../../src/caller/ani.ts'
import { CallerMemoryError } from '../../../src/errors.ts'

describe('the options of npm run call', () => {
  test.each([
    [
      ['--from', '555'],
      '--from: got "555"; expected a number in E.164 such as +12025550142, or a withheld form',
    ],
    [['--from', 'client:ada'], '--from: got "client:ada"; expected a number in E.164'],
    [['--to', 'nobody'], '--to: got "nobody"; expected a number in E.164'],
    [['--stir', 'D'], '--stir: got "D"; expected one of A, B, C, failed, absent'],
    [['--press', 'one'], '--press: got "one"; expected keys: digits, * and #'],
    [['--scene', 'toString'], '--scene: got "toString"; expected one of verified, spoofed, account'],
    [['--fault', 'memory-odd'], '--fault: got "memory-odd"; expected one of memory-down, memory-slow'],
    [['--disposition', 'fine'], '--disposition: got "fine"; expected one of open, resolved, abandoned'],
    [['--form', '+12025550142'], "Unknown option '--form'"],
    [['+12025550142'], 'Unexpected argument'],
    [['--say'], "Option '--say <value>' argument missing"],
  ])('(%j) that are wrong are answered with what is expected', (args, message) => {
    const read = (): unknown => readCallRequest(args)
    expect(read).toThrow(CallerMemoryError)
    expect(read).toThrow(
      expect.objectContaining({ code: 'CM_USAGE', message: expect.stringContaining(message) }),
    )
  })

  test('keep what the caller does in the order in which it was given', () => {
    const request = readCallRequest([
      '--press',
      '9',
      '--say',
      'my bill',
      '--press',
      '1#',
      '--code',
      '--hang-up',
    ])
    expect(request?.actions).toEqual([
      { kind: 'press', digits: '9' },
      { kind: 'say', text: 'my bill' },
      { kind: 'press', digits: '1#' },
      { kind: 'enter-code' },
      { kind: 'hang-up' },
    ])
  })

  test.each([
    ['A', 'TN-Validation-Passed-A'],
    ['failed', 'TN-Validation-Failed'],
    ['absent', undefined],
  ])('turn --stir %s into what Twilio sends', (word, raw) => {
    expect(readCallRequest(['--stir', word])?.stirVerstat).toBe(raw)
  })

  test('take withheld forms as the calling number', () => {
    for (const from of ['anonymous', '+266696687']) expect(readCallRequest(['--from', from])?.from).toBe(from)
  })

  test.each([
    [[], undefined],
    [['--agent'], { closesTab: false, transfers: false }],
    [['--agent-note', 'Called back'], { note: 'Called back', closesTab: false, transfers: false }],
    [['--disposition', 'resolved'], { disposition: 'resolved', closesTab: false, transfers: false }],
    [['--close-tab', '--transfer'], { closesTab: true, transfers: true }],
  ])('(%j) say what the agent does', (args, agent) => {
    expect(readCallRequest(args)?.agent).toEqual(agent)
  })

  test('are all in the help, and so is every fault', () => {
    expect(readCallRequest(['--help'])).toBeUndefined()
    for (const { name } of FAULTS) expect(CALL_HELP).toContain(name)
  })
})

describe('a caller at the terminal', () => {
  test.each([
    ['', { kind: 'silent' }],
    [' 12# ', { kind: 'press', digits: '12#' }],
    ['Hang up', { kind: 'hang-up' }],
    ['my bill', { kind: 'say', text: 'my bill' }],
  ])('who types %p does the same on the phone', (typed, action) => {
    expect(readTyped(typed)).toEqual(action)
  })
})

test('the demo calls from numbers that belong to nobody', () => {
  for (let call = 0; call < 200; call += 1) {
    const number = fictionalNumber()
    expect(number).toMatch(/^\+1[2-9]\d{2}55501\d{2}$/)
    expect(parseAni(number)).toEqual({ kind: 'number', e164: number })
  }
})
