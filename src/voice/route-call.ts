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

/** Where a call goes, and what its task says of it. */
export type Routing =
  | { readonly kind: 'voicemail'; readonly reason: 'closed' | 'nobody-free' }
  | {
      readonly kind: 'queue'
      readonly place: { readonly workflowSid: string } | { readonly queue: string }
      readonly priority: number
      /** How many calls this matter has taken, this one included. */
      readonly attempt: number
      readonly vip: boolean
      /** The agent who is to have the call if possible. */
      readonly preferredAgent?: string
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
  const { repeated, vip: vipRule } = flow.routing
  const attempt = attemptOf(facts)
  const vip = vipRule.values.includes((facts.variables[vipRule.variable] ?? '').trim().toLowerCase())
  const priority = Math.max(
    0,
    attempt >= repeated.fromAttempt ? repeated.priority : 0,
    vip ? vipRule.priority : 0,
  )
  const preferredAgent = facts.variables[PREFERRED_AGENT]?.trim()
  return { kind: 'queue', place, priority, attempt, vip, ...(preferredAgent && { preferredAgent }) }
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
function attemptOf({ intent, openIntents }: RoutingFacts): number {
  return (openIntents.find((open) => open.intent === intent)?.attempt_count ?? 0) + 1
}
