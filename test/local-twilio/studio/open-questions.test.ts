import type { FlowAnswer } from '../../../local-twilio/src/studio/engine/http.ts'
import type { Flow } from '../../../local-twilio/src/studio/flow.ts'
import { flowWith, split, widget } from './flows.ts'
import { fetchFunction, json, run, say } from './runs.ts'

describe('where Twilio documents nothing', () => {
  const flex = (attributes: string): ReturnType<typeof widget> =>
    widget(
      'flex',
      'send-to-flex',
      { workflow: 'W', channel: 'T', attributes },
      { callComplete: undefined, failedToEnqueue: 'sorry' },
    )
  const sorry = say('sorry', 'Sorry')
  const cases: [string, Flow, FlowAnswer[], string][] = [
    ['to-json-of-nothing', flowWith(flex('{"a":{{widgets.x.y | to_json}}}'), sorry), [], 'null'],
    ['attributes-not-json', flowWith(flex('{"a":}'), sorry), [], 'failedToEnqueue'],
    ['attributes-too-long', flowWith(flex(`{"a":"${'x'.repeat(1_100)}"}`), sorry), [], 'failedToEnqueue'],
    ['liquid-error', flowWith(say('a', '{{ a + b }}')), [], 'nothing'],
    ['unevidenced-filter', flowWith(say('a', "{{ 'a' | capitalize }}")), [], 'as-standard-liquid'],
    ['malformed-json', flowWith(fetchFunction(undefined, 'sorry'), sorry), [json('{"a"')], 'failure'],
    [
      'numeric-string',
      flowWith(split('s', '5', undefined, [['less_than', '9', 'sorry']]), sorry),
      [],
      'compares',
    ],
    [
      'match-order',
      flowWith(
        split('s', 'a', undefined, [
          ['equal_to', 'a', 'sorry'],
          ['contains', 'a', 'other'],
        ]),
        sorry,
        say('other', ''),
      ),
      [],
      'first',
    ],
    [
      'spoken-markup',
      flowWith(fetchFunction('tell'), say('tell', '{{widgets.fetch.parsed.name}}')),
      [json({ name: '<b>' })],
      'escaped',
    ],
    [
      'merge-depth',
      flowWith(
        fetchFunction('again'),
        split('again', '{{widgets.fetch.parsed.o.b}}', 'fetch', [['equal_to', '2', 'sorry']]),
        sorry,
      ),
      [json({ o: { a: 1 } }), json({ o: { b: 2 } })],
      'merged',
    ],
    [
      'variable-type',
      flowWith(
        widget(
          'set',
          'set-variables',
          { variables: [{ key: 'a', value: '{}', type: 'json' }] },
          { next: 'sorry' },
        ),
        sorry,
      ),
      [],
      'parses-json',
    ],
    [
      'timeout-after-answer',
      flowWith(fetchFunction('again', 'sorry'), split('again', 'x', 'fetch', []), sorry),
      [json({ a: 1 }), { kind: 'failed', why: 'timeout' }],
      'survives',
    ],
    [
      'unmodelled-widget',
      flowWith(widget('pay', 'capture-payments', {}, { success: 'sorry' }), sorry),
      [],
      'emits-any-event',
    ],
  ]

  test.each(cases)('(%s) a run stops and names the question', async (question, flow, answers) => {
    expect((await run(flow, { answers })).end).toMatchObject({ kind: 'undocumented', question })
  })

  test.each(cases)(
    '(%s) a run goes on with an answer that it is told',
    async (question, flow, answers, answer) => {
      const { end } = await run(flow, { answers, assumed: { [question]: answer } })
      expect(end).toMatchObject({ kind: 'finished' })
    },
  )
})
