import { dial } from './dial.ts'
import { enqueue } from './enqueue.ts'
import { gather } from './gather.ts'
import { hangup } from './hangup.ts'
import { leave } from './leave.ts'
import { pause } from './pause.ts'
import { play } from './play.ts'
import { record } from './record.ts'
import { redirect } from './redirect.ts'
import { reject } from './reject.ts'
import { say } from './say.ts'
import type { Verb } from './verb.ts'

/** A verb, and where it stands in a call. */
export interface VerbEntry {
  readonly run: Verb
  /** Whether Twilio picks up for it. Until a verb does, the caller hears ringing and nothing is billed. */
  readonly answers: boolean
  /** Whether it may stand in a document that plays to a caller in a queue. */
  readonly inQueue: boolean
}

/** Every verb that this engine plays, by its name in TwiML. */
export const VERBS: ReadonlyMap<string, VerbEntry> = new Map<string, VerbEntry>([
  ['Dial', { run: dial, answers: true, inQueue: false }],
  ['Enqueue', { run: enqueue, answers: true, inQueue: false }],
  ['Gather', { run: gather, answers: true, inQueue: true }],
  ['Hangup', { run: hangup, answers: true, inQueue: true }],
  ['Leave', { run: leave, answers: false, inQueue: true }],
  ['Pause', { run: pause, answers: false, inQueue: true }],
  ['Play', { run: play, answers: true, inQueue: true }],
  ['Record', { run: record, answers: true, inQueue: false }],
  ['Redirect', { run: redirect, answers: false, inQueue: true }],
  ['Reject', { run: reject, answers: false, inQueue: false }],
  ['Say', { run: say, answers: true, inQueue: true }],
])

/** Verbs of Twilio that this engine does not play: no schema violation, but passed over. */
export const UNPLAYED_VERBS: ReadonlySet<string> = new Set([
  'Connect',
  'Echo',
  'Pay',
  'Prompt',
  'Queue',
  'Refer',
  'Siprec',
  'Sms',
  'Start',
  'Stop',
  'Stream',
])
