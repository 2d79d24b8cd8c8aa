import { attributes, condition, properties, type SeededDefect, spoken, stateOf } from './defect.ts'

/** Defects of templates, splits and secrets, to be planted into studio-flows/caller-memory.json. */
export const DEFECTS_OF_MEANING: readonly SeededDefect[] = [
  {
    title: 'a renamed widget that a template still reads',
    rule: 'dangling-reference',
    widget: 'ask_known',
    seed: (flow) => void (properties(flow, 'ask_known')['say'] = '{{widgets.get_context.parsed.greeting}}'),
  },
  {
    title: 'a key that the function does not answer',
    rule: 'contract',
    widget: 'ask_known',
    seed: (flow) =>
      void (properties(flow, 'ask_known')['say'] = '{{widgets.get_caller_context.parsed.greetng}}'),
  },
  {
    title: 'an output that no function leaves',
    rule: 'unknown-output',
    widget: 'ask_known',
    seed: (flow) => void (properties(flow, 'ask_known')['say'] = '{{widgets.get_caller_context.response}}'),
  },
  {
    title: 'an answer that is read where its function failed',
    rule: 'maybe-unset',
    widget: 'ask_unknown',
    seed: (flow) =>
      void (properties(flow, 'ask_unknown')['say'] = '{{widgets.get_caller_context.parsed.greeting}}'),
  },
  {
    title: 'attributes that read what may be missing',
    rule: 'maybe-unset-in-json',
    widget: 'flex_no_memory',
    seed: (flow) => {
      const text = '{"task":{{widgets.get_caller_context.parsed.task | to_json}}}'
      properties(flow, 'flex_no_memory')['attributes'] = text
    },
  },
  {
    title: 'attributes that read a key which the answer need not have',
    rule: 'maybe-unset-in-json',
    widget: 'flex_known_topic',
    seed: (flow) => {
      const text = '{"reason":{{widgets.confirm_known.parsed.task.reason | to_json}}}'
      properties(flow, 'flex_known_topic')['attributes'] = text
    },
  },
  {
    title: 'digits that are read where the caller spoke',
    rule: 'never-set',
    widget: 'thank_known',
    seed: (flow) => void (properties(flow, 'thank_known')['say'] = '{{widgets.ask_unknown.Digits}}'),
  },
  {
    title: 'a variable that nothing sets',
    rule: 'never-set',
    widget: 'answer_call',
    seed: spoken('{{flow.variables.name}}'),
  },
  {
    title: 'a variable that Studio does not know',
    rule: 'unknown-variable',
    widget: 'answer_call',
    seed: spoken('{{caller.name}}'),
  },
  {
    title: 'a message in a flow of calls',
    rule: 'other-trigger',
    widget: 'answer_call',
    seed: spoken('{{trigger.message.To}}'),
  },
  {
    title: 'an unclosed tag',
    rule: 'liquid-syntax',
    widget: 'answer_call',
    seed: spoken('Hi {{trigger.call.To'),
  },
  { title: 'a sum in a tag', rule: 'liquid-syntax', widget: 'answer_call', seed: spoken('{{ 1 + 2 }}') },
  {
    title: 'a filter that Studio may not know',
    rule: 'unevidenced-filter',
    widget: 'answer_call',
    seed: spoken('{{trigger.call.To | json_escape}}'),
  },
  {
    title: 'a tag that Studio may not know',
    rule: 'unevidenced-tag',
    widget: 'answer_call',
    seed: spoken('{% capture x %}{% endcapture %}'),
  },
  {
    title: 'attributes with a comma too many',
    rule: 'json-invalid',
    widget: 'flex_unknown',
    seed: attributes('{"type":"inbound",}'),
  },
  {
    title: 'attributes that a value can add keys to',
    rule: 'json-injection',
    widget: 'flex_unknown',
    seed: attributes('{"name":"{{trigger.call.CallerName}}"}'),
  },
  {
    title: 'attributes that a quote breaks',
    rule: 'json-broken',
    widget: 'flex_unknown',
    seed: attributes('{"name":"{{trigger.call.CallerName | remove: \',\'}}"}'),
  },
  {
    title: 'attributes that grow past the limit',
    rule: 'attributes-too-long',
    widget: 'flex_unknown',
    seed: attributes(`{"name":{{trigger.call.From | to_json}},"pad":"${'x'.repeat(980)}"}`),
  },
  {
    title: 'attributes that grow with what the caller says',
    rule: 'attributes-unbounded',
    widget: 'flex_unknown',
    seed: attributes('{"said":{{widgets.ask_unknown.SpeechResult | default: \'\' | to_json}}}'),
  },
  {
    title: 'a split on a number that may be a text',
    rule: 'numeric-split',
    widget: 'by_tier',
    seed: (flow) => void Object.assign(condition(flow, 'by_tier'), { type: 'greater_than', value: '0.7' }),
  },
  {
    title: 'a comparison with a word',
    rule: 'numeric-value',
    widget: 'by_tier',
    seed: (flow) => void Object.assign(condition(flow, 'by_tier'), { type: 'less_than', value: 'high' }),
  },
  {
    title: 'a condition that tests something else than its split',
    rule: 'split-argument',
    widget: 'by_tier',
    seed: (flow) => void (condition(flow, 'by_tier')['arguments'] = ['{{trigger.call.From}}']),
  },
  {
    title: 'an input that matches twice',
    rule: 'split-overlap',
    widget: 'by_tier',
    seed: (flow) => void (condition(flow, 'by_tier')['value'] = 'recognized,Possible'),
  },
  {
    title: 'an empty alternative',
    rule: 'empty-alternative',
    widget: 'by_tier',
    seed: (flow) => void (condition(flow, 'by_tier')['value'] = 'recognized,,likely'),
  },
  {
    title: 'a pattern that does not compile',
    rule: 'regex',
    widget: 'by_tier',
    seed: (flow) => void Object.assign(condition(flow, 'by_tier'), { type: 'regex', value: '(recognized' }),
  },
  {
    title: 'a pattern with bare alternatives',
    rule: 'regex',
    widget: 'by_tier',
    seed: (flow) =>
      void Object.assign(condition(flow, 'by_tier'), { type: 'regex', value: 'recognized|likely' }),
  },
  {
    title: 'a key of an API',
    rule: 'secret',
    widget: 'get_caller_context',
    seed: (flow) => {
      const pair = { key: 'key', value: `sk_live_${'0'.repeat(12)}` }
      properties(flow, 'get_caller_context')['parameters'] = [pair]
    },
  },
  {
    title: 'credentials in an address',
    rule: 'secret',
    widget: 'get_caller_context',
    seed: (flow) => void (properties(flow, 'get_caller_context')['url'] = 'https://key:secret@example.com/x'),
  },
  {
    title: 'a SID of one account',
    rule: 'hard-coded-sid',
    widget: 'flex_known',
    seed: (flow) => void (properties(flow, 'flex_known')['workflow'] = `WW${'0'.repeat(32)}`),
  },
  {
    title: 'the address of one service',
    rule: 'hard-coded-domain',
    widget: 'get_caller_context',
    seed: (flow) => void (properties(flow, 'get_caller_context')['url'] = 'https://x-1234-dev.twil.io/x'),
  },
  {
    title: 'the address of a tunnel',
    rule: 'tunnel',
    widget: 'get_caller_context',
    seed: (flow) => void (properties(flow, 'get_caller_context')['url'] = 'https://abc.ngrok.io/x'),
  },
  {
    title: 'a call that is answered after the look-up',
    rule: 'late-answer',
    widget: 'get_caller_context',
    seed: (flow) => {
      const call = stateOf(flow, 'Trigger').transitions.find(({ event }) => event === 'incomingCall')
      if (call) call.next = 'get_caller_context'
    },
  },
  {
    title: 'words of the caller that are spoken as they came',
    rule: 'spoken-input',
    widget: 'thank_known',
    seed: (flow) =>
      void (properties(flow, 'thank_known')['say'] =
        "You said {{widgets.ask_known.SpeechResult | default: ''}}"),
  },
]
