import type { Speaker } from './speaker.ts'
import type { VoiceStep } from './twiml.ts'

/** Why nobody takes the call. */
export type VoicemailReason = 'closed' | 'nobody-free'

/** Asks for a message and records it. Twilio goes on after the recording only when it heard nothing. */
export function askForMessage({ texts }: Speaker, reason: VoicemailReason): readonly VoiceStep[] {
  return [
    { kind: 'say', text: reason === 'closed' ? texts.closed : texts.nobodyFree },
    { kind: 'say', text: texts.leaveMessage },
    { kind: 'record', action: '/connect-agent' },
    { kind: 'say', text: texts.noMessage },
    { kind: 'hang-up' },
  ]
}

/** Confirms the message and ends the call. */
export function messageKept({ texts }: Speaker): readonly VoiceStep[] {
  return [{ kind: 'say', text: texts.messageKept }, { kind: 'hang-up' }]
}
