import { createFlowHttp, type FlowAnswer } from '../../../local-twilio/src/studio/engine/http.ts'
import { MAX_IN_A_ROW, MAX_STEPS } from '../../../local-twilio/src/studio/engine/run-flow.ts'
import { MAX_RENDERED_BYTES } from '../../../local-twilio/src/studio/liquid/liquid.ts'
import { startTestServer } from '../../support/http-server.ts'
import { flowWith, split, widget } from './flows.ts'
import { ask, fetchFunction, json, path, run, say } from './runs.ts'

describe('a flow', () => {
  test('runs from its trigger to a transition that leads nowhere', async () => {
    const result = await run(flowWith(say('hello', 'Hello {{trigger.call.From}}', 'bye'), say('bye', 'Bye')))
    expect(path(result)).toBe('Trigger hello bye')
    expect(result.heard).toEqual(['Hello +12025550142', 'Bye'])
    expect(result.end).toEqual({ kind: 'finished', widget: 'bye', event: 'audioComplete' })
  })

  test('that names a widget which is not there is broken, and says where', async () => {
    expect((await run(flowWith(say('hello', 'Hello', 'nowhere')))).end).toMatchObject({
      kind: 'broken',
      widget: 'nowhere',
    })
  })

  test('reads variables, each visible to the next, and counts with them', async () => {
    const set = widget(
      'set',
      'set-variables',
      {
        variables: [
          {
            key: 'n',
            value: '{% if flow.variables.n %}{{ flow.variables.n | plus: 1 }}{% else %}1{% endif %}',
          },
          { key: 'text', value: 'n is {{flow.variables.n}}', type: 'string' },
        ],
      },
      { next: 'enough' },
    )
    const enough = split('enough', '{{flow.variables.n}}', 'set', [['equal_to', '3', 'hello']])
    const result = await run(flowWith(set, enough, say('hello', '{{flow.variables.text}}')))
    expect(result.heard).toEqual(['n is 3'])
  })
})

describe("Studio's limits", () => {
  test('end a flow whose widget runs too often in a row', async () => {
    const actions = Array.from({ length: 20 }, () => ({ kind: 'silent' as const }))
    const result = await run(flowWith(ask({ timeout: 'ask' })), { actions })
    expect(result.end).toMatchObject({ kind: 'stopped', code: 81001 })
    expect(result.steps).toHaveLength(MAX_IN_A_ROW + 1)
  })

  test('end a flow after its last step', async () => {
    const result = await run(flowWith(say('a', 'a', 'b'), say('b', 'b', 'a')))
    expect(result.end).toMatchObject({ kind: 'stopped', code: 81000 })
    expect(result.steps).toHaveLength(MAX_STEPS)
  })

  test('are kept by templates: 16 KB and 15 iterations', async () => {
    const body = JSON.stringify({
      long: 'x'.repeat(MAX_RENDERED_BYTES),
      many: Array.from({ length: 8 }, () => 1),
    })
    const long = flowWith(fetchFunction('tell'), say('tell', '{{widgets.fetch.parsed.long}}x'))
    expect((await run(long, { answers: [json(body)] })).end).toMatchObject({ question: 'rendered-too-long' })
    const loop = '{% for i in widgets.fetch.parsed.many %}{{i}}{% endfor %}'
    const once = await run(flowWith(fetchFunction('tell'), say('tell', loop)), { answers: [json(body)] })
    expect(once.heard).toEqual(['11111111'])
    const twice = await run(flowWith(fetchFunction('tell'), say('tell', loop + loop)), {
      answers: [json(body)],
    })
    expect(twice.end).toMatchObject({ kind: 'undocumented', question: 'liquid-error' })
  })

  test('are kept by requests: time and size', async () => {
    const server = await startTestServer((response, request) => {
      if (request.path === '/hang') return
      response.writeHead(200, { 'content-type': 'text/plain' }).end('x'.repeat(70_000))
    })
    const http = createFlowHttp({ timeoutMs: 100 })
    const to = (where: string): Promise<FlowAnswer> =>
      http({
        widget: 'w',
        kind: 'http',
        method: 'GET',
        url: `${server.url}${where}`,
        body: '',
        parameters: {},
      })
    expect(await to('/hang')).toEqual({ kind: 'failed', why: 'timeout' })
    expect(await to('/large')).toEqual({ kind: 'failed', why: 'too-large' })
    await server.close()
    expect(await to('/gone')).toEqual({ kind: 'failed', why: 'unreachable' })
  })
})

describe('a gather', () => {
  const flow = flowWith(
    ask({ keypress: 'keys', speech: 'words', timeout: 'nothing' }, { number_of_digits: 2 }),
    say('keys', '{{widgets.ask.Digits}}'),
    say('words', '{{widgets.ask.SpeechResult}}'),
    say('nothing', '[{{widgets.ask.Digits}}]'),
  )

  test.each([
    [{ kind: 'press', digits: '1#9' }, '1'],
    [{ kind: 'press', digits: '123' }, '12'],
    [{ kind: 'press', digits: '#' }, '[]'],
    [{ kind: 'say', text: 'Hello.' }, 'Hello.'],
    [{ kind: 'silent' }, '[]'],
  ] as const)('takes %j', async (action, heard) => {
    expect((await run(flow, { actions: [action] })).heard.at(-1)).toBe(heard)
  })
})

describe('a hang-up', () => {
  const flow = flowWith(
    fetchFunction('tell', 'tell'),
    say('tell', 'Hello', 'record'),
    widget('record', 'record-voicemail', {}, { recordingComplete: undefined, hangup: 'note' }),
    split('note', 'x', undefined, []),
  )

  test('during a widget that does not speak shows at the next one that does', async () => {
    const result = await run(flow, { hangUpAt: 'fetch', answers: [json({})] })
    expect(result.end).toEqual({ kind: 'hung-up', widget: 'tell' })
    expect(result.requests).toHaveLength(1)
    expect(result.heard).toEqual([])
  })

  test('takes the event of a widget that has one', async () => {
    const result = await run(flow, { actions: [{ kind: 'hang-up' }], answers: [json({})] })
    expect(path(result)).toBe('Trigger fetch tell record note')
    expect((await run(flow, { hangUpAt: 'record', answers: [json({})] })).end).toMatchObject({
      widget: 'note',
    })
  })

  test('ends the flow in a gather, which has none', async () => {
    const result = await run(flowWith(ask({ timeout: 'ask' })), { actions: [{ kind: 'hang-up' }] })
    expect(result.end).toEqual({ kind: 'hung-up', widget: 'ask' })
  })
})

describe('the answer of a function', () => {
  const again = split('again', '{{widgets.fetch.status_code}}', 'fetch', [['equal_to', '201', 'tell']])
  const flow = flowWith(
    fetchFunction('again', 'again'),
    again,
    say('tell', '{{widgets.fetch.parsed.a}} {{widgets.fetch.parsed.b}}'),
  )

  test('is merged into the earlier ones, and survives one that is no JSON', async () => {
    const text: FlowAnswer = { kind: 'answered', status: 404, contentType: 'text/plain', body: 'not found' }
    const result = await run(flow, { answers: [json({ a: 1, b: 1 }), text, json({ b: 2 }, 201)] })
    expect(result.heard).toEqual(['1 2'])
  })

  test('is not parsed when it is a list, or not said to be JSON', async () => {
    for (const answer of [json([{ a: 1 }], 201), { ...json({ a: 1 }, 201), contentType: 'text/html' }]) {
      const { context, end } = await run(flow, { answers: [answer] })
      expect(end.kind).toBe('finished')
      expect(context.widgets['fetch']).not.toHaveProperty('parsed')
    }
  })

  test.each([
    [200, 'success'],
    [302, 'success'],
    [404, 'fail'],
    [500, 'fail'],
  ])('with status %d means %s', async (status, event) => {
    const { steps } = await run(flowWith(fetchFunction()), { answers: [json({}, status)] })
    expect(steps.at(-1)).toMatchObject({ widget: 'fetch', event })
  })

  test('that is TwiML takes the call out of the flow', async () => {
    const twiml: FlowAnswer = { kind: 'answered', status: 200, contentType: 'text/xml', body: '<Response/>' }
    expect((await run(flowWith(fetchFunction()), { answers: [twiml] })).end).toMatchObject({
      kind: 'stopped',
    })
  })
})

describe('a request', () => {
  test('is sent as it stands: signed form for a function, credentials as Basic, JSON body', async () => {
    const server = await startTestServer((response) => response.writeHead(204).end())
    const address = server.url.replace('http://', '')
    const parameters = [{ key: 'From', value: '{{trigger.call.From}}' }]
    const flow = flowWith(
      widget('fetch', 'run-function', { url: `${server.url}/f`, parameters }, { success: 'post' }),
      widget(
        'post',
        'make-http-request',
        {
          method: 'POST',
          url: `http://user:p%20w@${address}/p`,
          content_type: 'application/json;charset=utf-8',
          body: '{"from":{{trigger.call.From | to_json}}}',
        },
        { success: 'get' },
      ),
      widget(
        'get',
        'make-http-request',
        { method: 'GET', url: `${server.url}/g`, content_type: 'x', parameters },
        { success: undefined },
      ),
    )
    await run(flow, { http: createFlowHttp({ authToken: 'f'.repeat(32) }) })
    await server.close()
    const [called, posted, got] = server.seen
    expect(called).toMatchObject({ path: '/f', body: 'From=%2B12025550142' })
    expect(called?.headers['x-twilio-signature']).toMatch(/^[\w+/]{27}=$/)
    expect(posted).toMatchObject({ path: '/p', body: '{"from":"+12025550142"}' })
    expect(posted?.headers.authorization).toBe(`Basic ${btoa('user:p w')}`)
    expect(posted?.headers['x-twilio-signature']).toBeUndefined()
    expect(got?.path).toBe('/g?From=%2B12025550142')
  })
})
