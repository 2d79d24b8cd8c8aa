/** The value below which a share `p` (0 to 1) of the values lie; 0 when there are none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** A number with at most `digits` decimals. */
export function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits))
}
