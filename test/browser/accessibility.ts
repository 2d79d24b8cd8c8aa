import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const OURS = '[data-paste-element=CALLER_CONTEXT]'

/** The rules of WCAG 2.0 to 2.2, A and AA, that our panel breaks: rule and place. Flex itself is not looked at. */
export async function violationsIn(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  // As a text: what runs in the page knows a page's globals, which this program has no types for.
  const { violations } = await page.evaluate<AxeResult>(
    `axe.run('${OURS}', { runOnly: { type: 'tag', values: ${JSON.stringify(TAGS)} } })`,
  )
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly target: readonly string[] }[]
  }[]
}
