import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { handler as confirmCaller } from '../../../functions/confirm-caller.protected.ts'
import { handler as getCallerContext } from '../../../functions/get-caller-context.protected.ts'
import { handler as messageLeft } from '../../../functions/message-left.protected.ts'
import { installRuntime, invoke } from '../../support/runtime.ts'

const FUNCTIONS = {
  '/get-caller-context': getCallerContext,
  '/confirm-caller': confirmCaller,
  '/message-left': messageLeft,
}

type Respond = (status: number, contentType: string, body: string) => void

/** What a function's path answers instead of the function. */
export type Fault = (respond: Respond) => void

/** A path that never answers. */
export const HANG: Fault = () => {}

/** The project's functions, over HTTP. */
export interface RealFunctions {
  readonly url: string
  /** By path: which of them misbehave. */
  readonly faults: Map<string, Fault>
  readonly close: () => Promise<void>
}

/** Serves the functions that flows ask, with a memory at `memoryUrl` and without Sync. */
export async function startRealFunctions(memoryUrl: string): Promise<RealFunctions> {
  installRuntime()
  const faults = new Map<string, Fault>()
  const context = {
    STICKY_CALLS_API_URL: memoryUrl,
    STICKY_CALLS_API_KEY: 'sk_test_0123456789',
    TWILIO_API_URL: 'http://127.0.0.1:9',
  }
  const answer = async (path: string, body: string, respond: Respond): Promise<void> => {
    const event = Object.fromEntries(new URLSearchParams(body))
    const { callbacks } = await invoke(FUNCTIONS[path as keyof typeof FUNCTIONS], context, event)
    const [sent] = callbacks
    respond(sent?.status ?? 500, sent?.contentType ?? '', sent?.body ?? '')
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      const respond: Respond = (status, type, body) =>
        void response.writeHead(status, { 'content-type': type }).end(body)
      const fault = faults.get(path)
      if (fault) fault(respond)
      else void answer(path, Buffer.concat(chunks).toString('utf8'), respond)
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
