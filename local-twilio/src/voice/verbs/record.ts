import type { Call } from '../call.ts'
import { askCaller, emit, isOverdue, noteInput, spend } from '../call.ts'
import type { CallerAction } from '../caller.ts'
import { deliverWebhook } from '../deliver-webhook.ts'
import { speakingSeconds } from '../duration.ts'
import type { LineInput, Params } from '../events.ts'
import type { TwimlElement } from '../parse-twiml.ts'
import { newSid } from '../../sid.ts'
import { actionRequest, pressedKeys, tellAfterTheCall } from './action.ts'
import { flag, httpMethod, keys, resolveUrl, wholeNumber } from './attributes.ts'
import type { Step, Verb, VerbContext } from './verb.ts'
import { NEXT } from './verb.ts'

type Recording = Extract<LineInput, { kind: 'recording' }>

interface RecordSettings {
  readonly maxLengthSeconds: number
  readonly timeoutSeconds: number
  readonly finishOnKey: string
  readonly playBeep: boolean
}

// TWILIO: how long the recording of a caller is who presses a key or hangs up without a word is not documented.
const SHORTEST_RECORDING_SECONDS = 1

/**
 * `<Record>`: keeps what the caller says and goes to the action URL, also when the caller ends the message by
 * hanging up. A caller who says nothing leaves no recording: the call falls through to the next verb.
 */
export const record: Verb = async (element, context) => {
  const { call } = context
  const settings: RecordSettings = {
    maxLengthSeconds: wholeNumber(call, element, 'maxLength', 1, 3600),
    timeoutSeconds: wholeNumber(call, element, 'timeout', 1, 5),
    finishOnKey: keys(call, element, 'finishOnKey', /^[\d*#]*$/, '1234567890*#'),
    playBeep: flag(call, element, 'playBeep', true),
  }
  emit(call, { kind: 'record', ...settings })
  if (isOverdue(call)) return NEXT
  const { maxLengthSeconds, finishOnKey } = settings
  const action = await askCaller(call, (heard) => ({ kind: 'record', maxLengthSeconds, finishOnKey, heard }))
  const recording = recordingOf(action, settings)
  emit(call, { kind: 'caller', action, input: recording ?? { kind: 'nothing' } })
  if (recording === undefined) {
    spend(call, settings.timeoutSeconds)
    return NEXT
  }
  noteInput(call)
  return finishRecording(element, context, action, recording, settings)
}

async function finishRecording(
  element: TwimlElement,
  context: VerbContext,
  action: CallerAction,
  recording: Recording,
  settings: RecordSettings,
): Promise<Step> {
  const { call } = context
  const endedBySilence = recording.digits === '' && recording.seconds < settings.maxLengthSeconds
  spend(call, recording.seconds + (endedBySilence ? settings.timeoutSeconds : 0))
  const params = recordingParams(call, recording)
  const request = actionRequest(element, context, { ...params, Digits: recording.digits })
  const left = action.kind === 'hang-up'
  if (left) await tellAfterTheCall(call, request)
  await tellRecordingStatus(element, context, params)
  return left ? { kind: 'end', by: 'caller', reason: 'caller-left' } : { kind: 'goto', request }
}

/** The recording that an action leaves. Silence leaves none, nor do keys that do not end it. */
function recordingOf(action: CallerAction, settings: RecordSettings): Recording | undefined {
  const recording = (seconds: number, digits: string): Recording => ({
    kind: 'recording',
    recordingSid: newSid('RE'),
    seconds: Math.min(settings.maxLengthSeconds, Math.ceil(seconds)),
    digits,
  })
  switch (action.kind) {
    case 'say':
      return action.text.trim() === '' ? undefined : recording(speakingSeconds(action.text), '')
    case 'press': {
      const key = Array.from(pressedKeys(action)).find((pressed) => settings.finishOnKey.includes(pressed))
      return key === undefined ? undefined : recording(SHORTEST_RECORDING_SECONDS, key)
    }
    case 'hang-up':
      return recording(SHORTEST_RECORDING_SECONDS, 'hangup')
    case 'silent':
      return undefined
  }
}

function recordingParams(call: Call, recording: Recording): Params {
  const path = `/2010-04-01/Accounts/${call.options.accountSid}/Recordings/${recording.recordingSid}`
  return {
    RecordingSid: recording.recordingSid,
    RecordingUrl: `https://api.twilio.com${path}`,
    RecordingDuration: String(recording.seconds),
  }
}

// Twilio reports a recording when it has been processed, at some later time; here at once, so that calls repeat.
async function tellRecordingStatus(
  element: TwimlElement,
  { call, documentUrl }: VerbContext,
  params: Params,
): Promise<void> {
  const url = element.attributes['recordingStatusCallback']
  if (url === undefined) return
  await deliverWebhook(call, {
    purpose: 'recording-status',
    url: resolveUrl(url, documentUrl),
    method: httpMethod(call, element, 'recordingStatusCallbackMethod'),
    params: {
      ...params,
      RecordingStatus: 'completed',
      RecordingChannels: '1',
      RecordingSource: 'RecordVerb',
      ErrorCode: '0',
    },
  })
}
