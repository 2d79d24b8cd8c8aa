import type { OpenIntent } from '../contract.ts'
import type { CallFlow, Route } from './call-flow.ts'
import { isOpen } from './opening-hours.ts'

/** What decides where a call goes. */
export interface RoutingFacts {
  /** What the call is about; undefined when nobody said. */
  readonly intent?: string
  readonly openIntents: readonly OpenIntent[]
  readonly variables: Readonly<Record<string, string>>
  readonly now: Date
  /** Where calls go for which the call flow names no route. */
  readonly workflowSid?: string
}

/** What the call flow makes of a caller, wherever the call goes. */
export interface Standing {
  /** How many calls this matter has taken, this one included. */
  readonly attempt: number
  readonly vip: boolean
  /** The agent who is to have the call if possible. */
  readonly preferredAgent?: string
}

/** Where a call goes. */
export type Routing =
  | { readonly kind: 'voicemail'; readonly reason: 'closed' | 'nobody-free' }
  | {
      readonly kind: 'queue'
      readonly place: { readonly workflowSid: string } | { readonly queue: string }
      readonly priority: number
      readonly standing: Standing
    }

/** Name of the remembered variable that holds a customer's agent. */
export const PREFERRED_AGENT = 'preferred_agent'

/** The remembered values that decide about a call; those that may be spoken come right after them. */
export function routingVariables({ routing, spokenVariables }: CallFlow): readonly string[] {
  return [PREFERRED_AGENT, routing.vip.variable, 'language', 'call_date', ...spokenVariables]
}

/** Decides where a call goes: by its intent, then by what is remembered of the caller. */
export function routeCall(flow: CallFlow, facts: RoutingFacts): Routing {
  if (!isOpen(flow.openingHours, facts.now)) return { kind: 'voicemail', reason: 'closed' }
  const place = placeOf(flow, facts)
  if (!place) return { kind: 'voicemail', reason: 'nobody-free' }
  const { repeated, vip } = flow.routing
  const standing = standingOf(flow, facts)
  const priority = Math.max(
    0,
    standing.attempt >= repeated.fromAttempt ? repeated.priority : 0,
    standing.vip ? vip.priority : 0,
  )
  return { kind: 'queue', place, priority, standing }
}

/** What the call flow makes of a caller, by what is remembered of them. */
export function standingOf(
  { routing: { vip } }: CallFlow,
  facts: Pick<RoutingFacts, 'intent' | 'openIntents' | 'variables'>,
): Standing {
  const { variables } = facts
  const preferredAgent = variables[PREFERRED_AGENT]?.trim()
  return {
    attempt: attemptOf(facts),
    vip: vip.values.includes((variables[vip.variable] ?? '').trim().toLowerCase()),
    ...(preferredAgent && { preferredAgent }),
  }
}

function placeOf(
  { menu, routing }: CallFlow,
  { intent, workflowSid }: RoutingFacts,
): { readonly workflowSid: string } | { readonly queue: string } | undefined {
  const route: Route = menu.find((entry) => entry.intent === intent)?.route ?? routing.default ?? {}
  if (route.queue !== undefined) return { queue: route.queue }
  const workflow = route.workflowSid ?? workflowSid
  return workflow === undefined ? undefined : { workflowSid: workflow }
}

/** The memory counts the calls that ended with the matter still open; this call is one more. */
function attemptOf({ intent, openIntents }: Pick<RoutingFacts, 'intent' | 'openIntents'>): number {
  return (openIntents.find((open) => open.intent === intent)?.attempt_count ?? 0) + 1
}
