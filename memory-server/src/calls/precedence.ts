/** The source whose values another source does not overwrite. */
export const AGENT = 'agent'

/** The source that yields to an agent: what a machine understood does not replace what a person wrote down. */
export const IVR = 'ivr'

/** Whether a value that is still alive stays although another is written later. In all other cases the newest wins. */
export function isKeptBack(held: string | null | undefined, written: string | null | undefined): boolean {
  return held === AGENT && written === IVR
}
