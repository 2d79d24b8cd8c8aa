import { newSid } from '../../sid.ts'
import type { Caller, CallerAction } from '../../voice/caller.ts'
import { CATALOGUE } from '../catalogue/catalogue.ts'
import type { FlowTrigger, OutsideMoment, OutsideOutcome } from '../engine/execution.ts'
import type { FlowAnswer, FlowHttp } from '../engine/http.ts'
import { OPEN_QUESTIONS } from '../engine/open-questions.ts'
import { type FlowRun, runFlow } from '../engine/run-flow.ts'
import type { Flow } from '../flow.ts'
import { createTemplateEngine } from '../liquid/liquid.ts'
import { type Interests, interestsOf } from './interests.ts'
import { type Chance, createChance } from './random.ts'

interface World {
  readonly chance: Chance
  readonly interests: Interests
  readonly anyValue: () => string
}

/** Runs a flow with random callers, servers and queues; the same seed gives the same runs. */
export async function randomRuns(flow: Flow, count: number, seed: number): Promise<readonly FlowRun[]> {
  const chance = createChance(seed)
  const interests = interestsOf(flow)
  const known = [...interests.values.values()].flat()
  const anyValue = (): string => chance.pick(['1', '2', 'hello', '', ...known, ...known])
  const world: World = { chance, interests, anyValue }
  const [first, ...events] = eventsOf(flow)
  if (!first) return []
  const runs: FlowRun[] = []
  for (let run = 0; run < count; run += 1) {
    const assumed = Object.fromEntries(
      Object.entries(OPEN_QUESTIONS).map(([name, { answers }]) => [name, chance.pick(answers)]),
    )
    runs.push(
      await runFlow({
        flow,
        trigger: triggerOf(world, chance.pick([first, ...events])),
        caller: randomCaller(world),
        http: randomHttp(world),
        outside: (moment) => randomOutcome(world, moment),
        assumed,
        templates: createTemplateEngine(assumed),
      }),
    )
  }
  return runs
}

function eventsOf({ states, initial_state: initial }: Flow): readonly string[] {
  const trigger = states.find(({ name }) => name === initial)
  return (trigger?.transitions ?? []).flatMap(({ event, next }) => (next === undefined ? [] : [event]))
}

function triggerOf({ chance, interests, anyValue }: World, event: string): FlowTrigger {
  const numbers = { From: '+12025550142', To: '+12025550100' }
  const message = {
    ...numbers,
    Body: anyValue(),
    ChannelAttributes: { from: 'someone', channel_type: 'web' },
  }
  switch (event) {
    case 'incomingMessage':
      return { event, message }
    case 'incomingConversationMessage':
      return { event, conversation: message }
    case 'incomingParent':
      return { event, parent: { parameters: {} } }
    case 'incomingRequest': {
      const wanted = [...interests.values].filter(([name]) => name.startsWith('flow.data.'))
      const parameters = wanted.map(
        ([name, values]) => [name.slice(10), chance.pick(['x', ...values])] as const,
      )
      const request = { from: numbers.To, to: numbers.From, parameters: Object.fromEntries(parameters) }
      return { event, request }
    }
    default:
      return { event: 'incomingCall', call: { ...numbers, CallSid: newSid('CA'), Direction: 'inbound' } }
  }
}

function randomCaller({ chance, anyValue }: World): Caller {
  return {
    respond: async () => {
      const actions: [CallerAction, ...CallerAction[]] = [
        { kind: 'press', digits: anyValue().replace(/[^0-9*#]/g, '') || '1' },
        { kind: 'press', digits: chance.pick(['1', '2', '3', '0']) },
        { kind: 'say', text: anyValue() || 'hello' },
        { kind: 'silent' },
      ]
      return chance.next() < 0.05 ? { kind: 'hang-up' } : chance.pick(actions)
    },
  }
}

function randomHttp({ chance, interests, anyValue }: World): FlowHttp {
  return async ({ widget }): Promise<FlowAnswer> => {
    const luck = chance.next()
    if (luck < 0.08) return { kind: 'failed', why: 'timeout' }
    const body: Record<string, unknown> = {}
    for (const path of interests.answers.get(widget) ?? []) {
      const wanted = interests.values.get(`widgets.${widget}.parsed.${path.join('.')}`) ?? []
      place(body, path, wanted.length > 0 && chance.next() < 0.8 ? chance.pick(['x', ...wanted]) : anyValue())
    }
    const status = luck < 0.16 ? 500 : 200
    return { kind: 'answered', status, contentType: 'application/json', body: JSON.stringify(body) }
  }
}

function place(body: Record<string, unknown>, path: readonly string[], value: string): void {
  let at = body
  for (const key of path.slice(0, -1)) {
    const inner = at[key]
    const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {}
    at[key] = next
    at = next
  }
  const last = path.at(-1) ?? ''
  if (typeof at[last] !== 'object') at[last] = /^-?\d+$/.test(value) ? Number(value) : value
}

function randomOutcome({ chance, anyValue }: World, { type, events }: OutsideMoment): OutsideOutcome {
  const [first = '', ...others] = events.length > 0 ? events : Object.keys(CATALOGUE.get(type)?.events ?? {})
  const event = chance.pick([first, ...others])
  if (event !== 'incomingMessage') return { event }
  return { event, output: { inbound: { Body: anyValue() }, outbound: {} } }
}
