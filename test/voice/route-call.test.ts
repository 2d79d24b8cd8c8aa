import { routeCall, type RoutingFacts } from '../../src/voice/route-call.ts'
import { flowWith } from '../support/speaker.ts'

const workflowSid = `WW${'1'.repeat(32)}`
const BASE = flowWith()
const FACTS: RoutingFacts = {
  intent: 'refund',
  openIntents: [],
  variables: {},
  now: new Date('2026-11-23T15:00:00Z'),
  workflowSid,
}

describe('the way of a call', () => {
  test('is a message as long as nothing else is named', () => {
    const { workflowSid: _, ...facts } = FACTS
    expect(routeCall(BASE, facts)).toEqual({ kind: 'voicemail', reason: 'nobody-free' })
  })

  test('is the route of its intent, then the default one, then the workflow of the settings', () => {
    const [first, ...rest] = BASE.menu
    const routed = flowWith({
      menu: [{ ...first!, route: { queue: 'bills' } }, ...rest],
      routing: { ...BASE.routing, default: { queue: 'everything' } },
    })
    const placeOf = (intent: string, flow = routed): unknown =>
      (routeCall(flow, { ...FACTS, intent }) as { place?: unknown }).place
    expect(placeOf('billing')).toEqual({ queue: 'bills' })
    expect(placeOf('refund')).toEqual({ queue: 'everything' })
    expect(placeOf('refund', BASE)).toEqual({ workflowSid })
  })

  test('is a message when the centre is closed', () => {
    const closed = flowWith({ openingHours: { ...BASE.openingHours, weekly: {} } })
    expect(routeCall(closed, FACTS)).toEqual({ kind: 'voicemail', reason: 'closed' })
  })

  test('leads to the preferred agent where one is remembered', () => {
    expect(routeCall(BASE, { ...FACTS, variables: { preferred_agent: 'grace' } })).toMatchObject({
      standing: { preferredAgent: 'grace' },
    })
    expect(routeCall(BASE, FACTS)).not.toHaveProperty('standing.preferredAgent')
  })

  test.each([
    [0, {}, 0],
    [1, {}, 0],
    [2, {}, 10],
    [7, {}, 10],
    [0, { vip: 'Yes' }, 20],
    [2, { vip: 'true' }, 20],
    [0, { vip: 'no' }, 0],
  ])('after %p open calls about it, with %p, has priority %p', (attempts, variables, priority) => {
    const openIntents = attempts === 0 ? [] : [{ intent: 'refund', status: 'open', attempt_count: attempts }]
    expect(routeCall(BASE, { ...FACTS, openIntents, variables })).toMatchObject({
      priority,
      standing: { attempt: attempts + 1 },
    })
  })

  test('counts the calls about this matter only', () => {
    const openIntents = [{ intent: 'billing', status: 'open', attempt_count: 5 }]
    expect(routeCall(BASE, { ...FACTS, openIntents })).toMatchObject({
      priority: 0,
      standing: { attempt: 1 },
    })
  })
})
