/** Types of a line in Lookup's own words, as far as invented numbers have them here. */
export type LookupLineType = 'mobile' | 'landline' | 'nonFixedVoip'

/**
 * The line type of an invented number, by its last two digits: 80 to 89 are landlines, 90 to 94 lines over the
 * internet, all others mobiles.
 */
export function lineTypeOf(e164: string): LookupLineType {
  const end = Number(e164.slice(-2))
  if (end >= 80 && end <= 89) return 'landline'
  return end >= 90 && end <= 94 ? 'nonFixedVoip' : 'mobile'
}

/** Whether an invented number went to somebody else lately: those that end in 70 to 74. */
export function wasReassigned(e164: string): boolean {
  const end = Number(e164.slice(-2))
  return end >= 70 && end <= 74
}

/** Whether the SIM card of an invented number was exchanged lately: of those that end in 95 to 99. */
export function wasSimSwapped(e164: string): boolean {
  return Number(e164.slice(-2)) >= 95
}
