import * as fc from 'fast-check'
import { flowOf } from '../../../../local-twilio/src/studio/read-flow.ts'
import { lintFlow } from '../../../../local-twilio/src/studio/lint/lint-flow.ts'
import { contractName } from '../../../../local-twilio/src/studio/lint/contract-schema.ts'
import { CONTRACTS, findingsIn, flowWith, ownFlow, split, widget } from '../flows.ts'
import { DEFECTS_OF_FORM } from './defects-of-form.ts'
import { DEFECTS_OF_MEANING } from './defects-of-meaning.ts'

const say = (name: string, text: string, next?: string): ReturnType<typeof widget> =>
  widget(name, 'say-play', { say: text }, { audioComplete: next })
const rulesIn = (value: unknown): readonly string[] => findingsIn(value).map(({ rule }) => rule)

describe("the project's flows", () => {
  test.each(['caller-memory', 'caller-memory-no-code'])('%s has no finding', (name) => {
    expect(findingsIn(ownFlow(name))).toEqual([])
  })

  test('are held against the contracts of what they ask', () => {
    expect([...CONTRACTS.keys()].sort()).toEqual(['confirm-caller', 'get-caller-context', 'v1-calls-start'])
  })
})

describe('a seeded defect', () => {
  test.each([...DEFECTS_OF_FORM, ...DEFECTS_OF_MEANING])(
    'is found: $title ($rule)',
    ({ seed, rule, widget: name }) => {
      const flow = ownFlow('caller-memory')
      expect(findingsIn(flow)).toEqual([])
      seed(flow)
      const found = findingsIn(flow)
      const named = name === undefined ? found : found.filter((one) => one.widget === name)
      expect(named.map((one) => one.rule)).toContain(rule)
      for (const { why, mend } of found) expect([why, mend].every((text) => text.length > 3)).toBe(true)
    },
  )

  test('in the flow without code is found: a number compared as it came', () => {
    const flow = ownFlow('caller-memory-no-code')
    const text = JSON.stringify(flow).replaceAll(' | plus: 0', '')
    expect(rulesIn(JSON.parse(text))).toEqual(['numeric-split'])
  })
})

describe('the lint', () => {
  test('says what was meant by a misspelt name', () => {
    const ask = widget(
      'ask',
      'gather-input-on-call',
      { say: '', num_digits: 1, hnts: 'a' },
      { keypress: 'ask' },
    )
    const mends = findingsIn(flowWith(ask)).flatMap(({ rule, mend }) =>
      rule === 'unknown-property' ? [mend] : [],
    )
    expect(mends).toEqual(['write "number_of_digits"', 'write "hints"'])
  })

  test('takes a loop that is counted and left', () => {
    const looping = (value: string): unknown =>
      flowWith(
        say('tell', 'Hello', 'count'),
        widget('count', 'set-variables', { variables: [{ key: 'n', value }] }, { next: 'enough' }),
        split('enough', '{{flow.variables.n}}', 'tell', [['equal_to', '3', 'bye']]),
        say('bye', 'Bye'),
      )
    const counted = '{% if flow.variables.n %}{{ flow.variables.n | plus: 1 }}{% else %}1{% endif %}'
    expect(rulesIn(looping(counted))).toEqual([])
    expect(rulesIn(looping('1'))).toEqual(['loop-without-counter'])
  })

  test('takes a value that the template itself defaults, or tests', () => {
    const speaking = (text: string): unknown =>
      flowWith(
        widget(
          'ask',
          'gather-input-on-call',
          { say: '' },
          { keypress: 'tell', speech: 'tell', timeout: 'tell' },
        ),
        say('tell', text),
      )
    expect(rulesIn(speaking('{{widgets.ask.Digits}}'))).toEqual(['maybe-unset'])
    expect(rulesIn(speaking("{{widgets.ask.Digits | default: 'none'}}"))).toEqual([])
    expect(rulesIn(speaking('{% if widgets.ask.Digits %}{{widgets.ask.Digits}}{% endif %}'))).toEqual([])
  })

  test('knows what a match has proved, and that a noMatch proves nothing', () => {
    const flow = (matches: readonly (readonly [string, string, string])[], noMatch: string): unknown =>
      flowWith(
        say('hello', 'Hello', 'fetch'),
        widget('fetch', 'run-function', { url: 'https://example.com/f' }, { success: 'by', fail: 'bye' }),
        split('by', '{{widgets.fetch.parsed.tier}}', noMatch, matches),
        widget(
          'flex',
          'send-to-flex',
          { workflow: 'W', channel: 'T', attributes: '{"a":{{widgets.fetch.parsed.a | to_json}}}' },
          { callComplete: undefined, failedToEnqueue: 'bye', callFailure: 'bye' },
        ),
        say('bye', 'Bye'),
      )
    const unset = (value: unknown): boolean => rulesIn(value).includes('maybe-unset-in-json')
    expect(unset(flow([['equal_to', 'new', 'flex']], 'bye'))).toBe(false)
    expect(unset(flow([['is_not_blank', '', 'flex']], 'bye'))).toBe(false)
    expect(unset(flow([['not_equal_to', 'new', 'flex']], 'bye'))).toBe(true)
    expect(unset(flow([['equal_to', 'new', 'bye']], 'flex'))).toBe(true)
  })

  test('never throws, whatever a flow holds', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '{{',
        '{% for x in y %}',
        '{{widgets.a.b | to_json}}',
        '${X}',
        'match',
        'split-based-on',
      ),
      fc.integer(),
      fc.constant(null),
      fc.constant([]),
      fc.constant({}),
    )
    const paths = fc.array(fc.nat(40), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(fc.tuple(paths, leaf), { minLength: 1, maxLength: 6 }), (changes) => {
        const flow: unknown = ownFlow('caller-memory')
        for (const [path, value] of changes) spoil(flow, path, value)
        // Only what cannot be read at all may be refused, in one line.
        const read = flowOf(flow)
        const outcome = read.ok ? 'read' : read.problem
        expect(outcome).toMatch(/^(?:read$|states|initial_state|widget|is no flow)[^\n]*$/)
        if (read.ok) lintFlow({ flow: read.flow, raw: read.raw, contracts: CONTRACTS })
      }),
      { numRuns: 25 },
    )
  })

  test.each([
    ['${FUNCTIONS_URL}/get-caller-context', 'get-caller-context'],
    ['https://${DOMAIN}/a/b?x=1', 'a-b'],
    ['https://example.com/v1/calls/start', 'v1-calls-start'],
    ['{{flow.variables.url}}/x', 'x'],
    ['https://example.com', ''],
  ])('finds the contract of %s under %j', (url, name) => {
    expect(contractName(url)).toBe(name)
  })
})

/** Puts a value somewhere into a structure; the numbers say where to go down. */
function spoil(target: unknown, path: readonly number[], value: unknown): void {
  let at = target
  for (const [depth, step] of path.entries()) {
    if (typeof at !== 'object' || at === null) return
    const keys = Object.keys(at)
    const key = keys[step % Math.max(1, keys.length)]
    if (key === undefined) return
    const fields = at as Record<string, unknown>
    if (depth === path.length - 1) fields[key] = value
    at = fields[key]
  }
}
