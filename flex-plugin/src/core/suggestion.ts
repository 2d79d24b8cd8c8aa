import { isDoubtful } from './assurance.ts'
import type { Evidence } from './evidence.ts'
import type { AssuranceView, CallerKind, OpenMatter } from './view.ts'

/** What the agent may do first, ready to be put into words. */
export interface Suggestion {
  readonly key: 'escalate' | 'continue' | 'ask_who' | 'confirm' | 'ask_details' | 'verify' | 'greet'
  /** The matter it is about. */
  readonly intent?: string
  readonly attempts?: number
}

/** What a suggestion is decided from. */
export interface SuggestionBasis {
  readonly kind: CallerKind
  readonly openMatters: readonly OpenMatter[]
  readonly assurance: AssuranceView
  readonly evidence: readonly Evidence[]
}

interface Rule {
  readonly holds: (basis: SuggestionBasis) => boolean
  readonly suggest: (basis: SuggestionBasis) => Suggestion
}

const ESCALATE_FROM = 3
const KNOWN: ReadonlySet<CallerKind> = new Set(['recognized', 'likely', 'confirmed'])

const isKnown = ({ kind }: SuggestionBasis): boolean => KNOWN.has(kind)
const worst = ({ openMatters }: SuggestionBasis): OpenMatter | undefined =>
  [...openMatters].sort((a, b) => b.attempts - a.attempts)[0]

/** The first rule that holds is the one. Who it is comes before what it is about. */
const RULES: readonly Rule[] = [
  {
    holds: ({ kind }) => kind === 'unavailable' || kind === 'unlinked',
    suggest: () => ({ key: 'ask_details' }),
  },
  { holds: ({ kind }) => kind === 'shared', suggest: () => ({ key: 'ask_who' }) },
  { holds: ({ kind }) => kind === 'possible', suggest: () => ({ key: 'confirm' }) },
  {
    holds: (basis) => isKnown(basis) && (isDoubtful(basis.assurance) || isForged(basis)),
    suggest: () => ({ key: 'verify' }),
  },
  {
    holds: (basis) => isKnown(basis) && (worst(basis)?.attempts ?? 0) >= ESCALATE_FROM,
    suggest: (basis) => about('escalate', worst(basis)),
  },
  {
    holds: (basis) => isKnown(basis) && basis.openMatters.length > 0,
    suggest: (basis) => about('continue', basis.openMatters[0]),
  },
  { holds: isKnown, suggest: () => ({ key: 'greet' }) },
]

function isForged({ evidence, assurance }: SuggestionBasis): boolean {
  return assurance.level !== 'verified' && evidence.some(({ key }) => key === 'attestation_failed')
}

function about(key: Suggestion['key'], matter: OpenMatter | undefined): Suggestion {
  return { key, ...(matter && { intent: matter.intent, attempts: matter.attempts }) }
}

/** Suggests what to do first; nothing for a caller of whom nothing is known. */
export function suggestAction(basis: SuggestionBasis): Suggestion | undefined {
  return RULES.find(({ holds }) => holds(basis))?.suggest(basis)
}
