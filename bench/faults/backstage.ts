import type { CallSession } from '../../src/call/session.ts'

/** What Twilio and Flex do by themselves, past the gate. */
export interface Backstage {
  readonly workspaceSid: string
  /** Good for a day. */
  readonly token: string
  readonly createTask: (attributes: string) => Promise<string>
  /** Whether Sync has a session of the call that says whose it is. */
  readonly hasSession: (callSid: string) => Promise<boolean>
}

const DAY_SECONDS = 86_400

/** Makes a workspace and signs an agent in. */
export async function openBackstage(
  apiUrl: string,
  accountSid: string,
  authToken: string,
): Promise<Backstage> {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const post = async (path: string, contentType: string, body: string): Promise<Record<string, string>> => {
    const headers = { authorization, 'content-type': contentType }
    const answer = await fetch(`${apiUrl}${path}`, { method: 'POST', headers, body })
    return (await answer.json()) as Record<string, string>
  }
  const workspace = await post('/taskrouter/v1/Workspaces', ...form({ FriendlyName: 'Simulation' }))
  const user = { worker_sid: `WK${'1'.repeat(32)}`, roles: ['agent'], ttl_seconds: DAY_SECONDS }
  const { token = '' } = await post('/_local/flex-tokens', 'application/json', JSON.stringify(user))
  const tasks = `/taskrouter/v1/Workspaces/${workspace['sid']}/Tasks`
  return {
    workspaceSid: workspace['sid'] ?? '',
    token,
    hasSession: async (callSid) => {
      const document = `${apiUrl}/sync/v1/Services/default/Documents/call-${callSid}`
      const answer = await fetch(document, { headers: { authorization } })
      const { data } = (await answer.json()) as { data?: Partial<CallSession> }
      return data?.customerRef !== undefined || data?.saves?.caller !== undefined
    },
    createTask: async (attributes) => (await post(tasks, ...form({ Attributes: attributes })))['sid'] ?? '',
  }
}

/** A form, with its media type. */
function form(fields: Readonly<Record<string, string>>): [string, string] {
  return ['application/x-www-form-urlencoded', new URLSearchParams(fields).toString()]
}
