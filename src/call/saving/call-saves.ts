import type { IntentStatus } from '../../contract.ts'

/** Who has a call, and what was saved of it: the part of a session that decides who saves. */
export interface CallSaves {
  /** When the line went dead, ISO-8601 UTC. */
  readonly endedAt?: string
  readonly durationSeconds?: number
  /** The calling number, sealed: kept only while no customer is known, so that an agent's save finds one. */
  readonly caller?: string
  /** The agents who took the call, in the order in which we learned of them. */
  readonly agents: readonly AgentTurn[]
  /** What was saved, in order. The first one is the final save of the call, every other one adds to it. */
  readonly parts: readonly SavePart[]
}

/** One agent's time with a call: a TaskRouter reservation. */
export interface AgentTurn {
  readonly reservationSid: string
  readonly workerSid?: string
  /** What the agent has written so far, sealed; what is saved when nothing else comes. */
  readonly draft?: string
}

/** One save of a call. */
export interface SavePart {
  /** The memory's `call_id`: the CallSid for the first part, `<CallSid>:2` for the second. */
  readonly callId: string
  /** Whose words it holds: a reservation, a task where no reservation is known, or the call itself. */
  readonly by: string
  readonly from: SaveSource
  /** The sender's own name for this save, by which a repetition is known. */
  readonly saveId?: string
  readonly state: SaveState
  /** When it was claimed, ISO-8601 UTC. */
  readonly at: string
  /** What it tells the memory, without the words. */
  readonly told: ToldIntent
  /** Names of the variables that it sets. */
  readonly names: readonly string[]
  /** The record itself, until the memory or the list of pending saves has it. */
  readonly kept?: KeptRecord
}

/** What brought a save: the end of the call, a task's attributes, or the agent. */
export type SaveSource = 'call' | 'event' | 'agent'

/**
 * `claimed`: somebody is about to deliver it. `pending`: it waits in the list. `landed`: the memory has it.
 * `refused`: the memory will never take it.
 */
export type SaveState = 'claimed' | 'pending' | 'landed' | 'refused'

/** An intent as a save names it; nothing where it names none. */
export interface ToldIntent {
  readonly intent?: string
  readonly status?: IntentStatus
}

/** A record as it may be kept outside the memory: references and intent readable, all else sealed. */
export interface KeptRecord {
  readonly call_id: string
  readonly customer_ref?: string
  readonly intent?: string
  readonly intent_status?: IntentStatus
  /** The whole record, encrypted. Absent without a key: then notes, variables and the number are not kept. */
  readonly sealed?: string
}

/** A call of which nothing is saved and nobody is known. */
export const NO_SAVES: CallSaves = { agents: [], parts: [] }
