import type { QueuePlace } from './verbs/queue-place.ts'

/** A call that goes before a workflow. */
export interface QueuedCall extends QueuePlace {
  readonly callSid: string
  readonly from: string
  readonly to: string
}

/** People who take calls from a queue. */
export interface Agents {
  /** Puts a call before them; undefined when nobody is there. */
  readonly queue: (call: QueuedCall) => Promise<AgentLine | undefined>
}

/** The line between a caller and the agents. */
export interface AgentLine {
  /** Whether an agent has taken the call; false when it left the queue without one. */
  readonly answered: Promise<boolean>
  /** Resolves when no agent has the call any more. */
  readonly over: Promise<void>
  /** The caller hangs up. */
  readonly hangUp: () => void
}
