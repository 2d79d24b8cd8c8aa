/** What people, carriers and other systems can put into a value. Each has broken a published flow. */
export const HOSTILE_VALUES: readonly string[] = [
  'say "hi"',
  'back\\slash',
  'line\nbreak',
  'tab\there',
  '","vip":true,"x":"',
  '"}',
  '}',
  '\u2028',
  '\u0000',
  '{{flow.sid}}',
  '{% raw %}',
  '</Say><Hangup/>',
  '& <b>',
  '\u{1f600}é',
  "O'Brien",
  '',
]
