import type { CallRecord } from '../../memory/caller-memory.ts'
import type { CallSession } from '../session.ts'
import { type AgentTurn, type CallSaves, NO_SAVES, type SavePart, type SaveSource } from './call-saves.ts'
import { additionRecord, finalRecord, toldBy, type Who } from './record.ts'
import { isEmptyWrapUp, type WrapUp } from './wrap-up.ts'

/** Something that happened to a call and may mean that it has to be saved. */
export type Occurrence =
  /** The line went dead. */
  | { readonly kind: 'call-ended'; readonly durationSeconds: number }
  | ({ readonly kind: 'agent-accepted' } & AgentTurn)
  /** The agent is done with the call; the words are those of the task's attributes. */
  | { readonly kind: 'agent-left'; readonly reservationSid: string; readonly wrapUp: WrapUp }
  /** The task is completed, canceled or deleted. */
  | { readonly kind: 'task-over'; readonly taskSid: string; readonly wrapUp: WrapUp }
  /** The agent sent the wrap-up. */
  | {
      readonly kind: 'agent-saved'
      readonly reservationSid: string
      readonly workerSid?: string
      readonly saveId: string
      readonly wrapUp: WrapUp
    }
  /** The caller has left a message, which ends a call that nobody took. */
  | { readonly kind: 'message-left'; readonly voicemailSid: string }
  /** Nobody has said anything about the call for too long. */
  | { readonly kind: 'overdue'; readonly wrapUp: WrapUp }

/** What an occurrence leads to. */
export interface Decision {
  readonly saves: CallSaves
  /** Absent: there is nothing to save now. */
  readonly save?: { readonly part: SavePart; readonly record: CallRecord }
  /** Why there is nothing to save. */
  readonly because?: 'left-to-agent' | 'saved-before' | 'nothing-new' | 'nobody' | 'unknown-call' | 'noted'
}

export interface DecideOptions {
  /** Undefined: neither customer nor number is known, so that nothing can be saved. */
  readonly who: Who | undefined
  /** ISO-8601 UTC. */
  readonly at: string
}

/**
 * Decides what an occurrence means for the saves of a call. Pure: the same session and occurrence decide the
 * same. Whoever keeps the returned saves first has the right to deliver; nobody claims the same part twice.
 */
export function decideSave(session: CallSession, occurrence: Occurrence, options: DecideOptions): Decision {
  const saves = session.saves ?? NO_SAVES
  switch (occurrence.kind) {
    case 'call-ended': {
      const ended = withEnd(saves, occurrence.durationSeconds, options.at)
      const hasAgent = saves.agents.length > 0 && !saves.parts.some(({ by }) => by === CALL)
      if (hasAgent)
        return { saves: ended, because: saves.parts.length > 0 ? 'saved-before' : 'left-to-agent' }
      return claimForCall(session, ended, NOTHING, 'call', options)
    }
    case 'agent-accepted':
      return { saves: withAgent(saves, occurrence), because: 'noted' }
    case 'agent-left':
      return decideAgentLeft(session, saves, occurrence, options)
    case 'task-over':
      return decideTaskOver(session, saves, occurrence, options)
    case 'agent-saved': {
      const { reservationSid: by, saveId, wrapUp } = occurrence
      return claim(session, withAgent(saves, occurrence), { by, from: 'agent', saveId, wrapUp }, options)
    }
    case 'message-left':
      return decideMessage(session, saves, occurrence.voicemailSid, options)
    case 'overdue':
      return claimForCall(session, saves, occurrence.wrapUp, 'event', options)
  }
}

const CALL = 'call'
const NOTHING: WrapUp = {}

/** What somebody wants to save, and in whose name. */
interface Wish {
  readonly by: string
  readonly from: SaveSource
  readonly saveId?: string
  readonly wrapUp: WrapUp
}

function decideAgentLeft(
  session: CallSession,
  saves: CallSaves,
  occurrence: Extract<Occurrence, { kind: 'agent-left' }>,
  options: DecideOptions,
): Decision {
  const known = withAgent(saves, occurrence)
  // Where the task as a whole was saved, these are the same words again.
  if (saves.parts.some(({ by }) => by.startsWith('WT'))) return { saves: known, because: 'saved-before' }
  const { reservationSid: by, wrapUp } = occurrence
  return claim(session, known, { by, from: 'event', wrapUp }, options)
}

function decideTaskOver(
  session: CallSession,
  saves: CallSaves,
  { taskSid, wrapUp }: Extract<Occurrence, { kind: 'task-over' }>,
  options: DecideOptions,
): Decision {
  // The attributes hold the words of the agent who wrote last.
  const unsaved = saves.agents.findLast((agent) => !saves.parts.some(({ by }) => by === agent.reservationSid))
  if (unsaved) return claim(session, saves, { by: unsaved.reservationSid, from: 'event', wrapUp }, options)
  if (saves.agents.length > 0) {
    const last = saves.agents.at(-1)?.reservationSid ?? ''
    return claim(session, saves, { by: last, from: 'event', wrapUp }, options)
  }
  // No event told of an agent, yet one may have written.
  if (isEmptyWrapUp(wrapUp)) return claimForCall(session, saves, wrapUp, 'call', options)
  return claim(session, saves, { by: taskSid, from: 'event', wrapUp }, options)
}

/** A message belongs to what is saved of the call; where that has happened already, it is added. */
function decideMessage(
  session: CallSession,
  saves: CallSaves,
  voicemailSid: string,
  options: DecideOptions,
): Decision {
  if (saves.parts.length === 0) {
    if (saves.agents.length > 0) return { saves, because: 'left-to-agent' }
    return claimForCall({ ...session, voicemailSid }, saves, NOTHING, 'call', options)
  }
  const wish: Wish = { by: 'message', from: 'event', wrapUp: { variables: { voicemail_sid: voicemailSid } } }
  const isTold = saves.parts.some(({ names, by }) => by !== wish.by && names.includes('voicemail_sid'))
  return isTold ? { saves, because: 'saved-before' } : claim(session, saves, wish, options)
}

/** The final save in the name of the call itself: only where nobody else has saved anything. */
function claimForCall(
  session: CallSession,
  saves: CallSaves,
  wrapUp: WrapUp,
  from: SaveSource,
  options: DecideOptions,
): Decision {
  const others = saves.parts.some(({ by }) => by !== CALL)
  if (others) return { saves, because: 'saved-before' }
  return claim(session, saves, { by: CALL, from, wrapUp }, options)
}

function claim(session: CallSession, saves: CallSaves, wish: Wish, options: DecideOptions): Decision {
  const same = saves.parts.findIndex((part) => isRepetition(part, wish))
  const earlier = saves.parts[same]
  if (earlier && earlier.state !== 'claimed') return { saves, because: 'saved-before' }
  // Another sender's words under this claim would contradict those that are on their way.
  if (earlier && earlier.from !== wish.from && !earlier.kept?.sealed)
    return { saves, because: 'saved-before' }
  if (!options.who) return { saves, because: 'nobody' }
  const before = earlier ? saves.parts.slice(0, same) : saves.parts
  const record = recordFor({ ...session, saves }, before, wish, options.who)
  if (!record) return { saves, because: 'nothing-new' }
  // A claim that was never delivered: the same part once more.
  if (earlier) return { saves, save: { part: earlier, record } }
  const part: SavePart = {
    callId: record.callSid,
    by: wish.by,
    from: wish.from,
    ...(wish.saveId !== undefined && { saveId: wish.saveId }),
    state: 'claimed',
    at: options.at,
    told: toldBy(record),
    names: Object.keys(record.variables),
  }
  return { saves: { ...saves, parts: [...saves.parts, part] }, save: { part, record } }
}

/** An agent's own save is known by its name; an event only fills the place where nothing else is. */
function isRepetition(part: SavePart, wish: Wish): boolean {
  if (part.by !== wish.by) return false
  return wish.from !== 'agent' || (part.from === 'agent' && part.saveId === wish.saveId)
}

function recordFor(
  session: CallSession,
  before: readonly SavePart[],
  wish: Wish,
  who: Who,
): CallRecord | undefined {
  if (before.length === 0) return finalRecord(session, who, wish.wrapUp)
  const agents = session.saves?.agents ?? []
  const place = agents.findIndex(({ reservationSid }) => reservationSid === wish.by)
  return additionRecord(session, who, wish.wrapUp, {
    callId: `${session.callSid}:${before.length + 1}`,
    agentNumber: Math.max(1, place + 1),
    parts: before,
    by: wish.by,
  })
}

function withEnd(saves: CallSaves, durationSeconds: number, at: string): CallSaves {
  return saves.endedAt === undefined ? { ...saves, endedAt: at, durationSeconds } : saves
}

function withAgent(saves: CallSaves, { reservationSid, workerSid, draft }: AgentTurn): CallSaves {
  const turn: AgentTurn = { reservationSid, ...(workerSid && { workerSid }), ...(draft && { draft }) }
  const isSame = (agent: AgentTurn): boolean => agent.reservationSid === reservationSid
  const agents = saves.agents.some(isSame)
    ? saves.agents.map((agent) => (isSame(agent) ? { ...agent, ...turn } : agent))
    : [...saves.agents, turn]
  return { ...saves, agents }
}
