import type { Row, SqlValue, Transaction } from './database.ts'
import { numberOf, textOf } from './database.ts'
import type { TableShape } from './shape.ts'

/** One row as values in the order of its table's columns. */
export type RowCells = readonly SqlValue[]

/** Reads with nothing changing between one read and the next. */
export type ReadRows = Transaction['read']

const PAGE = 1000
const ROWS_PER_STATEMENT = 40

/** Every row of a table in the order of its key, a page at a time. */
export async function* pagesOf(read: ReadRows, shape: TableShape): AsyncGenerator<readonly RowCells[]> {
  const columns = shape.columns.map(({ name }) => name).join(', ')
  const key = shape.key.join(', ')
  const positions = shape.key.map((column) => shape.columns.findIndex(({ name }) => name === column))
  const marks = shape.key.map((_column, index) => `$${index + 1}`).join(', ')
  const first = `SELECT ${columns} FROM ${shape.name} ORDER BY ${key} LIMIT ${PAGE}`
  const next = `SELECT ${columns} FROM ${shape.name} WHERE (${key}) > (${marks}) ORDER BY ${key} LIMIT ${PAGE}`
  for (let after: RowCells | undefined; ;) {
    const rows = await read(after ? next : first, after ?? [])
    const page = rows.map((row) => cellsOf(row, shape))
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = positions.map((position) => last[position] ?? null)
  }
}

/** PostgreSQL drivers hand bigint over as text. */
function cellsOf(row: Row, { columns }: TableShape): RowCells {
  return columns.map(({ name, type }) => {
    if (row[name] === null || row[name] === undefined) return null
    return type === 'bigint' ? numberOf(row, name) : textOf(row, name)
  })
}

/** Adds rows to a table, several with one statement. A row that is there is a failure, or stays as it is. */
export async function insertRows(
  transaction: Transaction,
  { name, columns }: Pick<TableShape, 'name' | 'columns'>,
  rows: readonly RowCells[],
  whenThere: 'fail' | 'unless there' = 'fail',
): Promise<void> {
  const head = `INSERT INTO ${name} (${columns.map((column) => column.name).join(', ')}) VALUES`
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    const some = rows.slice(from, from + ROWS_PER_STATEMENT)
    const values = some.map((_row, index) => marksFrom(index * columns.length, columns.length))
    const tail = whenThere === 'fail' ? '' : ' ON CONFLICT DO NOTHING'
    await transaction.run(`${head} ${values.join(', ')}${tail}`, some.flat())
  }
}

function marksFrom(start: number, count: number): string {
  return `(${Array.from({ length: count }, (_mark, index) => `$${start + index + 1}`).join(', ')})`
}

/** Counts the rows of a table. */
export async function countTable(read: ReadRows, name: string): Promise<number> {
  const [row = {}] = await read(`SELECT count(*) AS total FROM ${name}`, [])
  return numberOf(row, 'total')
}
