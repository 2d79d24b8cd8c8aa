import fc from 'fast-check'
import {
  answerBridge,
  bridgeGreeting,
  bridgeMessages,
  readBridgeRequest,
} from '../../../local-twilio/src/flex/event-bridge.ts'
import type { FloorReservation } from '../../../local-twilio/src/flex/floor.ts'
import { floorWith, type Moves, reservation, sidOf, WORKER } from './floor.ts'

const { workerSid } = WORKER
const WORKSPACE = `https://taskrouter.twilio.com/v1/Workspaces/${sidOf('WS', 1)}`
const RESERVATION = `${WORKSPACE}/Workers/${workerSid}/Reservations/${sidOf('WR', 1)}`

describe("a request of Flex's TaskRouter library", () => {
  test('is answered with what the worker holds, in the words of the REST API', async () => {
    const floor = floorWith([reservation(), reservation({ workerSid: sidOf('WK', 2) })])
    const get = (url: string): Promise<unknown> =>
      answerBridge(floor, workerSid, { url, method: 'GET', params: {} })
    expect(await get(`${WORKSPACE}/Workers/${workerSid}/Reservations`)).toMatchObject({
      contents: [
        {
          sid: sidOf('WR', 1),
          reservation_status: 'pending',
          task: { sid: sidOf('WT', 1), assignment_status: 'reserved', age: 60, date_created: 1 },
        },
      ],
    })
    expect(await get(`${WORKSPACE}/Workers/${workerSid}`)).toMatchObject({
      activity_name: 'Available',
      available: true,
    })
    expect(await get(`${WORKSPACE}/Activities`)).toMatchObject({ contents: [{ friendly_name: 'Available' }] })
    expect(await get(`${WORKSPACE}/Workers/${workerSid}/Channels`)).toMatchObject({
      contents: [{ task_channel_unique_name: 'voice' }],
    })
    expect(await get(`${WORKSPACE}/Nothing`)).toEqual({ contents: [] })
  })

  test.each([
    [{ ReservationStatus: 'rejected' }, 'rejected'],
    [{ ReservationStatus: 'completed' }, 'completed'],
    [{ Instruction: 'conference', To: '+12025550150' }, 'accepted'],
  ])('with %j moves the reservation', async (params, status) => {
    const moves: Moves = []
    const floor = floorWith([reservation()], moves)
    const answer = await answerBridge(floor, workerSid, { url: RESERVATION, method: 'POST', params })
    expect(moves).toEqual([['reservation', sidOf('WR', 1), status]])
    expect(answer).toMatchObject({ reservation_status: status })
  })

  test('changes attributes, whether they come as a text or as an object, and the activity', async () => {
    const moves: Moves = []
    const floor = floorWith([reservation()], moves)
    const url = `${WORKSPACE}/Tasks/${sidOf('WT', 1)}`
    for (const Attributes of ['{"a":1}', { a: 1 }]) {
      await answerBridge(floor, workerSid, { url, method: 'POST', params: { Attributes } })
    }
    const params = { ActivitySid: sidOf('WA', 1) }
    await answerBridge(floor, workerSid, { url: `${WORKSPACE}/Workers/${workerSid}`, method: 'POST', params })
    expect(moves).toEqual([
      ['task', sidOf('WT', 1), { attributes: '{"a":1}' }],
      ['task', sidOf('WT', 1), { attributes: '{"a":1}' }],
      ['activity', workerSid, sidOf('WA', 1)],
    ])
  })

  test('that is none is not read, and hostile ones are answered without a fault', async () => {
    for (const text of ['', 'null', '[]', '{', '7', '{"url":1,"method":"GET"}', '{"url":"x"}']) {
      expect(readBridgeRequest(text)).toBeUndefined()
    }
    expect(readBridgeRequest('{"url":"x","method":"GET","params":7}')).toEqual({
      url: 'x',
      method: 'GET',
      params: {},
    })
    const floor = floorWith([reservation()])
    const params = fc.dictionary(
      fc.constantFrom('Attributes', 'AssignmentStatus', 'ActivitySid', 'x'),
      fc.jsonValue(),
    )
    const request = fc.record({
      url: fc.oneof(fc.string(), fc.constant(RESERVATION)),
      method: fc.string(),
      params,
    })
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        expect(await answerBridge(floor, workerSid, asked)).toBeInstanceOf(Object)
      }),
      { numRuns: 100 },
    )
  })
})

describe('an event', () => {
  const told = (one: FloorReservation): readonly string[] =>
    bridgeMessages(floorWith([one]), workerSid, { kind: 'reservation', reservation: one }).map(
      ({ event_type: type }) => type,
    )

  test('is told to its own worker alone', () => {
    expect(told(reservation())).toEqual(['reservation.created'])
    expect(told(reservation({ workerSid: sidOf('WK', 2) }))).toEqual([])
    const worker = { ...WORKER, workerSid: sidOf('WK', 2) }
    expect(bridgeMessages(floorWith([]), workerSid, { kind: 'worker', worker })).toEqual([])
  })

  test('of the wrap-up names the task first, then the reservation', () => {
    expect(told(reservation({ status: 'wrapping' }))).toEqual(['task.wrapup', 'reservation.wrapup'])
  })

  test('stream begins with the workspace', () => {
    expect(bridgeGreeting(floorWith([]), workerSid)).toMatchObject({
      event_type: 'init',
      payload: { account_sid: sidOf('AC', 1), workspace_sid: sidOf('WS', 1) },
    })
  })
})
