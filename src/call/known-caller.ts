import type { CallerContext } from '../memory/caller-memory.ts'
import type { KnownCaller } from './session.ts'

// A Sync document holds 16 kB and a task's attributes far less; the panel fetches the rest.
const MAX_VARIABLES = 24
const MAX_VALUE = 200
const MAX_INTENTS = 8
const MAX_LABEL = 64
const MAX_SOURCES = 12
const MAX_SOURCE = 40

/** Cuts a caller's context to what the later webhooks of the call need. Variables in `first` come first. */
export function knownCallerOf(context: CallerContext, first: readonly string[]): KnownCaller {
  const names = Object.keys(context.variables)
  const ordered = [
    ...first.filter((name) => names.includes(name)),
    ...names.filter((n) => !first.includes(n)),
  ]
  const variables = ordered
    .slice(0, MAX_VARIABLES)
    .map((name) => [name.slice(0, MAX_LABEL), cut(context.variables[name]?.value ?? '', MAX_VALUE)] as const)
  return {
    confidence: context.identity.confidence,
    level: context.identity.level,
    sources: context.identity.sources.slice(0, MAX_SOURCES).map((source) => cut(source, MAX_SOURCE)),
    openIntents: context.openIntents.slice(0, MAX_INTENTS).map(({ intent, status, attempt_count }) => ({
      intent: cut(intent, MAX_LABEL),
      status,
      attempt_count,
    })),
    variables: Object.fromEntries(variables),
  }
}

/** At most so many characters, never half of one that takes two. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/\p{Cs}/gu, '')
}
