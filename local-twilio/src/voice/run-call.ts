import type { Call } from './call.ts'
import { emit, spend, warn } from './call.ts'
import type { WebhookRequest } from './deliver-webhook.ts'
import { speakingSeconds } from './duration.ts'
import type { TwilioError } from './events.ts'
import type { DocumentContext } from './run-document.ts'
import { runDocument } from './run-document.ts'
import { withoutFragment } from './signed-request.ts'
import type { CallEnd, WaitOutcome } from './verbs/verb.ts'

/** What a caller hears when the application has failed. */
export const APOLOGY = 'We are sorry, an application error has occurred. Goodbye.'

/** Follows a call from document to document, from the number's voice URL to its end. */
export async function runCall(call: Call): Promise<CallEnd> {
  const context: DocumentContext = { inQueue: false, wait: (request) => playWhileWaiting(call, request) }
  let request: WebhookRequest = {
    purpose: 'voice',
    url: call.options.voiceUrl,
    method: 'POST',
    params: {},
  }
  for (;;) {
    const outcome = await runDocument(call, request, context)
    if (outcome.kind === 'end') return outcome
    if (outcome.kind === 'goto') request = outcome.request
    else if (outcome.kind === 'failed') {
      emit(call, { kind: 'application-error', ...outcome.error })
      const rescue = fallbackRequest(call, request, outcome.error)
      if (rescue === undefined) return apologise(call)
      request = rescue
    } else return { kind: 'end', by: 'twilio', reason: 'end-of-document' }
  }
}

/** Plays the document of a queue's `waitUrl` once. Twilio repeats it until an agent answers; none does here. */
async function playWhileWaiting(call: Call, first: WebhookRequest): Promise<WaitOutcome> {
  const context: DocumentContext = { inQueue: true, wait: async () => ({ kind: 'waited' }) }
  let request = first
  for (;;) {
    const outcome = await runDocument(call, request, context)
    if (outcome.kind === 'end' || outcome.kind === 'leave') return outcome
    if (outcome.kind === 'goto') request = outcome.request
    else {
      // TWILIO: what a waiting caller hears when the document fails is not documented; here, nothing.
      // (observed 2026-11)
      if (outcome.kind === 'failed') warn(call, outcome.error.code, `while waiting: ${outcome.error.reason}`)
      return { kind: 'waited' }
    }
  }
}

/**
 * The request to the fallback URL. Twilio tries it for every fatal error; here only once until the caller has said or
 * pressed something, so that a fallback which leads back to the fault ends in the apology and not in a loop.
 */
function fallbackRequest(
  call: Call,
  request: WebhookRequest,
  error: TwilioError,
): WebhookRequest | undefined {
  const url = call.options.fallbackUrl
  if (url === undefined || call.state.fallbackSpentSinceInput) {
    return undefined
  }
  call.state.fallbackSpentSinceInput = true
  return {
    purpose: 'fallback',
    url,
    method: 'POST',
    params: { ErrorCode: String(error.code), ErrorUrl: withoutFragment(request.url) },
  }
}

function apologise(call: Call): CallEnd {
  call.state.answered = true
  emit(call, { kind: 'say', text: APOLOGY, loop: 1 })
  spend(call, speakingSeconds(APOLOGY))
  return { kind: 'end', by: 'twilio', reason: 'application-error' }
}
