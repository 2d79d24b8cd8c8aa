import { OPEN_QUESTIONS, type AssumedAnswers, type OpenQuestion } from './open-questions.ts'

/** How a run of a flow ended. */
export type RunEnd =
  /** A transition led nowhere, as flows end. */
  | { readonly kind: 'finished'; readonly widget: string; readonly event: string }
  /** The caller hung up, and the flow had nothing more to do. */
  | { readonly kind: 'hung-up'; readonly widget: string }
  /** A documented limit or error of Studio's, by its code. */
  | { readonly kind: 'stopped'; readonly widget: string; readonly code: number; readonly why: string }
  /** Studio's behaviour is not documented here; `question` names what is not known. */
  | {
      readonly kind: 'undocumented'
      readonly widget: string
      readonly question: OpenQuestion
      readonly why: string
    }
  /** The definition itself is broken there. */
  | { readonly kind: 'broken'; readonly widget: string; readonly why: string }

/** Ends a run from wherever it is. Caught by the engine; never leaves it. */
export class FlowStop extends Error {
  override readonly name = 'FlowStop'
  readonly end: RunEnd

  constructor(end: RunEnd) {
    super(end.kind)
    this.end = end
  }
}

/** Something that Studio's documents do not answer, met while rendering. */
export class OpenQuestionMet extends Error {
  override readonly name = 'OpenQuestionMet'
  readonly question: OpenQuestion

  constructor(question: OpenQuestion, detail: string) {
    super(detail)
    this.question = question
  }
}

/**
 * The assumed answer to an open question.
 *
 * @throws OpenQuestionMet when none is assumed.
 */
export function answerTo(assumed: AssumedAnswers, question: OpenQuestion, detail: string): string {
  const answer = assumed[question]
  if (answer === undefined) throw new OpenQuestionMet(question, detail)
  return answer
}

/** What is wrong with a table of assumed answers, in one line; undefined when nothing is. */
export function assumptionProblem(assumed: Readonly<Record<string, string>>): string | undefined {
  for (const [name, answer] of Object.entries(assumed)) {
    const known = (OPEN_QUESTIONS as Readonly<Record<string, { readonly answers: readonly string[] }>>)[name]
    if (!known) return `${name}: expected one of ${Object.keys(OPEN_QUESTIONS).join(', ')}`
    if (!known.answers.includes(answer)) return `${name}: expected one of ${known.answers.join(', ')}`
  }
  return undefined
}
