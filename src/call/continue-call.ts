import { assessIdentity } from '../caller/confidence.ts'
import type { Identity, LineType, OpenIntent } from '../contract.ts'
import type { CallerContext } from '../memory/caller-memory.ts'
import type { EarlierCall } from './earlier-call.ts'
import { LAST_ISSUE } from './saving/record.ts'

/** What is known when a call may go on with an earlier one. */
export interface Continuation {
  readonly earlier: EarlierCall
  /** What the memory answered; absent when it did not. */
  readonly context?: CallerContext | undefined
  readonly lineType: LineType
  readonly now: Date
}

/**
 * The caller's context with what the memory lacks of an earlier call from the same number, whose save is still under
 * way or whose memory is down. Undefined when the memory has it all, or names somebody else.
 *
 * Where the memory knows nobody, or does not answer, the number is what speaks for the caller, weighed as the memory
 * weighs it: one customer on it, seen just now.
 */
export function continueCall({ earlier, context, lineType, now }: Continuation): CallerContext | undefined {
  if (context && (earlier.saved || !isSameCustomer(earlier, context))) return undefined
  return {
    customerRef: context?.customerRef ?? earlier.customerRef ?? '',
    identity: identityOf({ earlier, context, lineType, now }),
    openIntents: openIntentsOf(earlier, context?.openIntents ?? []),
    variables: {
      ...(earlier.language && { language: own(earlier.language) }),
      ...context?.variables,
      call_date: own(earlier.startedAt),
      ...(earlier.said && { [LAST_ISSUE]: own(earlier.said) }),
    },
  }
}

function identityOf({ earlier, context, lineType, now }: Continuation): Identity {
  if (context && context.identity.confidence > 0) return context.identity
  const daysSinceContact = (now.getTime() - Date.parse(earlier.startedAt)) / 86_400_000
  return assessIdentity({ number: { lineType, customersOnNumber: 1, daysSinceContact } }).identity
}

function isSameCustomer({ customerRef }: EarlierCall, context: CallerContext): boolean {
  if ((context.candidates?.length ?? 0) > 0) return false
  return customerRef === undefined || customerRef === context.customerRef
}

const own = (value: string): CallerContext['variables'][string] => ({ value, source: 'call', ttl_seconds: 0 })

/** The intents that are open, that of the earlier call first. Its own attempt is not counted by the memory yet. */
function openIntentsOf({ intent }: EarlierCall, known: readonly OpenIntent[]): readonly OpenIntent[] {
  if (intent === undefined) return known
  const before = known.find((open) => open.intent === intent)?.attempt_count ?? 0
  const others = known.filter((open) => open.intent !== intent)
  return [{ intent, status: 'open', attempt_count: before + 1 }, ...others]
}
