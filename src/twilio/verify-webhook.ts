import type { CallSession } from '../call/session.ts'
import type { VerifyStep, VerifyTurn } from '../call/verify-caller.ts'
import { readYesOrNo } from '../voice/menu.ts'
import { verifyMethodOf } from '../voice/next-step.ts'
import type { Speaker } from '../voice/speaker.ts'
import type { VoiceStep } from '../voice/twiml.ts'
import { askAccount, askCode, confirmAccount, leaveVerification, readDigits } from '../voice/verify-steps.ts'
import type { RuntimeEvent } from './runtime.ts'
import { parseCaller, parseCallerInput, parseCount, parseWord } from './webhook.ts'

/** Reads a turn of the verification from its webhook. Without an intent that asks for more, a code is enough. */
export function verifyTurnOf(event: RuntimeEvent, speaker: Speaker, session: CallSession): VerifyTurn {
  const { digits, speech } = parseCallerInput(event)
  const read = readDigits(speaker, digits, speech)
  return {
    stage: parseWord(event, 'step', ['account', 'confirm', 'code']) ?? 'begin',
    answers: parseCount(event, 'answers'),
    silent: parseCount(event, 'silent'),
    method: verifyMethodOf(speaker.flow, session.tier, session.intent) ?? 'quick',
    session,
    ani: parseCaller(event),
    ...(read && { digits: read }),
    verdict: readYesOrNo(speaker, digits, speech),
    isAnswered: digits !== undefined || speech !== undefined,
  }
}

/** What a step of the verification sounds like. */
export function verifySteps(speaker: Speaker, step: VerifyStep): readonly VoiceStep[] {
  switch (step.kind) {
    case 'ask-account':
      return askAccount(speaker, step)
    case 'confirm-account':
      return confirmAccount(speaker, step.digits, step)
    case 'ask-code':
      return askCode(speaker, step)
    case 'done':
      return leaveVerification(speaker, step.assurance.level === 'verified')
  }
}
