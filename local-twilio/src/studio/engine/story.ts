import { OPEN_QUESTIONS } from './open-questions.ts'
import type { RunEnd } from './run-end.ts'
import type { FlowRun } from './run-flow.ts'

/** A run as lines for a reader: each widget with its event, what was said, the task, and the end. */
export function storyOf(run: FlowRun): readonly string[] {
  const steps = run.steps.map(
    ({ widget, type, event, next }) => `  ${widget} (${type}) ${event ?? ''}${next ? ` -> ${next}` : ''}`,
  )
  const requests = run.requests.map(({ request, answer }) => {
    const outcome = answer.kind === 'answered' ? String(answer.status) : answer.why
    return `  ${request.widget}: ${request.method} ${withoutCredentials(request.url)} ${outcome}`
  })
  return [
    'Steps',
    ...steps,
    ...section('Requests', requests),
    ...section(
      'Heard',
      run.heard.map((text) => `  ${text}`),
    ),
    ...section(
      'Tasks',
      run.tasks.map(({ widget, text }) => `  ${widget}: ${text}`),
    ),
    `End: ${endText(run.end)}`,
  ]
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines]
}

/** The end of a run as a sentence. */
export function endText(end: RunEnd): string {
  switch (end.kind) {
    case 'finished':
      return `${end.widget} ${end.event}`
    case 'hung-up':
      return `the caller hung up at ${end.widget}`
    case 'stopped':
      return `Studio stops at ${end.widget} (${end.code}): ${end.why}`
    case 'broken':
      return `the flow is broken at ${end.widget}: ${end.why}`
    case 'undocumented': {
      const { question, answers } = OPEN_QUESTIONS[end.question]
      const assume = answers.map((answer) => `--assume ${end.question}=${answer}`).join(' or ')
      return `not documented at ${end.widget}: ${end.why}. ${question} Go on with ${assume}.`
    }
  }
}

function withoutCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/, '$1').replace(/\?.*$/s, '')
}
