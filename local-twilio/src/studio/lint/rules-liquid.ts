import { EVIDENCED_FILTERS, EVIDENCED_TAGS, wordsOf } from '../liquid/filters.ts'
import { nearestName } from '../nearest-name.ts'
import { type Finding, type Report, reporter } from './finding.ts'
import type { LintSubject } from './subject.ts'

/** Templates: that they parse, and that Studio is known to understand them. */
export function liquidFindings({ templates }: LintSubject): readonly Finding[] {
  const found: Finding[] = []
  for (const { state, path, text, problem } of templates) {
    if (problem === undefined || problem.includes('undefined filter')) {
      checkWords(text, path, reporter(found, 'warning', state.name))
      continue
    }
    const why = `the template does not parse (Studio error 81018): ${problem}`
    const mend = 'close every {{ }} and {% %}; use filters for sums'
    reporter(found, 'error', state.name)('liquid-syntax', path, why, mend)
  }
  return found
}

function checkWords(text: string, path: string, report: Report): void {
  const { filters, tags } = wordsOf(text)
  for (const name of filters.filter((one) => !EVIDENCED_FILTERS.has(one))) {
    const meant = nearestName(name, EVIDENCED_FILTERS)
    const why = `there is no evidence that Studio knows the filter "${name}"`
    report('unevidenced-filter', path, why, meant ? `"${meant}" may be meant` : 'do it in a Function')
  }
  for (const name of tags.filter((one) => !EVIDENCED_TAGS.has(one))) {
    const why = `there is no evidence that Studio knows the tag "${name}"`
    report('unevidenced-tag', path, why, 'do it in a Function')
  }
  const outputs = text.match(/\{\{.*?\}\}/gs)?.join('') ?? ''
  if (/[^\x20-\x7e\s]/.test(outputs.replace(/'[^']*'|"[^"]*"/g, ''))) {
    report('liquid-name', path, 'a variable has a name beyond ASCII, which Studio does not read', 'rename it')
  }
}
