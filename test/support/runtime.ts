import type {
  RuntimeContext,
  RuntimeEvent,
  RuntimeHandler,
  RuntimeResponse,
} from '../../src/twilio/runtime.ts'

/** What a function handed to its callback. */
export interface Sent {
  status: number
  contentType?: string
  body: string
  /** Every other header. */
  headers?: Record<string, string>
}

/** A response of the runtime that shows what was put into it. */
class RecordingResponse implements RuntimeResponse {
  readonly sent: Sent = { status: 0, body: '' }
  setStatusCode = (status: number): void => void (this.sent.status = status)
  setBody = (body: string): void => void (this.sent.body = body)
  appendHeader = (name: string, value: string): void => {
    if (name === 'Content-Type') this.sent.contentType = value
    else this.sent.headers = { ...this.sent.headers, [name]: value }
  }
}

/** Puts the runtime's global in place. */
export function installRuntime(): void {
  Object.assign(globalThis, { Twilio: { Response: RecordingResponse } })
}

/** What a function did: each call of its callback, and each line that it logged. */
export interface Invocation {
  readonly callbacks: readonly Sent[]
  readonly lines: readonly string[]
}

/** Calls a function as the runtime does. */
export async function invoke(
  handler: RuntimeHandler,
  context: RuntimeContext,
  event: RuntimeEvent,
): Promise<Invocation> {
  const lines: string[] = []
  const spy = jest.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  const callbacks: Sent[] = []
  await handler(context, event, (_error, response) => callbacks.push((response as RecordingResponse).sent))
  spy.mockRestore()
  return { callbacks, lines }
}
