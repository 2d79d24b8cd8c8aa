/** A reason for a confidence, ready to be put into words: `{ key: 'recency', count: 6 }`. */
export interface Evidence {
  readonly key: EvidenceKey
  /** Days, people, calls: what the words count. */
  readonly count?: number
}

/** Reasons that the words exist for. */
export type EvidenceKey =
  | 'ani_mobile'
  | 'ani_landline'
  | 'ani_voip'
  | 'ani_unknown'
  | 'external_id'
  | 'customer_ref'
  | 'recency'
  | 'shared'
  | 'attestation_a'
  | 'attestation_b'
  | 'attestation_c'
  | 'attestation_failed'
  | 'forwarded'
  | 'conflict'
  | 'confirmed'
  | 'corrected'
  | 'other'

const PLAIN: Readonly<Record<string, EvidenceKey>> = {
  'ani:mobile': 'ani_mobile',
  'ani:landline': 'ani_landline',
  'ani:voip': 'ani_voip',
  'ani:unknown': 'ani_unknown',
  external_id: 'external_id',
  customer_ref: 'customer_ref',
  'attestation:A': 'attestation_a',
  'attestation:B': 'attestation_b',
  'attestation:C': 'attestation_c',
  'attestation:failed': 'attestation_failed',
  forwarded: 'forwarded',
  ani_conflict: 'conflict',
}

const COUNTED: readonly (readonly [RegExp, EvidenceKey])[] = [
  [/^recency:(\d{1,6})days?$/, 'recency'],
  [/^shared:(\d{1,4})$/, 'shared'],
  [/^confirmed:(\d{1,4})$/, 'confirmed'],
  [/^corrected:(\d{1,4})$/, 'corrected'],
]

/** Reads sources in the memory's notation, such as `ani:mobile` or `recency:6day`. Each reason comes once. */
export function evidenceOf(sources: readonly string[]): readonly Evidence[] {
  const byKey = new Map<EvidenceKey, Evidence>()
  for (const evidence of sources.map(evidenceOfSource)) {
    if (!byKey.has(evidence.key)) byKey.set(evidence.key, evidence)
  }
  return [...byKey.values()]
}

function evidenceOfSource(source: string): Evidence {
  const plain = Object.hasOwn(PLAIN, source) ? PLAIN[source] : undefined
  if (plain) return { key: plain }
  for (const [pattern, key] of COUNTED) {
    const count = pattern.exec(source)?.[1]
    if (count !== undefined) return { key, count: Number(count) }
  }
  return { key: 'other' }
}
