import type { CallerAction } from './caller.ts'
import type { CallEvent, LineInput, WebhookEvent } from './events.ts'

/** One entry of a transcript: who speaks or acts, and what. In a call `Line`, `Caller` or `Twilio`. */
export interface TranscriptEntry {
  readonly speaker: string
  readonly text: string
}

/** Which of the things that the caller never notices a transcript shows. */
export interface EntryOptions {
  /** Every webhook with its status. Status callbacks that fail are shown in any case. */
  readonly webhooks: boolean
  /** The attributes of tasks. */
  readonly tasks: boolean
  readonly timings: boolean
}

type EventOf<Kind extends CallEvent['kind']> = Extract<CallEvent, { kind: Kind }>
type Describers = {
  readonly [Kind in CallEvent['kind']]: (
    event: EventOf<Kind>,
    options: EntryOptions,
  ) => TranscriptEntry | undefined
}

const line = (text: string): TranscriptEntry => ({ speaker: 'Line', text })
const twilio = (text: string): TranscriptEntry => ({ speaker: 'Twilio', text })

const DESCRIBERS: Describers = {
  webhook: describeWebhook,
  say: ({ text, loop }) => line(`${text}${times(loop)}`),
  play: (event) =>
    line(
      `${'digits' in event ? `plays the tones ${event.digits}` : `plays ${fileOf(event.url)}`}${times(event.loop)}`,
    ),
  pause: ({ seconds }) => line(`(pause of ${seconds} s)`),
  gather: (event) => line(`(waits for ${expectation(event)})`),
  caller: ({ action, input }) => ({
    speaker: 'Caller',
    text: `${actionText(action)}${outcome(action, input)}`,
  }),
  record: ({ playBeep }) => line(playBeep ? '(beep, records)' : '(records)'),
  dial: ({ targets, status }) => {
    const whom = targets.map(({ noun, value }) => `${noun.toLowerCase()} ${value}`.trim()).join(', ')
    return twilio(`dials ${whom}: ${status}`)
  },
  enqueue: (event, { tasks }) => {
    const place =
      event.workflowSid === undefined ? `queue ${event.queue}` : `workflow ${event.workflowSid} as a task`
    const attributes =
      tasks && event.taskAttributes !== undefined ? ` with the attributes ${event.taskAttributes}` : ''
    return twilio(`puts the call into ${place}${attributes}`)
  },
  agent: () => twilio('connects the caller with an agent'),
  dequeue: ({ result, seconds }) => twilio(`takes the call out of the queue after ${seconds} s: ${result}`),
  redirect: () => undefined,
  reject: ({ reason }) => twilio(reason === 'busy' ? 'plays a busy signal' : 'refuses the call'),
  'hang-up': describeHangUp,
  warning: ({ code, reason }) => twilio(`${code === null ? 'warning' : `warning ${code}`}: ${reason}`),
  'application-error': ({ code, path, reason }) => twilio(`error ${code} at ${path}: ${reason}`),
}

/** What a transcript says of an event; undefined for what the options leave out. */
export function describeEvent(event: CallEvent, options: EntryOptions): TranscriptEntry | undefined {
  const describe = DESCRIBERS[event.kind] as (
    event: CallEvent,
    options: EntryOptions,
  ) => TranscriptEntry | undefined
  return describe(event, options)
}

function describeWebhook(event: WebhookEvent, options: EntryOptions): TranscriptEntry | undefined {
  const failed = event.status === null || event.status >= 400
  const afterwards = event.purpose === 'status' || event.purpose === 'recording-status'
  if (!options.webhooks && !(failed && afterwards)) return undefined
  const answer = event.status === null ? `no answer (${event.failure ?? 'unknown'})` : String(event.status)
  const attempt = event.attempt > 1 ? ` (attempt ${event.attempt})` : ''
  const elapsed = options.timings ? ` in ${event.elapsedMs} ms` : ''
  const fault = failed && afterwards ? `the ${event.purpose.replace('-', ' ')} callback failed: ` : ''
  return twilio(`${fault}${event.method} ${event.path}  ${answer}${attempt}${elapsed}`)
}

function describeHangUp({ by, reason }: EventOf<'hang-up'>): TranscriptEntry | undefined {
  switch (reason) {
    case 'caller-left':
    case 'rejected':
      return undefined
    case 'end-of-document':
      return twilio('hangs up (there is nothing left to do)')
    case 'longest-call':
      return twilio('hangs up (the call has reached its longest length)')
    case 'hangup-verb':
    case 'application-error':
      return by === 'twilio' ? twilio('hangs up') : line('hangs up')
  }
}

function expectation({ input, numDigits, finishOnKey }: EventOf<'gather'>): string {
  const count = numDigits === undefined ? 'keys' : `${numDigits} ${numDigits === 1 ? 'key' : 'keys'}`
  // A single key needs no other to end it.
  const end = finishOnKey === '' || numDigits === 1 ? '' : ` or ${finishOnKey}`
  const pressed = numDigits === undefined && end !== '' ? `keys and ${finishOnKey}` : `${count}${end}`
  return input.map((kind) => (kind === 'dtmf' ? pressed : 'speech')).join(', or ')
}

function actionText(action: CallerAction): string {
  switch (action.kind) {
    case 'press':
      return `presses ${action.digits}`
    case 'say':
      return `says "${action.text.replace(/\s+/g, ' ').trim()}"`
    case 'silent':
      return 'says nothing'
    case 'hang-up':
      return 'hangs up'
  }
}

/** What the line made of an action, where that is not obvious. */
function outcome(action: CallerAction, input: LineInput): string {
  if (input.kind === 'recording') return ` (${input.seconds} s recorded)`
  if (action.kind !== 'press' && action.kind !== 'say') return ''
  if (input.kind === 'nothing') return ' (not taken)'
  if (action.kind !== 'press' || input.kind !== 'digits') return ''
  const rest = action.digits.startsWith(input.digits)
    ? action.digits.slice(input.digits.length)
    : action.digits
  return /^[*#]?$/.test(rest) ? '' : ` (taken as ${input.digits})`
}

function times(loop: number): string {
  if (loop === 1) return ''
  return loop === 0 ? ' (again and again)' : ` (${loop} times)`
}

function fileOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url
  return path.split('/').at(-1) || path
}
