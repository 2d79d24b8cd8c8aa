import { condition, properties, type SeededDefect, stateOf, unroute } from './defect.ts'

/** Defects of form and of paths, to be planted into studio-flows/caller-memory.json. */
export const DEFECTS_OF_FORM: readonly SeededDefect[] = [
  {
    title: 'a property by a name that only documents use',
    rule: 'unknown-property',
    widget: 'ask_known',
    seed: (flow) => void (properties(flow, 'ask_known')['num_digits'] = 1),
  },
  {
    title: 'a misspelt property',
    rule: 'unknown-property',
    widget: 'ask_known',
    seed: (flow) => void (properties(flow, 'ask_known')['speech_timeut'] = 'auto'),
  },
  {
    title: 'a text where a number belongs',
    rule: 'property-type',
    widget: 'ask_known',
    seed: (flow) => void (properties(flow, 'ask_known')['timeout'] = '5'),
  },
  {
    title: 'a number where a text belongs',
    rule: 'property-type',
    widget: 'flex_known',
    seed: (flow) => void (properties(flow, 'flex_known')['priority'] = 5),
  },
  {
    title: 'a boolean where Studio wants a text',
    rule: 'property-type',
    widget: 'voicemail',
    seed: (flow) => void (properties(flow, 'voicemail')['play_beep'] = true),
  },
  {
    title: 'a value that a property does not take',
    rule: 'property-value',
    widget: 'voicemail',
    seed: (flow) => void (properties(flow, 'voicemail')['trim'] = 'trim-silense'),
  },
  {
    title: 'a property that is missing',
    rule: 'missing-property',
    widget: 'flex_known',
    seed: (flow) => void delete properties(flow, 'flex_known')['workflow'],
  },
  {
    title: 'an event that the widget does not have',
    rule: 'unknown-event',
    widget: 'ask_known',
    seed: (flow) => void stateOf(flow, 'ask_known').transitions.push({ event: 'noInput', next: 'sorry' }),
  },
  {
    title: 'an event that leads two ways',
    rule: 'duplicate-event',
    widget: 'ask_known',
    seed: (flow) => void stateOf(flow, 'ask_known').transitions.push({ event: 'speech', next: 'sorry' }),
  },
  {
    title: 'a key of another program in a widget',
    rule: 'unknown-key',
    widget: 'ask_known',
    seed: (flow) => void Object.assign(stateOf(flow, 'ask_known'), { comment: 'x' }),
  },
  {
    title: 'a condition without its argument',
    rule: 'condition-form',
    widget: 'by_tier',
    seed: (flow) => void delete condition(flow, 'by_tier')['arguments'],
  },
  {
    title: 'a condition of a kind that does not exist',
    rule: 'condition-type',
    widget: 'by_tier',
    seed: (flow) => void (condition(flow, 'by_tier')['type'] = 'matches_any'),
  },
  {
    title: 'a gather that says and plays',
    rule: 'say-or-play',
    widget: 'ask_known',
    seed: (flow) => void (properties(flow, 'ask_known')['play'] = 'https://example.com/a.mp3'),
  },
  {
    title: 'a name that Liquid cannot read',
    rule: 'widget-name',
    widget: 'no message',
    seed: (flow) => {
      stateOf(flow, 'no_message').name = 'no message'
      const noAudio = stateOf(flow, 'voicemail').transitions.find(({ event }) => event === 'noAudio')
      if (noAudio) noAudio.next = 'no message'
    },
  },
  {
    title: 'one call at a time for each caller',
    rule: 'concurrent-calls',
    seed: (flow) => void (flow.flags = { allow_concurrent_calls: false }),
  },
  {
    title: 'a widget that nothing leads to',
    rule: 'unreachable',
    widget: 'orphan',
    seed: (flow) => void flow.states.push({ ...stateOf(flow, 'sorry'), name: 'orphan' }),
  },
  {
    title: 'two widgets of one name',
    rule: 'duplicate-name',
    widget: 'sorry',
    seed: (flow) => void flow.states.push(stateOf(flow, 'sorry')),
  },
  {
    title: 'a transition to a widget that is not there',
    rule: 'dangling-transition',
    widget: 'answer_call',
    seed: (flow) =>
      void Object.assign(stateOf(flow, 'answer_call').transitions[0] ?? {}, { next: 'get_contxt' }),
  },
  {
    title: 'a trigger that leads nowhere',
    rule: 'dead-end',
    widget: 'Trigger',
    seed: (flow) => unroute(flow, 'Trigger', 'incomingCall'),
  },
  {
    title: 'an initial state that is not there',
    rule: 'no-trigger',
    seed: (flow) => void (flow.initial_state = 'trigger'),
  },
  {
    title: 'a function whose failure is silence',
    rule: 'unrouted-failure',
    widget: 'get_caller_context',
    seed: (flow) => unroute(flow, 'get_caller_context', 'fail'),
  },
  {
    title: 'a queue whose failure is silence',
    rule: 'unrouted-failure',
    widget: 'flex_known',
    seed: (flow) => unroute(flow, 'flex_known', 'failedToEnqueue'),
  },
  {
    title: 'a gather that ends the call of who says nothing',
    rule: 'unrouted-answer',
    widget: 'ask_unknown',
    seed: (flow) => unroute(flow, 'ask_unknown', 'timeout'),
  },
  {
    title: 'a loop that a silent caller stays in',
    rule: 'loop-without-counter',
    seed: (flow) => {
      const timeout = stateOf(flow, 'ask_unknown').transitions.find(({ event }) => event === 'timeout')
      if (timeout) timeout.next = 'answer_call'
    },
  },
]
