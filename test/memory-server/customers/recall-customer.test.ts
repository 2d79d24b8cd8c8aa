import { DAY_MS, newCallId, startTestServer } from '../support.ts'
import type { TestServer } from '../support.ts'
import { allRows, ask, hold } from './support.ts'

const ANI = '+12025550101'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

const recall = async (customerRef: string, query = ''): ReturnType<typeof ask> =>
  ask(server, `${customerRef}/recall${query}`)

describe('GET /v1/customers/{customer_ref}/recall', () => {
  test('finds the calls where the words were said, the best fit first, with their dates', async () => {
    const { customerRef } = await hold(server, { ani: ANI }, { variables: { note: 'Café door is broken' } })
    await hold(server, { ani: ANI }, { intent: 'refund_request', variables: { note: 'a kettle' } })
    await hold(server, { ani: ANI }, { variables: { note: 'kettle kettle broken, wants a REFUND' } })
    const { status, body } = await recall(customerRef, '?query=refund%20kettle')
    expect(status).toBe(200)
    expect(body.results.map(({ variables }) => variables['note'])).toEqual([
      'kettle kettle broken, wants a REFUND',
      'a kettle',
    ])
    expect(body.results[1]).toEqual({
      call_start: '2026-11-02T10:30:10.000Z',
      call_end: '2026-11-02T10:30:15.000Z',
      intent: 'refund_request',
      intent_status: 'open',
      intents: [{ intent: 'refund_request', intent_status: 'open' }],
      variables: { note: 'a kettle' },
      score: expect.any(Number) as number,
    })
    expect((await recall(customerRef, '?query=cafe')).body.results).toHaveLength(1)
    expect((await recall(customerRef, '?query=nothing')).body.results).toEqual([])
  })

  test('answers the newest first without a query, and keeps what was said when a variable is written over', async () => {
    const { customerRef } = await hold(server, { ani: ANI }, { variables: { note: 'first' } })
    await hold(server, { ani: ANI }, { variables: { note: 'second' } })
    await hold(server, { ani: ANI })
    for (const query of ['', '?query=', '?query=%20..%20']) {
      const { body } = await recall(customerRef, query)
      expect(body.results.map(({ variables, score }) => [variables['note'], score])).toEqual([
        ['second', null],
        ['first', null],
      ])
    }
    expect((await recall(customerRef, '?limit=1')).body.results).toHaveLength(1)
  })

  test.each([
    ['?limit=0', ['limit']],
    ['?limit=51', ['limit']],
    ['?limit=ten', ['limit']],
    ['?limit=1&limit=2', ['limit']],
    [`?query=${'q'.repeat(257)}`, ['query']],
    ['?query=a&query=b&limit=-1', ['query', 'limit']],
    ['?query=%00', ['query']],
  ])('is refused beyond its limits: %s', async (query, fields) => {
    const { customer_ref } = await server.identify({ ani: ANI })
    const { status, body } = await recall(customer_ref, query)
    expect(status).toBe(400)
    expect(body.details?.issues.map(({ path }) => path.join('.'))).toEqual(fields)
  })

  test('forgets a variable with its time to live, from the answer at once and from the disk at the next end', async () => {
    const { customerRef } = await hold(
      server,
      { ani: ANI },
      { intent: 'refund', variables: { note: 'zebra' } },
    )
    server.clock.forward(30 * DAY_MS)
    expect((await recall(customerRef, '?query=zebra')).body.results).toEqual([])
    expect((await recall(customerRef)).body.results).toMatchObject([{ intent: 'refund', variables: {} }])
    await server.end({ call_id: newCallId(), customer_ref: customerRef })
    const rows = await allRows(server.store)
    expect(JSON.stringify(rows['call_notes'])).not.toContain('zebra')
  })

  test('forgets in every call a variable that is deleted by null, and no other', async () => {
    const { customerRef } = await hold(server, { ani: ANI }, { variables: { note: 'zebra', name: 'Ada' } })
    await hold(server, { ani: ANI }, { variables: { note: 'zebra again' } })
    await hold(server, { ani: ANI }, { variables: { note: null } })
    const { body, text } = await recall(customerRef)
    expect(text).not.toContain('zebra')
    expect(body.results.map(({ variables }) => variables)).toEqual([{ name: 'Ada' }])
  })
})
