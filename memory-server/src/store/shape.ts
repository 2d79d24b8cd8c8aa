import type { Migration } from './sql/migrations.ts'

/** A column, of one of the two types that the schema uses. */
export interface Column {
  readonly name: string
  readonly type: 'text' | 'bigint'
}

/** A table with everything that is needed to copy it. */
export interface TableShape {
  readonly name: string
  /** Columns of the primary key, in their order. */
  readonly key: readonly string[]
  readonly columns: readonly Column[]
}

const TABLE = /CREATE TABLE IF NOT EXISTS (\w+) \(([\s\S]*)PRIMARY KEY \(([^)]+)\)/
const COLUMN = /(\w+) (text|bigint)\b/g

/** The tables that these migrations make, as they leave them. */
export function shapesOf(migrations: readonly Migration[]): readonly TableShape[] {
  const shapes = new Map<string, TableShape>()
  for (const { statements, columns = [] } of migrations) {
    for (const statement of statements) {
      const [, name, definition = '', key = ''] = TABLE.exec(statement) ?? []
      if (name === undefined) continue
      const found = Array.from(definition.matchAll(COLUMN), ([, column, type]) => columnOf(column, type))
      shapes.set(name, { name, key: key.split(/,\s*/), columns: found })
    }
    for (const { table, column, type } of columns) {
      const shape = shapes.get(table)
      if (shape) shapes.set(table, { ...shape, columns: [...shape.columns, columnOf(column, type)] })
    }
  }
  return [...shapes.values()]
}

function columnOf(name: string = '', type: string = ''): Column {
  return { name, type: type === 'bigint' ? 'bigint' : 'text' }
}
