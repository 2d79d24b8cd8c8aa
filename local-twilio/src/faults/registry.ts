import type { FaultName } from './fault-names.ts'

/** Which calls are to meet which fault. */
export interface FaultRegistry {
  /** Lets every later request of this call meet the fault; a second fault replaces the first. */
  readonly register: (callId: string, fault: FaultName) => void
  /** The call's requests meet no fault any more. */
  readonly end: (callId: string) => void
  /** The fault of a call, if it has one. */
  readonly find: (callId: string) => FaultName | undefined
}

const KEPT_CALLS = 1_000

/** An empty registry. It keeps the 1,000 calls that were registered last. */
export function createFaultRegistry(): FaultRegistry {
  const faults = new Map<string, FaultName>()
  return {
    register: (callId, fault) => {
      faults.delete(callId)
      faults.set(callId, fault)
      const oldest = faults.size > KEPT_CALLS ? faults.keys().next().value : undefined
      if (oldest !== undefined) faults.delete(oldest)
    },
    end: (callId) => void faults.delete(callId),
    find: (callId) => faults.get(callId),
  }
}
