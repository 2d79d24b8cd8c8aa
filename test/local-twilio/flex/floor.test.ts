import { createFaultRegistry } from '../../../local-twilio/src/faults/registry.ts'
import { agentsOf } from '../../../local-twilio/src/flex/agents.ts'
import type { FloorEvent } from '../../../local-twilio/src/flex/floor.ts'
import type { LocalApi } from '../../../local-twilio/src/flex/local-lines.ts'
import { attachToFloor, type RemoteFloor } from '../../../local-twilio/src/flex/remote-floor.ts'
import type { RunningServer } from '../../../local-twilio/src/http-listen.ts'
import { startTwilioApi } from '../../../local-twilio/src/rest/twilio-api.ts'
import { createFloorHost } from '../../../local-twilio/src/system/floor-host.ts'
import type { AgentLine } from '../../../local-twilio/src/voice/agents.ts'
import { systemClock } from '../../../src/clock.ts'
import { eventually } from '../../support/eventually.ts'

const account = { accountSid: `AC${'6'.repeat(32)}`, authToken: 'f'.repeat(32) }
const CALL = { callSid: `CA${'1'.repeat(32)}`, from: '+12025550142', to: '+12025550100' }

let server: RunningServer
let api: LocalApi
let environment: Record<string, string>
let floor: RemoteFloor
let events: FloorEvent[]

beforeEach(async () => {
  environment = { WORKFLOW_SID: 'none', FLEX_ORIGINS: 'https://flex.twilio.com' }
  const silent = { log: (): void => {}, faults: createFaultRegistry() }
  const host = createFloorHost(environment)
  server = await startTwilioApi({ ...account, clock: systemClock, ...silent, floor: host })
  // No functions in this test: nothing listens there, and events go nowhere.
  host.functionsReady('http://127.0.0.1:9')
  api = { ...account, twilioApiUrl: server.url }
  floor = await attachToFloor(api)
  events = []
  floor.listen((event) => events.push(event))
})
afterEach(async () => {
  floor.close()
  await server.close()
})

const first = (): string => floor.workers()[0]?.workerSid ?? ''
const activity = (isAvailable: boolean): string =>
  floor.activities().find((one) => one.isAvailable === isAvailable)?.activitySid ?? ''
async function enter(taskAttributes = '{"tier":"new"}'): Promise<AgentLine> {
  const line = await agentsOf(api).queue({ ...CALL, workflowSid: floor.opening.workflowSid, taskAttributes })
  if (!line) throw new Error('nobody is there')
  return line
}
async function rings(workerSid: string = first()): Promise<string> {
  await eventually(() => expect(floor.reservationsOf(workerSid)).toMatchObject([{ status: 'pending' }]))
  return floor.reservationsOf(workerSid)[0]?.reservationSid ?? ''
}

describe('a call before the floor', () => {
  test('rings at the first agent with what Twilio adds to its task, is taken, and ends with the agent', async () => {
    const line = await enter()
    const reservationSid = await rings()
    const attributes = floor.reservationsOf(first())[0]?.task.attributes ?? ''
    expect(JSON.parse(attributes)).toMatchObject({
      tier: 'new',
      call_sid: CALL.callSid,
      from: CALL.from,
      direction: 'inbound',
    })
    await floor.moveReservation(reservationSid, 'accepted')
    expect(await line.answered).toBe(true)
    await floor.moveReservation(reservationSid, 'wrapping')
    await line.over
    await eventually(() => expect(floor.reservationsOf(first())).toMatchObject([{ status: 'wrapping' }]))
    await floor.moveReservation(reservationSid, 'completed')
    await eventually(() => expect(floor.reservationsOf(first())).toEqual([]))
    expect(
      events.flatMap((event) => (event.kind === 'reservation' ? [event.reservation.status] : [])),
    ).toEqual(['pending', 'accepted', 'wrapping', 'completed'])
  })

  test('is canceled when the caller hangs up before, and wraps up when during the talk', async () => {
    const early = await enter()
    await rings()
    early.hangUp()
    await eventually(() => expect(floor.reservationsOf(first())).toEqual([]))
    const line = await enter()
    await floor.moveReservation(await rings(), 'accepted')
    await line.answered
    line.hangUp()
    await eventually(() => expect(floor.reservationsOf(first())).toMatchObject([{ status: 'wrapping' }]))
  })

  test('goes to the next agent when the first turns it down, and waits while nobody is available', async () => {
    const second = floor.workers()[1]?.workerSid ?? ''
    await enter()
    await floor.moveReservation(await rings(), 'rejected')
    await eventually(() => expect(floor.reservationsOf(first())).toEqual([]))
    await floor.setActivity(second, activity(true))
    await rings(second)
  })

  test('comes back to whoever turned it down after a change of activity', async () => {
    await enter()
    await floor.moveReservation(await rings(), 'rejected')
    await new Promise((resolve) => setTimeout(resolve, 5))
    await floor.setActivity(first(), activity(false))
    await floor.setActivity(first(), activity(true))
    expect(await rings()).toMatch(/^WR/)
  })

  test('waits while the agent has another one', async () => {
    await enter()
    const reservationSid = await rings()
    await floor.moveReservation(reservationSid, 'accepted')
    await enter('{"tier":"possible"}')
    expect(floor.reservationsOf(first())).toHaveLength(1)
    await floor.moveReservation(reservationSid, 'completed')
    await rings()
  })

  test('leaves the first agent to wrap up when a second one takes it over', async () => {
    const second = floor.workers()[1]?.workerSid ?? ''
    const line = await enter()
    await floor.moveReservation(await rings(), 'accepted')
    await line.answered
    await floor.setActivity(second, activity(true))
    expect(await floor.transfer(floor.reservationsOf(first())[0]?.task.taskSid ?? '')).toBe(true)
    await floor.moveReservation(await rings(second), 'accepted')
    await eventually(() => expect(floor.reservationsOf(first())).toMatchObject([{ status: 'wrapping' }]))
    expect(floor.reservationsOf(second)).toMatchObject([{ status: 'accepted', task: { status: 'assigned' } }])
    line.hangUp()
    await eventually(() => expect(floor.reservationsOf(second)).toMatchObject([{ status: 'wrapping' }]))
  })

  test.each(['[]', 'no json', '7'])('with the attributes %s is refused', async (taskAttributes) => {
    await expect(enter(taskAttributes)).rejects.toThrow('nobody is there')
  })

  test('finds nobody once the last desktop has gone', async () => {
    await enter()
    floor.close()
    await floor.lost
    await eventually(() => expect(environment['WORKFLOW_SID']).toBe('none'))
    await expect(enter()).rejects.toThrow('nobody is there')
  })
})

describe('the functions', () => {
  test('send calls to the floor and let its desktops ask, as long as it is staffed', async () => {
    await floor.staff(['http://127.0.0.1:4100', 'http://127.0.0.1:4101'])
    expect(environment).toMatchObject({
      WORKFLOW_SID: floor.opening.workflowSid,
      FLEX_ORIGINS: 'https://flex.twilio.com,http://127.0.0.1:4100,http://127.0.0.1:4101',
    })
    floor.close()
    const before = { WORKFLOW_SID: 'none', FLEX_ORIGINS: 'https://flex.twilio.com' }
    await eventually(() => expect(environment).toMatchObject(before))
  })

  test.each([['https://evil.example.com'], ['http://127.0.0.1:1/path'], [7], ['http://127.0.0.1']])(
    'never let %j ask',
    async (origin) => {
      await floor.staff([origin as string])
      expect(environment['FLEX_ORIGINS']).toBe('https://flex.twilio.com')
    },
  )
})
