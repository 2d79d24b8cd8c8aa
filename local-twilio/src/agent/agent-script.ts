import type { IntentStatus } from '../../../src/contract.ts'

/** What the simulated agent of a call does once the caller has said everything. */
export interface AgentScript {
  /** What the agent writes while wrapping up. */
  readonly note?: string
  /** What the agent says of the matter; nothing unless given. */
  readonly disposition?: IntentStatus
  /** The tab is closed before the wrap-up is sent: only the task's attributes hold what was written. */
  readonly closesTab?: boolean
  /** A second agent takes the call over, and writes as well. */
  readonly transfers?: boolean
}

/** Something that an agent, or the memory afterwards, has to show. */
export interface AgentMoment {
  /** First name of the agent, or `Memory`. */
  readonly speaker: string
  readonly text: string
}

/** What a second agent adds to the note of the first. */
export const SECOND_NOTE = 'Taken over, and the caller was told'
