/** What writes several variables at once: a few texts, so that each stays prepared. */
export const VARIABLES_SQL: Readonly<
  Record<'saveVariable' | 'saveFourVariables' | 'saveSixteenVariables', string>
> = {
  saveVariable: saveVariablesSql(1),
  saveFourVariables: saveVariablesSql(4),
  saveSixteenVariables: saveVariablesSql(16),
}

/** Writes so many variables of one customer over what was there, all at one time. */
function saveVariablesSql(count: number): string {
  const rows = Array.from({ length: count }, (_, row) => {
    const columns = ['name', 'value', 'expires_at', 'source'].map(
      (_name, column) => `$${5 + 4 * row + column}`,
    )
    return `($1, $2, $3, $4, ${columns.join(', ')})`
  })
  return `INSERT INTO variables (tenant, bucket, customer_ref, updated_at, name, value, expires_at, source)
    VALUES ${rows.join(', ')}
    ON CONFLICT (tenant, bucket, customer_ref, name)
    DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, expires_at = excluded.expires_at,
      source = excluded.source`
}
