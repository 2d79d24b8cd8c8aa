import type { CallFlow } from '../voice/call-flow.ts'
import { BUILT_IN_CALL_FLOW } from '../voice/built-in-call-flow.ts'

/** The runtime's way to private assets, by their URL path. */
export interface RuntimeAssets {
  readonly getAssets: () => Readonly<Record<string, { readonly open: () => string } | undefined>>
}

declare global {
  // The runtime puts it into the global scope before it loads a function. Absent elsewhere.
  var Runtime: RuntimeAssets | undefined
}

// TWILIO: the name of a private asset loses its `.private`, and its key begins with a slash (observed 2026-11).
const ASSET = '/call-flow.json'

/** A call flow, and whether it is the file's. */
export interface LoadedCallFlow {
  readonly flow: CallFlow
  readonly isBuiltIn: boolean
}

/**
 * Reads the call flow from its asset. The build has checked it, so only its JSON is looked at here. Where it
 * cannot be read, the one that was built into the functions stands in.
 */
export function loadCallFlow(): LoadedCallFlow {
  try {
    const text = globalThis.Runtime?.getAssets()[ASSET]?.open()
    if (text !== undefined) return { flow: JSON.parse(text) as CallFlow, isBuiltIn: false }
  } catch {
    // Told by `isBuiltIn`.
  }
  return { flow: BUILT_IN_CALL_FLOW, isBuiltIn: true }
}
