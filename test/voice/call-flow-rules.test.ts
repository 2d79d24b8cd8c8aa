import Ajv from 'ajv'
import schema from '../../docs/call-flow.schema.json'
import shipped from '../../assets/call-flow.private.json'
import type { CallFlow } from '../../src/voice/call-flow.ts'
import { problemsOf } from '../../src/voice/call-flow-rules.ts'
import { flowWith } from '../support/speaker.ts'

const FLOW = flowWith()
const ENGLISH = FLOW.languages['en-US']!
const withEnglish = (texts: Partial<(typeof ENGLISH)['texts']>): CallFlow =>
  flowWith({
    languages: { ...FLOW.languages, 'en-US': { ...ENGLISH, texts: { ...ENGLISH.texts, ...texts } } },
  })

describe('the shipped call flow', () => {
  test('has the shape of its schema and keeps its rules', () => {
    expect(new Ajv().compile(schema)(shipped)).toBe(true)
    expect(problemsOf(FLOW)).toEqual([])
  })

  test('speaks English and Spanish', () => {
    expect(Object.keys(FLOW.languages)).toEqual(['en-US', 'es-US'])
  })
})

describe('the rules of a call flow', () => {
  test.each<[string, CallFlow]>([
    [
      'defaultLanguage: expected a key of languages, for example en-US',
      flowWith({ defaultLanguage: 'fr-FR' }),
    ],
    ['languages.EN: expected a language tag', flowWith({ languages: { ...FLOW.languages, EN: ENGLISH } })],
    [
      'menu.0.texts.fr-FR: expected texts in every language',
      flowWith({ languages: { ...FLOW.languages, 'fr-FR': ENGLISH } }),
    ],
    [
      'languages.en-US.texts.lastTimeAbout: expected a text with {topic}',
      withEnglish({ lastTimeAbout: 'Hello.' }),
    ],
    [
      'languages.en-US.texts.welcome: expected a text with nothing in braces',
      withEnglish({ welcome: '{name}!' }),
    ],
    ['languages.en-US.texts.thanks: expected words to say', withEnglish({ thanks: ' ' })],
    [
      'languages.en-US.texts.words.digits: expected ten lists',
      withEnglish({ words: { ...ENGLISH.texts.words, digits: [['zero']] } }),
    ],
    [
      'menu.6.key: expected a key that nothing else has, got 1',
      flowWith({ menu: [...FLOW.menu, FLOW.menu[0]!] }),
    ],
    [
      'menu.6.intent: expected an intent that no other entry has',
      flowWith({ menu: [...FLOW.menu, FLOW.menu[0]!] }),
    ],
    [
      'routing.default: expected exactly one of workflowSid and queue',
      flowWith({ routing: { ...FLOW.routing, default: {} } }),
    ],
    [
      'openingHours.timeZone: expected an IANA name',
      flowWith({ openingHours: { ...FLOW.openingHours, timeZone: 'Mars/Olympus' } }),
    ],
    [
      'openingHours.weekly.monday.0: expected an end after the beginning, got 17:00-09:00',
      flowWith({ openingHours: { ...FLOW.openingHours, weekly: { monday: ['17:00-09:00'] } } }),
    ],
  ])('name %s', (problem, flow) => {
    expect(problemsOf(flow).join('\n')).toContain(problem)
  })
})

describe('the schema of a call flow', () => {
  test.each([
    [
      '/openingHours/weekly/monday/0',
      { openingHours: { ...FLOW.openingHours, weekly: { monday: ['9-5'] } } },
    ],
    ['/openingHours/holidays/0', { openingHours: { ...FLOW.openingHours, holidays: ['Christmas'] } }],
    ['/menu/0/key', { menu: [{ ...FLOW.menu[0], key: '11' }] }],
    ['/routing/default/workflowSid', { routing: { ...FLOW.routing, default: { workflowSid: 'WW1' } } }],
  ])('refuses what is wrong at %s', (path, change) => {
    const validate = new Ajv({ allErrors: true }).compile(schema)
    expect(validate({ ...shipped, ...change })).toBe(false)
    expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(path)
  })
})
