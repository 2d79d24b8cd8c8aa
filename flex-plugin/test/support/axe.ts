import * as axeCore from 'axe-core'

/** The rules that a part of a page breaks, by their names. Colours and landmarks are checked in a real browser. */
export async function axe(container: HTMLElement): Promise<readonly string[]> {
  const { violations } = await axeCore.run(container, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  })
  return violations.map(({ id }) => id)
}
