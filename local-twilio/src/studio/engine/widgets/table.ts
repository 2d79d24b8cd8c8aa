import type { WidgetRun } from './moment.ts'
import { outsideEvent } from './outside.ts'
import { makeHttpRequest, runFunction } from './request.ts'
import { gather, recordVoicemail, sayPlay } from './speech.ts'
import { splitBasedOn } from './split.ts'
import { enqueueCall, sendToFlex } from './task.ts'
import { setVariables } from './variables.ts'

/** The behaviour of each widget type. A type that is missing here is not modelled. */
export const WIDGET_RUNS: ReadonlyMap<string, WidgetRun> = new Map<string, WidgetRun>([
  ['say-play', sayPlay],
  ['gather-input-on-call', gather],
  ['record-voicemail', recordVoicemail],
  ['run-function', runFunction],
  ['make-http-request', makeHttpRequest],
  ['split-based-on', splitBasedOn],
  ['set-variables', setVariables],
  ['send-to-flex', sendToFlex],
  ['enqueue-call', enqueueCall],
  ['fork-stream', () => ({ event: 'next' })],
  ['record-call', outsideEvent],
  ['connect-call-to', outsideEvent],
  ['add-twiml-redirect', outsideEvent],
  ['run-subflow', outsideEvent],
  ['make-outgoing-call-v2', outsideEvent],
  ['connect-virtual-agent-v2', outsideEvent],
  ['run-conversation-relay', outsideEvent],
  ['send-message', outsideEvent],
  ['send-and-wait-for-reply', outsideEvent],
])
