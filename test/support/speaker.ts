import type { CallFlow } from '../../src/voice/call-flow.ts'
import { BUILT_IN_CALL_FLOW } from '../../src/voice/built-in-call-flow.ts'
import { type Speaker, speakerFor } from '../../src/voice/speaker.ts'

/** The shipped call flow, changed as a test needs it. */
export function flowWith(change: Partial<CallFlow> = {}): CallFlow {
  return { ...BUILT_IN_CALL_FLOW, ...change }
}

/** The shipped call flow in one language. */
export function speakerOf(language?: string, change: Partial<CallFlow> = {}): Speaker {
  return speakerFor(flowWith(change), language)
}
