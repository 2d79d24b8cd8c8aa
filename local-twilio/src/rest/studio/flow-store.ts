import type { Clock } from '../../../../src/clock.ts'
import { newSid } from '../../sid.ts'

/** What a flow is made from. */
export interface FlowDraft {
  readonly friendlyName: string
  readonly status: 'draft' | 'published'
  readonly definition: unknown
  readonly commitMessage: string | null
}

/** A flow as it is kept: its newest revision. */
export interface KeptFlow extends FlowDraft {
  readonly sid: string
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date | null
}

/** The flows of an account. */
export interface FlowStore {
  readonly create: (draft: FlowDraft) => KeptFlow
  /** Undefined when there is no such flow. */
  readonly replace: (sid: string, draft: FlowDraft) => KeptFlow | undefined
  readonly find: (sid: string) => KeptFlow | undefined
}

/** An empty store. */
export function createFlowStore(clock: Clock): FlowStore {
  const flows = new Map<string, KeptFlow>()
  const keep = (flow: KeptFlow): KeptFlow => {
    flows.set(flow.sid, flow)
    return flow
  }
  return {
    create: (draft) =>
      keep({ ...draft, sid: newSid('FW'), revision: 1, createdAt: clock(), updatedAt: null }),
    replace: (sid, draft) => {
      const kept = flows.get(sid)
      return kept && keep({ ...kept, ...draft, revision: kept.revision + 1, updatedAt: clock() })
    },
    find: (sid) => flows.get(sid),
  }
}
