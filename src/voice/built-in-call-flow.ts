import shipped from '../../assets/call-flow.private.json'
import type { CallFlow } from './call-flow.ts'

/**
 * The call flow as it was when the functions were built. A caller must hear something even when the file
 * cannot be read, so it stands in for it.
 */
export const BUILT_IN_CALL_FLOW: CallFlow = shipped as CallFlow
