import type { FlowAnswer } from '../engine/http.ts'
import { type Assumption, example, matches, runExample } from './assumption.ts'

const json = (body: string, status = 200): FlowAnswer => ({
  kind: 'answered',
  status,
  contentType: 'application/json',
  body,
})
const fetchOnce = example(
  'fetch',
  'run-function',
  { url: 'https://example.com' },
  { success: 'tell', fail: 'tell' },
)
const tell = (say: string) => example('tell', 'say-play', { say })
const gather = example(
  'ask',
  'gather-input-on-call',
  { say: 'Yes?' },
  { keypress: 'tell', speech: 'tell', timeout: 'tell' },
)

const eventAfter = async (status: number): Promise<string | undefined> =>
  (await runExample([fetchOnce, tell('')], [json('{}', status)])).steps[1]?.event

/** What the engine takes for true, each with an example that shows it. */
export const ASSUMPTIONS: readonly Assumption[] = [
  {
    id: 'case-and-space',
    says: 'A split compares without case and without space at either end.',
    evidence: 'documented',
    source: 'Split Based On, read 2026-11',
    shown: async () => (await matches(' YES ', 'equal_to', 'yes')) && (await matches('aab', 'contains', 'A')),
  },
  {
    id: 'whole-pattern',
    says: 'A regular expression must match the whole text, without case.',
    evidence: 'documented',
    source: 'Split Based On, read 2026-11',
    shown: async () => (await matches('ABC', 'regex', 'a.c')) && !(await matches('abc', 'regex', 'b')),
  },
  {
    id: 'broken-pattern',
    says: 'A pattern that does not compile never matches.',
    evidence: 'reported',
    source: 'users of Studio, read 2026-11',
    shown: async () => !(await matches('(', 'regex', '(')),
  },
  {
    id: 'no-letters-in-numbers',
    says: 'less_than and greater_than do not compare letters.',
    evidence: 'documented',
    source: 'Split Based On, read 2026-11',
    shown: async () =>
      !(await matches('abc', 'less_than', '5')) && !(await matches('abc', 'greater_than', '5')),
  },
  {
    id: 'plus-makes-a-number',
    says: '{{ x | plus: 0 }} is a number and compares as one.',
    evidence: 'documented',
    source: 'Studio FAQ, read 2026-11',
    shown: () => matches("{{ '7' | plus: 0 }}", 'greater_than', '5'),
  },
  {
    id: 'missing-is-empty',
    says: 'A variable that is not set renders as nothing.',
    evidence: 'documented',
    source: 'Liquid in Studio, read 2026-11',
    shown: async () => (await runExample([tell('[{{widgets.x.parsed.y}}]')])).heard[0] === '[]',
  },
  {
    id: 'whole-objects-only',
    says: '`parsed` is there only for application/json with an object at its top.',
    evidence: 'documented',
    source: 'Run Function and Make HTTP Request, read 2026-11',
    shown: async () => {
      const { context } = await runExample([fetchOnce, tell('')], [json('[1]')])
      return !('parsed' in (context.widgets['fetch'] ?? {}))
    },
  },
  {
    id: 'status-decides',
    says: '2xx and 3xx are a success, 4xx and 5xx a failure.',
    evidence: 'documented',
    source: 'Make HTTP Request, read 2026-11',
    shown: async () => (await eventAfter(302)) === 'success' && (await eventAfter(404)) === 'fail',
  },
  {
    id: 'no-answer-is-a-failure',
    says: 'No answer within 10 s, or more than 64 kB, is a failure and leaves nothing.',
    evidence: 'documented',
    source: 'Run Function, read 2026-11',
    shown: async () => {
      const { steps, context } = await runExample([fetchOnce, tell('')], [{ kind: 'failed', why: 'timeout' }])
      return steps[1]?.event === 'fail' && Object.keys(context.widgets['fetch'] ?? {}).length === 0
    },
  },
  {
    id: 'digits-or-speech',
    says: 'A gather leaves Digits after keys, SpeechResult and Confidence after speech.',
    evidence: 'documented',
    source: 'Gather Input On Call, read 2026-11',
    shown: async () => {
      const { context } = await runExample([gather, tell('')], [], [{ kind: 'say', text: 'Hello' }])
      return Object.keys(context.widgets['ask'] ?? {}).join() === 'SpeechResult,Confidence'
    },
  },
  {
    id: 'recording-is-told',
    says: 'A voicemail tells recording_status_callback_url of its recording, by a signed form.',
    evidence: 'documented',
    source: 'Record Voicemail and recording status callbacks, read 2026-11',
    shown: async () => {
      const url = 'https://example.com/told'
      const record = example('record', 'record-voicemail', { recording_status_callback_url: url }, {})
      const { requests } = await runExample([record], [json('{}')], [{ kind: 'say', text: 'Call me' }])
      return requests[0]?.request.url === url && requests[0].request.parameters['RecordingSid'] !== undefined
    },
  },
  {
    id: 'hang-up-in-a-gather',
    says: 'A gather has no event for a hang-up: the execution ends.',
    evidence: 'documented',
    source: 'Gather Input On Call, read 2026-11',
    shown: async () =>
      (await runExample([gather, tell('')], [], [{ kind: 'hang-up' }])).end.kind === 'hung-up',
  },
  {
    id: 'ten-in-a-row',
    says: 'The same widget may run 10 times in a row (81001).',
    evidence: 'documented',
    source: 'Studio FAQ, read 2026-11; Run Function says "10 times" without "in a row"',
    shown: async () => {
      const loop = example('loop', 'say-play', { say: '' }, { audioComplete: 'loop' })
      const { steps, end } = await runExample([loop])
      return end.kind === 'stopped' && end.code === 81001 && steps.length === 11
    },
  },
  {
    id: 'end-without-next',
    says: 'A transition without "next", or none for an event, ends the execution.',
    evidence: 'exported',
    source: 'exported flows, read 2026-11',
    shown: async () => (await runExample([tell('Bye')])).end.kind === 'finished',
  },
  {
    id: 'booleans-as-words',
    says: 'A JSON boolean compares as "true" or "false".',
    evidence: 'exported',
    source: 'exported flows, read 2026-11',
    shown: async () => {
      const split = {
        ...example('tell', 'split-based-on', { input: '{{widgets.fetch.parsed.ok}}' }),
        transitions: [
          {
            event: 'match',
            conditions: [
              {
                friendly_name: '',
                arguments: ['{{widgets.fetch.parsed.ok}}'],
                type: 'equal_to',
                value: 'true',
              },
            ],
          },
        ],
      }
      return (await runExample([fetchOnce, split], [json('{"ok":true}')])).steps.at(-1)?.event === 'match'
    },
  },
  {
    id: 'function-by-form',
    says: 'A function is called by POST, with its parameters as a signed form.',
    evidence: 'inferred',
    source: 'that protected functions may be run, and how other webhooks are sent',
    shown: async () => {
      const { requests } = await runExample([fetchOnce, tell('')], [json('{}')])
      return requests[0]?.request.method === 'POST' && /form/.test(requests[0].request.contentType ?? '')
    },
  },
]
