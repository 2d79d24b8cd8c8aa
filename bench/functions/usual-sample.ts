import axios from 'axios'
import type { RuntimeContext, RuntimeEvent } from '../../src/twilio/runtime.ts'

// The usual sample: what guides show for a greeting by confidence. It has no deadline, retries nothing and keeps no
// session. It is here to be measured against, and nowhere else.

interface SampleAnswer {
  readonly identity?: { readonly confidence: number }
  readonly variables?: { readonly last_issue?: { readonly value: string } }
}

interface SampleTwiml {
  readonly say: (text: string) => void
  readonly redirect: (path: string) => void
}

declare const Twilio: { readonly twiml: { readonly VoiceResponse: new () => SampleTwiml } }

/** Asks the memory who is calling and greets them, in the way that samples do it. */
export async function handler(
  context: RuntimeContext,
  event: RuntimeEvent,
  callback: (error: unknown, answer: SampleTwiml) => void,
): Promise<void> {
  const twiml = new Twilio.twiml.VoiceResponse()
  try {
    const question = { call_id: event['CallSid'], identity_hints: { ani: event['From'] } }
    const headers = { Authorization: `Bearer ${String(context['STICKY_CALLS_API_KEY'])}` }
    const url = `${String(context['STICKY_CALLS_API_URL'])}/v1/calls/start`
    const { data } = await axios.post<SampleAnswer>(url, question, { headers })
    const isKnown = (data.identity?.confidence ?? 0) >= 0.7
    const issue = data.variables?.last_issue?.value ?? 'something else'
    twiml.say(isKnown ? `Hello again, last time it was about ${issue}.` : 'Hello, how can we help?')
  } catch {
    twiml.say('Hello.')
  }
  twiml.redirect('/next-step')
  callback(null, twiml)
}
