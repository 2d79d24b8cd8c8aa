/**
 * What Studio does where no document of Twilio's says it (read 2026-11). The engine stops there, unless a run is
 * told which answer to assume: then every answer can be tried.
 */
export const OPEN_QUESTIONS = {
  'to-json-of-nothing': {
    question: 'What does to_json print for a value that is not there?',
    answers: ['null', 'nothing'],
  },
  'numeric-string': {
    question: 'Does less_than or greater_than compare a number that is a text?',
    answers: ['compares', 'never-matches'],
  },
  'match-order': {
    question: 'Which transition is taken when several conditions of a split are true?',
    answers: ['first'],
  },
  'split-argument': {
    question: "Is the split's input or the condition's argument compared when they differ?",
    answers: ['argument', 'input'],
  },
  'attributes-not-json': {
    question: 'Which event follows when task attributes are no JSON object?',
    answers: ['failedToEnqueue', 'callFailure'],
  },
  'attributes-too-long': {
    question:
      'Are the 1,024 characters of task attributes counted before or after rendering, and what follows?',
    answers: ['failedToEnqueue', 'callFailure', 'accepted'],
  },
  'malformed-json': {
    question: 'Which event follows a 2xx answer that claims to be JSON and does not parse?',
    answers: ['success', 'failure'],
  },
  'liquid-error': {
    question: 'What is put in place of a template that fails (81018)?',
    answers: ['nothing', 'the-template'],
  },
  'rendered-too-long': {
    question: 'What becomes of a text that renders to more than 16 KB?',
    answers: ['nothing', 'cut'],
  },
  'spoken-markup': {
    question: 'Is markup in a value escaped before it is spoken?',
    answers: ['escaped', 'read-as-markup'],
  },
  'unevidenced-filter': {
    question: 'Does Studio know a filter of standard Liquid for which there is no evidence?',
    answers: ['as-standard-liquid'],
  },
  'variable-type': {
    question: 'What do the types of set-variables other than "string" do?',
    answers: ['parses-json'],
  },
  'merge-depth': {
    question: 'Is an object inside `parsed` replaced or merged when a widget runs again?',
    answers: ['replaced', 'merged'],
  },
  'timeout-after-answer': {
    question: "Does a widget's earlier answer survive when it times out on a later run?",
    answers: ['survives', 'is-lost'],
  },
  'unmodelled-widget': {
    question: 'What does a widget do whose behaviour is not modelled here?',
    answers: ['emits-any-event'],
  },
} as const

/** The name of an open question. */
export type OpenQuestion = keyof typeof OPEN_QUESTIONS

/** Answers that a run is to assume. A question without one stops the run. */
export type AssumedAnswers = Readonly<Partial<Record<OpenQuestion, string>>>
