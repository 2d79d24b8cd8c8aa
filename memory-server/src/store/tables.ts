import { OPERATIONS_SQL } from './sql/operations.ts'
import { MIGRATIONS } from './sql/migrations.ts'

/** A table of the schema. */
export interface Table {
  readonly name: string
  /** Columns of its primary key, in their order. */
  readonly key: readonly string[]
  /** Whether it is small and whole: not led by tenant and bucket, so not divided among clusters either. */
  readonly isWhole: boolean
}

/** Tables that are not led by tenant and bucket: a handful of rows each, read before a tenant is known. */
export const WHOLE_TABLES: readonly string[] = [
  'schema_migrations',
  'installation',
  'tenants',
  'api_keys',
  'tenant_settings',
  'cluster_state',
]

const TABLE = /CREATE TABLE IF NOT EXISTS (\w+)[\s\S]*PRIMARY KEY \(([^)]+)\)/

/** Every table of the schema, in the order in which they are made. */
export function tablesOfSchema(): readonly Table[] {
  const texts = [OPERATIONS_SQL.createMigrations, ...MIGRATIONS.flatMap(({ statements }) => statements)]
  return texts.flatMap((text) => {
    const [, name, key] = TABLE.exec(text) ?? []
    if (name === undefined || key === undefined) return []
    return [{ name, key: key.split(/,\s*/), isWhole: WHOLE_TABLES.includes(name) }]
  })
}

/** The table that a statement reads or writes; undefined for a statement without one. */
export function tableOf(sql: string): string | undefined {
  return /\b(?:FROM|INTO|UPDATE|TABLE(?: IF NOT EXISTS)?) (\w+)/.exec(sql)?.[1]
}
