import { print } from '../../cli/terminal.ts'
import { ASSUMPTIONS } from '../assumptions/table.ts'
import { OPEN_QUESTIONS } from '../engine/open-questions.ts'

/** Prints what the engine takes for true and whether it does so, then the open questions. The exit code. */
export async function assumptionsCommand(): Promise<number> {
  let failed = 0
  for (const { id, says, evidence, source, shown } of ASSUMPTIONS) {
    const holds = await shown()
    if (!holds) failed += 1
    print(`${holds ? 'holds ' : 'FAILS '} ${id} (${evidence}: ${source})\n        ${says}`)
  }
  print('\nNot documented; the engine stops there unless it is told what to assume:')
  for (const [id, { question, answers }] of Object.entries(OPEN_QUESTIONS)) {
    print(`  ${id}: ${question} (${answers.join(', ')})`)
  }
  return failed > 0 ? 1 : 0
}
