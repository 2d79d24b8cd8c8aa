import type { RuntimeContext, RuntimeEvent } from '../../src/twilio/runtime.ts'

/** Answers at once: what the runtime itself takes. */
export function handler(
  _context: RuntimeContext,
  _event: RuntimeEvent,
  callback: (error: unknown, answer: string) => void,
): void {
  callback(null, 'nothing')
}
