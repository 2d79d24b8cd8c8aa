import { performance } from 'node:perf_hooks'
import http from 'node:http'
import twilio from 'twilio'
import { newSid } from '../../local-twilio/src/sid.ts'

/** Where requests go. */
export interface Place {
  readonly accountSid: string
  readonly authToken: string
  readonly functionsUrl: string
  readonly memoryUrl: string
  readonly apiKey: string
}

/** What is timed in every round, in milliseconds each. */
export interface Timings {
  /** The memory's own answer to a start. */
  readonly memory: readonly number[]
  /** A function that does nothing. */
  readonly empty: readonly number[]
  readonly ours: readonly number[]
  readonly theirs: readonly number[]
}

const CALLERS = 50
const WARM_UP = 150

/**
 * Asks the memory, our function, the usual sample and one that does nothing, one after the other and each in every
 * place of a round, for callers who have called before.
 */
export async function timeRounds(place: Place, rounds: number): Promise<Timings> {
  const agent = new http.Agent({ keepAlive: true })
  const ask = {
    memory: (from: string) => askMemory(place, agent, 'start', { identity_hints: { ani: from } }),
    empty: (from: string) => askFunction(place, agent, 'empty', from),
    ours: (from: string) => askFunction(place, agent, 'identify-caller', from),
    theirs: (from: string) => askFunction(place, agent, 'usual-sample', from),
  }
  for (let caller = 0; caller < CALLERS; caller += 1) {
    const record = {
      identity_hints: { ani: numberOf(caller) },
      intent: 'billing',
      intent_status: 'open',
      variables: { last_issue: 'an invoice that came twice', plan: 'basic', city: 'Springfield' },
    }
    await askMemory(place, agent, 'end', record)
  }
  const names = ['memory', 'empty', 'ours', 'theirs'] as const
  const timings = { memory: [], empty: [], ours: [], theirs: [] } as Record<(typeof names)[number], number[]>
  for (let round = 0; round < WARM_UP + rounds; round += 1) {
    for (let at = 0; at < names.length; at += 1) {
      const name = names[(at + round) % names.length] ?? 'memory'
      const startedAt = performance.now()
      await ask[name](numberOf(round % CALLERS))
      if (round >= WARM_UP) timings[name].push(performance.now() - startedAt)
    }
  }
  agent.destroy()
  return timings
}

function numberOf(caller: number): string {
  return `+1202555${String(100 + caller).padStart(4, '0')}`
}

function askMemory(
  { memoryUrl, apiKey }: Place,
  agent: http.Agent,
  step: 'start' | 'end',
  body: object,
): Promise<void> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  return post(
    `${memoryUrl}/v1/calls/${step}`,
    agent,
    headers,
    JSON.stringify({ call_id: newSid('CA'), ...body }),
  )
}

function askFunction(
  { functionsUrl, accountSid, authToken }: Place,
  agent: http.Agent,
  name: string,
  from: string,
): Promise<void> {
  const url = `${functionsUrl}/${name}`
  const form = {
    CallSid: newSid('CA'),
    AccountSid: accountSid,
    From: from,
    To: '+12025550100',
    Direction: 'inbound',
    CallStatus: 'ringing',
    StirVerstat: 'TN-Validation-Passed-A',
  }
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': twilio.getExpectedTwilioSignature(authToken, url, form),
  }
  return post(url, agent, headers, new URLSearchParams(form).toString())
}

function post(
  url: string,
  agent: http.Agent,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const request = http.request(
      url,
      { method: 'POST', agent, headers: { ...headers, ...length } },
      (answer) => {
        answer.resume()
        answer.once('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${answer.statusCode}`)),
        )
      },
    )
    request.once('error', reject).end(body)
  })
}
