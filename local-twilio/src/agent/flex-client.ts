import type { CallerPanelResponse, SaveReceipt } from '../../../src/flex-contract.ts'

/** The functions, as an agent's browser asks them. */
export interface FlexClient {
  readonly panel: (callSid: string) => Promise<CallerPanelResponse | undefined>
  /** Undefined when there is no receipt. */
  readonly save: (form: Readonly<Record<string, string>>) => Promise<SaveReceipt | undefined>
}

const TIMEOUT_MS = 10_000

/** Makes the client of somebody who has signed in to Flex. */
export function createFlexClient(functionsUrl: string, token: string): FlexClient {
  const ask = async (name: string, form: Readonly<Record<string, string>>): Promise<unknown> => {
    const answer = await fetch(`${functionsUrl}/${name}`, {
      method: 'POST',
      body: new URLSearchParams({ Token: token, ...form }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => undefined)
    return answer?.status === 200 ? await answer.json() : undefined
  }
  return {
    panel: async (callSid) =>
      (await ask('caller-context', { call_sid: callSid })) as CallerPanelResponse | undefined,
    save: async (form) => (await ask('save-context', form)) as SaveReceipt | undefined,
  }
}
