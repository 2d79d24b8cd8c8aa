import twilio from 'twilio'
import { callOnce, eventsOf, heard, warnings } from '../application.ts'

const WORKFLOW = `WW${'3'.repeat(32)}`

describe('an <Enqueue>', () => {
  test('hands a task to a workflow with its attributes as they were written', async () => {
    const attributes = JSON.stringify({ tier: 'recognized', note: 'says "A & B" <soon>' })
    const response = new twilio.twiml.VoiceResponse()
    response.enqueue({ workflowSid: WORKFLOW }).task({ priority: 5, timeout: 600 }, attributes)
    const { result } = await callOnce({ '/voice': { body: response.toString() } })
    expect(eventsOf(result, 'enqueue')).toMatchObject([
      { workflowSid: WORKFLOW, taskAttributes: attributes, taskPriority: 5, taskTimeoutSeconds: 600 },
    ])
  })

  test('keeps the caller until patience ends, and tells its action of the hang-up', async () => {
    const { result, requests } = await callOnce({
      '/voice': '<Enqueue action="/left">support</Enqueue><Say>Never.</Say>',
      '/left': '<Say>Never either.</Say>',
    })
    expect(eventsOf(result, 'enqueue')).toMatchObject([{ queue: 'support' }])
    expect(requests[1]?.params).toMatchObject({
      QueueResult: 'hangup',
      QueueTime: '60',
      CallStatus: 'completed',
    })
    expect(requests[1]?.params['QueueSid']).toMatch(/^QU[\da-f]{32}$/)
    expect(heard(result)).toEqual([])
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ by: 'caller', reason: 'caller-left' }])
  })

  test('counts the time of its waitUrl into the wait, and ends with the longest call', async () => {
    const routes = { '/voice': '<Enqueue waitUrl="/wait">support</Enqueue>', '/wait': '<Pause length="40"/>' }
    const { result } = await callOnce(routes)
    expect(eventsOf(result, 'dequeue')).toMatchObject([{ result: 'hangup', seconds: 60 }])
    const cut = await callOnce(routes, { limits: { maxCallSeconds: 50 } })
    expect(eventsOf(cut.result, 'dequeue')).toMatchObject([{ result: 'hangup', seconds: 50 }])
    expect(eventsOf(cut.result, 'hang-up')).toMatchObject([{ by: 'twilio', reason: 'longest-call' }])
    expect(eventsOf(cut.result, 'caller')).toEqual([])
  })

  test('lets the call go on when it leaves the queue', async () => {
    const { result, requests } = await callOnce(
      {
        '/voice': '<Enqueue action="/left">support</Enqueue>',
        '/left': '<Say>All agents are busy.</Say>',
      },
      { queue: 'leave' },
    )
    expect(requests[1]?.params).toMatchObject({ QueueResult: 'leave', CallStatus: 'in-progress' })
    expect(heard(result)).toEqual(['All agents are busy.'])
    expect(eventsOf(result, 'dequeue')).toMatchObject([{ result: 'leave' }])
  })

  test('without an action falls through when the call leaves the queue', async () => {
    const { result } = await callOnce(
      { '/voice': '<Enqueue>support</Enqueue><Say>Leave a message.</Say>' },
      { queue: 'leave' },
    )
    expect(heard(result)).toEqual(['Leave a message.'])
  })

  test('plays its waitUrl once, and a <Leave> there takes the caller out', async () => {
    const { result, requests } = await callOnce({
      '/voice': '<Enqueue waitUrl="/wait" waitUrlMethod="GET">support</Enqueue><Say>You left.</Say>',
      '/wait': '<Say>Please hold.</Say><Record/><Redirect>/more</Redirect>',
      '/more': '<Say>Still busy.</Say><Leave/><Say>Never.</Say>',
    })
    expect(requests[1]).toMatchObject({ method: 'GET', signed: true })
    expect(requests[1]?.query).toMatchObject({ QueuePosition: '1', CurrentQueueSize: '1', QueueTime: '0' })
    expect(heard(result)).toEqual(['Please hold.', 'Still busy.', 'You left.'])
    expect(warnings(result)).toEqual(['12200 <Record> is not allowed while a caller waits in a queue'])
  })

  test('ends the call when the waiting caller hangs up or is hung up on', async () => {
    const { result, requests } = await callOnce({
      '/voice': '<Enqueue action="/left" waitUrl="/wait">support</Enqueue>',
      '/wait': '<Say>Closed.</Say><Hangup/>',
      '/left': '<Hangup/>',
    })
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ by: 'application' }])
    expect(requests.find(({ path }) => path === '/left')?.params).toMatchObject({ QueueResult: 'hangup' })
  })

  test('goes on waiting in silence when its waitUrl fails', async () => {
    const { result } = await callOnce(
      { '/voice': '<Enqueue waitUrl="/gone">support</Enqueue><Say>On.</Say>' },
      { queue: 'leave' },
    )
    expect(warnings(result)).toEqual(['11200 while waiting: HTTP status 404'])
    expect(heard(result)).toEqual(['On.'])
  })

  test.each([
    [`<Enqueue action="/left" workflowSid="${WORKFLOW}"><Task>{"a":</Task></Enqueue>`, /not a JSON object/],
    [`<Enqueue action="/left" workflowSid="${WORKFLOW}"><Task>[1]</Task></Enqueue>`, /not a JSON object/],
    ['<Enqueue action="/left"/>', /neither a queue nor a workflow/],
    [`<Enqueue action="/left">${'q'.repeat(65)}</Enqueue>`, /longer than 64/],
  ])('that cannot be carried out says so and reports an error: %s', async (twiml, warning) => {
    const { result, requests } = await callOnce({ '/voice': twiml, '/left': '<Say>Sorry.</Say>' })
    expect(warnings(result)[0]).toMatch(warning)
    expect(eventsOf(result, 'enqueue')).toEqual([])
    expect(requests[1]?.params).toMatchObject({ QueueResult: 'error' })
    expect(heard(result)).toEqual(['Sorry.'])
  })
})
