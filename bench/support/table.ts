/** One line of a table, by column title. */
export type TableRow = Readonly<Record<string, string | number>>

/** Draws a table as aligned text, numbers to the right. */
export function drawTable(rows: readonly TableRow[]): string {
  const titles = Object.keys(rows[0] ?? {})
  const width = (title: string): number =>
    Math.max(title.length, ...rows.map((row) => String(row[title] ?? '').length))
  const cell = (title: string, value: string | number): string =>
    typeof value === 'number' ? String(value).padStart(width(title)) : value.padEnd(width(title))
  const head = titles.map((title) => title.padEnd(width(title))).join('  ')
  const body = rows.map((row) => titles.map((title) => cell(title, row[title] ?? '')).join('  '))
  return [head, ...body].join('\n')
}
