import type { Call } from './call.ts'
import { emit, isOverdue, spend, warn } from './call.ts'
import type { WebhookRequest } from './deliver-webhook.ts'
import { pathOf } from './deliver-webhook.ts'
import { playingSeconds } from './duration.ts'
import type { TwilioError } from './events.ts'
import { fetchTwiml } from './fetch-twiml.ts'
import type { TwimlElement } from './parse-twiml.ts'
import { elementsOf } from './parse-twiml.ts'
import { hasText, violationsOf } from './schema.ts'
import type { VerbEntry } from './verbs/table.ts'
import { UNPLAYED_VERBS, VERBS } from './verbs/table.ts'
import type { Step, VerbContext } from './verbs/verb.ts'
import { LONGEST_CALL } from './verbs/verb.ts'

/** How one document ended: it had no more, it leads elsewhere, or there was none to play. */
export type DocumentOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: TwilioError }
  | Exclude<Step, { kind: 'next' }>

/** What a document needs of its surroundings. */
export type DocumentContext = Pick<VerbContext, 'inQueue' | 'wait'>

/** Fetches a document and plays it, verb by verb, until one of them leads out of it. */
export async function runDocument(
  call: Call,
  request: WebhookRequest,
  context: DocumentContext,
): Promise<DocumentOutcome> {
  if (request.purpose === 'redirect') {
    call.state.redirectsSinceInput += 1
    if (call.state.redirectsSinceInput > call.limits.maxRedirects) return tooManyRedirects(request)
  }
  const fetched = await fetchTwiml(call, request)
  switch (fetched.kind) {
    case 'failed':
      return fetched
    case 'audio':
      call.state.answered = true
      emit(call, { kind: 'play', url: fetched.url, loop: 1 })
      spend(call, playingSeconds())
      return { kind: 'done' }
    case 'twiml':
      return walk(fetched.response, { ...context, call, documentUrl: fetched.url })
  }
}

async function walk(response: TwimlElement, context: VerbContext): Promise<DocumentOutcome> {
  const { call } = context
  if (hasText(response)) warn(call, 12200, '<Response> takes no text')
  for (const element of elementsOf(response)) {
    const entry = findVerb(element, context)
    if (entry === undefined) continue
    for (const violation of violationsOf(element)) warn(call, 12200, violation)
    if (entry.answers) call.state.answered = true
    const step = await entry.run(element, context)
    if (step.kind === 'end') return step
    if (isOverdue(call)) return LONGEST_CALL
    if (step.kind !== 'next') return step
  }
  return { kind: 'done' }
}

/** The verb of an element. One that cannot be run is passed over with a warning, as Twilio does. */
function findVerb(element: TwimlElement, { call, inQueue }: VerbContext): VerbEntry | undefined {
  const entry = VERBS.get(element.name)
  if (entry !== undefined && (entry.inQueue || !inQueue)) return entry
  if (entry !== undefined)
    warn(call, 12200, `<${element.name}> is not allowed while a caller waits in a queue`)
  else if (UNPLAYED_VERBS.has(element.name)) {
    warn(call, null, `<${element.name}> is a verb that this engine does not play`)
  } else warn(call, 12200, `<${element.name}> is not a verb`)
  return undefined
}

function tooManyRedirects(request: WebhookRequest): DocumentOutcome {
  const reason = 'too many redirects without any input from the caller'
  return { kind: 'failed', error: { code: 11215, path: pathOf(request.url), reason } }
}
