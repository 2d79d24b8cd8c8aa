import { TEXTS } from './texts.ts'
import type { VoiceStep } from './twiml.ts'

/** Asks for a message and records it. Twilio goes on after the recording only when it heard nothing. */
export function askForMessage(): readonly VoiceStep[] {
  return [
    { kind: 'say', text: TEXTS.leaveMessage },
    { kind: 'record', action: '/connect-agent' },
    { kind: 'say', text: TEXTS.noMessage },
    { kind: 'hang-up' },
  ]
}

/** Confirms the message and ends the call. */
export function messageKept(): readonly VoiceStep[] {
  return [{ kind: 'say', text: TEXTS.messageKept }, { kind: 'hang-up' }]
}
