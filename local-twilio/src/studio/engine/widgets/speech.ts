import { newSid } from '../../../sid.ts'
import type { CallerAction, Prompt } from '../../../voice/caller.ts'
import { asText } from '../../flow.ts'
import { isFields } from '../../read-flow.ts'
import { FlowStop } from '../run-end.ts'
import { type Moment, rendered, settle, type WidgetOutcome } from './moment.ts'

/** Says or plays something. */
export function sayPlay(moment: Moment): WidgetOutcome {
  speak(moment)
  return { event: 'audioComplete' }
}

/** Asks for keys or speech. */
export async function gather(moment: Moment): Promise<WidgetOutcome> {
  const { properties } = moment.state
  speak(moment)
  const digits = properties['number_of_digits']
  const action = await ask(moment, {
    kind: 'gather',
    accepts: ['dtmf', 'speech'],
    finishOnKey: properties['stop_gather'] === false ? '' : rendered(moment, 'finish_on_key'),
    ...(typeof digits === 'number' && { numDigits: digits }),
    heard: heardSince(moment),
  })
  switch (action.kind) {
    case 'press':
      return pressed(moment, action.digits)
    case 'say':
      return { event: 'speech', output: { SpeechResult: action.text, Confidence: 0.9 } }
    case 'silent':
      return { event: 'timeout', output: {} }
    case 'hang-up':
      return hangUp(moment)
  }
}

/** Records a message. */
export async function recordVoicemail(moment: Moment): Promise<WidgetOutcome> {
  const longest = moment.state.properties['max_length']
  const action = await ask(moment, {
    kind: 'record',
    maxLengthSeconds: typeof longest === 'number' ? longest : 3_600,
    finishOnKey: rendered(moment, 'finish_on_key'),
    heard: heardSince(moment),
  })
  const left = {
    RecordingSid: newSid('RE'),
    RecordingUrl: 'https://api.twilio.com/',
    RecordingDuration: '5',
  }
  switch (action.kind) {
    case 'say':
    case 'press':
      await tellOfRecording(moment, left)
      return { event: 'recordingComplete', output: left }
    case 'silent':
      return { event: 'noAudio', output: {} }
    case 'hang-up':
      return hangUp(moment)
  }
}

/** Tells the status callback that a recording can be heard. Nobody waits for its answer. */
async function tellOfRecording(moment: Moment, left: Readonly<Record<string, string>>): Promise<void> {
  const url = rendered(moment, 'recording_status_callback_url')
  const { call } = moment.execution.context.trigger
  if (url === '' || !isFields(call)) return
  const parameters = { CallSid: asText(call['CallSid']), ...left, RecordingStatus: 'completed' }
  const request = {
    widget: moment.state.name,
    kind: 'function',
    method: 'POST',
    url,
    contentType: 'application/x-www-form-urlencoded; charset=UTF-8',
    body: new URLSearchParams(parameters).toString(),
    parameters,
  } as const
  moment.execution.requests.push({ request, answer: await moment.execution.http(request) })
}

/** The caller hangs up inside a widget: its own event where it has one, else the end of the execution. */
export function hangUp({ state, execution }: Moment): WidgetOutcome {
  execution.hungUp = true
  const known = state.transitions.some(({ event }) => event === 'hangup')
  if (known) return { event: 'hangup', output: {} }
  throw new FlowStop({ kind: 'hung-up', widget: state.name })
}

function pressed(moment: Moment, digits: string): WidgetOutcome {
  const { properties } = moment.state
  const finish = properties['stop_gather'] === false ? '' : rendered(moment, 'finish_on_key')
  const most = properties['number_of_digits']
  const upToFinish = finish === '' ? digits : (digits.split(finish)[0] ?? '')
  const kept = typeof most === 'number' ? upToFinish.slice(0, most) : upToFinish
  return kept === '' ? { event: 'timeout', output: {} } : { event: 'keypress', output: { Digits: kept } }
}

function speak(moment: Moment): void {
  const { state, execution } = moment
  const template = state.properties['say']
  const words = rendered(moment, 'say')
  if (typeof template === 'string' && words !== template && marks(words) > marks(template)) {
    settle(moment, 'spoken-markup', 'a value with markup is spoken')
  }
  const heard = words || rendered(moment, 'play') || rendered(moment, 'digits')
  if (heard === '') return
  execution.heard.push(heard)
  execution.unanswered.push(heard)
}

function marks(text: string): number {
  return text.match(/[<&]/g)?.length ?? 0
}

function heardSince({ execution }: Moment): readonly string[] {
  return execution.unanswered.splice(0)
}

async function ask({ execution }: Moment, prompt: Prompt): Promise<CallerAction> {
  return execution.hungUp ? { kind: 'hang-up' } : execution.caller.respond(prompt)
}
