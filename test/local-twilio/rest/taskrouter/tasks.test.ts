import twilio, { type Twilio } from 'twilio'
import type { WorkspaceContext } from 'twilio/lib/rest/taskrouter/v1/workspace'
import { validateRequest } from 'twilio/lib/webhooks/webhooks'
import { createFaultRegistry } from '../../../../local-twilio/src/faults/registry.ts'
import type { RunningServer } from '../../../../local-twilio/src/http-listen.ts'
import { startTwilioApi } from '../../../../local-twilio/src/rest/twilio-api.ts'
import { systemClock } from '../../../../src/clock.ts'
import { createTwilioHttpClient } from '../../../../src/twilio/rest-client.ts'
import { type SeenRequest, startTestServer, type TestServer } from '../../../support/http-server.ts'

const accountSid = `AC${'6'.repeat(32)}`
const authToken = 'f'.repeat(32)
const CALLBACK_PATH = '/task-event#rc=2&rp=5xx'

let api: RunningServer
let client: Twilio
let callback: TestServer
let statuses: number[]
let workspace: WorkspaceContext

beforeEach(async () => {
  statuses = []
  callback = await startTestServer((response) => response.writeHead(statuses.shift() ?? 204).end())
  const silent = { log: (): void => {}, faults: createFaultRegistry() }
  api = await startTwilioApi({ accountSid, authToken, clock: systemClock, ...silent })
  client = twilio(accountSid, authToken, { httpClient: createTwilioHttpClient(api.url) })
  const eventCallbackUrl = `${callback.url}${CALLBACK_PATH}`
  const made = await client.taskrouter.v1.workspaces.create({ friendlyName: 'Support', eventCallbackUrl })
  workspace = client.taskrouter.v1.workspaces(made.sid)
})
afterEach(async () => {
  await api.close()
  await callback.close()
})

const local = (path: string): Promise<Response> => {
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  return fetch(`${api.url}/_local/taskrouter/${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
  })
}
const paramsOf = ({ body }: SeenRequest): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(body))
async function events(): Promise<readonly string[]> {
  await local('settled')
  return callback.seen.map((seen) => paramsOf(seen)['EventType'] ?? '')
}

describe('a task', () => {
  test('is offered to a worker, accepted, wrapped up and completed, and every step is told, signed', async () => {
    const worker = await workspace.workers.create({ friendlyName: 'Anna' })
    const task = await workspace.tasks.create({ attributes: '{"call_sid":"CA1"}' })
    const [offered] = await workspace.tasks(task.sid).reservations.list()
    expect(offered).toMatchObject({ workerSid: worker.sid, reservationStatus: 'pending' })
    const reservation = workspace.tasks(task.sid).reservations(offered?.sid ?? '')
    for (const reservationStatus of ['accepted', 'wrapping', 'completed'] as const) {
      await reservation.update({ reservationStatus })
    }
    expect((await workspace.tasks(task.sid).fetch()).assignmentStatus).toBe('completed')
    expect(await events()).toEqual([
      'task.created',
      'reservation.created',
      'reservation.accepted',
      'reservation.wrapup',
      'task.wrapup',
      'reservation.completed',
      'task.completed',
    ])
    for (const seen of callback.seen) {
      const url = `${callback.url}/task-event`
      const signature = String(seen.headers['x-twilio-signature'])
      expect(validateRequest(authToken, signature, url, paramsOf(seen))).toBe(true)
    }
    expect(paramsOf(callback.seen[2] as SeenRequest)).toMatchObject({
      AccountSid: accountSid,
      ResourceType: 'reservation',
      ResourceSid: offered?.sid,
      TaskSid: task.sid,
      TaskAttributes: '{"call_sid":"CA1"}',
      TaskAssignmentStatus: 'reserved',
      WorkerSid: worker.sid,
    })
  })

  test('stays with its second agent after a transfer, and is completed with the last one', async () => {
    await workspace.workers.create({ friendlyName: 'Anna' })
    await workspace.workers.create({ friendlyName: 'Boris' })
    const task = await workspace.tasks.create({ attributes: '{}' })
    const reservations = workspace.tasks(task.sid).reservations
    const [anna] = await reservations.list()
    await reservations(anna?.sid ?? '').update({ reservationStatus: 'accepted' })
    expect((await local(`${task.workspaceSid}/${task.sid}/transfer`)).status).toBe(201)
    const boris = (await reservations.list()).at(-1)
    await reservations(boris?.sid ?? '').update({ reservationStatus: 'accepted' })
    await reservations(anna?.sid ?? '').update({ reservationStatus: 'completed' })
    expect((await workspace.tasks(task.sid).fetch()).assignmentStatus).toBe('assigned')
    await reservations(boris?.sid ?? '').update({ reservationStatus: 'completed' })
    expect((await workspace.tasks(task.sid).fetch()).assignmentStatus).toBe('completed')
  })

  test('is canceled only while nobody has it', async () => {
    await workspace.workers.create({ friendlyName: 'Anna' })
    const task = await workspace.tasks.create({ attributes: '{}' })
    await workspace.tasks(task.sid).update({ assignmentStatus: 'canceled', reason: 'hangup' })
    expect((await events()).slice(-2)).toEqual(['reservation.canceled', 'task.canceled'])
    const again = workspace.tasks(task.sid).update({ assignmentStatus: 'completed' })
    await expect(again).rejects.toMatchObject({ status: 400 })
  })

  test('keeps its attributes when If-Match names an older version', async () => {
    const task = await workspace.tasks.create({ attributes: '{"a":1}' })
    await workspace.tasks(task.sid).update({ attributes: '{"a":2}', ifMatch: '0' })
    const late = workspace.tasks(task.sid).update({ attributes: '{"a":3}', ifMatch: '0' })
    await expect(late).rejects.toMatchObject({ status: 412 })
    expect((await workspace.tasks(task.sid).fetch()).attributes).toBe('{"a":2}')
  })

  test.each(['[]', 'no json', '"text"'])('is refused with the attributes %s', async (attributes) => {
    await expect(workspace.tasks.create({ attributes })).rejects.toMatchObject({ status: 400, code: 20001 })
  })
})

describe('an event callback that fails', () => {
  test('is repeated as its connection overrides say, and the next one is sent all the same', async () => {
    statuses = [503, 503, 204]
    await workspace.tasks.create({ attributes: '{}' })
    await workspace.tasks.create({ attributes: '{}' })
    expect(await events()).toEqual(['task.created', 'task.created', 'task.created', 'task.created'])
  })
})
