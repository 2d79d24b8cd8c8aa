import type { CallSession } from '../call/session.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { connect } from '../voice/queue-steps.ts'
import { routeCall } from '../voice/route-call.ts'
import type { Speaker } from '../voice/speaker.ts'
import type { VoiceStep } from '../voice/twiml.ts'
import { askForMessage } from '../voice/voicemail.ts'
import { callerTask } from './caller-task.ts'

export interface ConnectCallOptions {
  /** The calling number as it came in the webhook. */
  readonly from: string
  readonly config: Pick<Config, 'workflowSid'>
  readonly now: Date
  readonly log: Log
}

/** Routes the call of a session: the steps that put it into its queue with its task, or that ask for a message. */
export function connectCall(
  session: CallSession,
  speaker: Speaker,
  { from, config, now, log }: ConnectCallOptions,
): readonly VoiceStep[] {
  const { intent, known, assurance } = session
  const routing = routeCall(speaker.flow, {
    ...(intent && { intent }),
    openIntents: known?.openIntents ?? [],
    variables: known?.variables ?? {},
    now,
    ...(config.workflowSid && { workflowSid: config.workflowSid }),
  })
  log('info', routing.kind === 'queue' ? 'call queued' : `voicemail, ${routing.reason}`, {
    assurance: assurance.level,
    verification: assurance.verification,
    ...(routing.kind === 'queue' && { count: routing.standing.attempt }),
  })
  if (routing.kind === 'voicemail') return askForMessage(speaker, routing.reason)
  const { standing } = routing
  const spoken = speaker.flow.spokenVariables
  const task = callerTask({ session, standing, from, spoken, madeBy: 'enqueue' })
  return connect(speaker, routing, JSON.stringify(task), assurance.verification)
}
