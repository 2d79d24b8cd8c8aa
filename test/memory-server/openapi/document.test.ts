import Ajv2020 from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import { ANSWER_EXAMPLES, REQUEST_EXAMPLES } from '../../../memory-server/src/openapi/examples.ts'
import { describeApi } from '../../../memory-server/src/openapi/document.ts'
import { ROUTE_DESCRIPTIONS } from '../../../memory-server/src/openapi/routes.ts'
import { API, OPERATIONS, operationFor, problemsBy, problemsOfExchange } from '../described.ts'
import { startTestServer } from '../support.ts'
import { breachesOfOpenApi } from './openapi-rules.ts'

const EXCHANGE = {
  method: 'GET',
  path: '/healthz',
  status: 200,
  headers: new Headers({ 'content-type': 'application/json' }),
}

describe('the description of the API', () => {
  test('keeps the rules of OpenAPI 3.1', () => {
    expect(breachesOfOpenApi(API)).toEqual([])
  })

  test('is refused where it breaks one', () => {
    const broken = structuredClone(API) as unknown as {
      paths: Record<string, Record<string, Record<string, unknown>>>
    }
    const operation = broken.paths['/v1/calls/{call_id}/correct']?.['post'] ?? {}
    operation['parameters'] = []
    operation['colour'] = 'red'
    operation['responses'] = { 200: { content: {} }, 299: { $ref: '#/components/responses/Nothing' } }
    const breaches = breachesOfOpenApi(broken).join('\n')
    expect(breaches).toContain('{call_id} is no parameter')
    expect(breaches).toContain('colour')
    expect(breaches).toContain("must have required property 'description'")
    expect(breaches).toContain('#/components/responses/Nothing')
  })

  test('holds schemas that are schemas', () => {
    const ajv = addFormats(new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }))
    const schemas = { $id: 'api', $defs: { ...API.components.schemas } }
    const text = JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/$defs/')
    ajv.addSchema(JSON.parse(text) as object)
    for (const name of Object.keys(API.components.schemas)) {
      expect(() => ajv.compile({ $ref: `api#/$defs/${name}` })).not.toThrow()
    }
  })

  test('gives examples that fit', () => {
    for (const [name, example] of Object.entries({ ...REQUEST_EXAMPLES, ...ANSWER_EXAMPLES })) {
      expect([name, problemsBy({ $ref: `#/components/schemas/${name}` }, example)]).toEqual([name, []])
    }
    const numbers = JSON.stringify(API).match(/\+\d{8,15}/g) ?? []
    expect(numbers.length).toBeGreaterThan(0)
    expect(numbers.filter((number) => !/^\+120255501\d\d$/.test(number))).toEqual([])
  })

  test('tells of every route, and of no route that there is not', async () => {
    const server = await startTestServer(undefined, { docs: true })
    const served = await fetch(`${server.url}/docs/json`)
    expect(await served.json()).toEqual(API)
    await expect(server.request('/docs/json')).rejects.toThrow('described nowhere')
    await server.close()
    const told = OPERATIONS.map(({ method, address }) => `${method} ${address}`)
    expect(told.toSorted()).toEqual(Object.keys(ROUTE_DESCRIPTIONS).toSorted())
    const undescribed = describeApi([{ method: 'GET', address: '/v1/new', scope: 'read' }])
    expect(breachesOfOpenApi(undescribed).join('\n')).toContain('/paths/~1v1~1new/get')
  })
})

describe('an answer that the description does not allow', () => {
  test('is told from one that it does', () => {
    expect(problemsOfExchange({ ...EXCHANGE, text: '{"status":"ok"}' })).toEqual([])
    expect(problemsOfExchange({ ...EXCHANGE, text: '{"status":"fine"}' })).toHaveLength(1)
    expect(problemsOfExchange({ ...EXCHANGE, text: '{"status":"ok","more":1}' })).toHaveLength(1)
    expect(problemsOfExchange({ ...EXCHANGE, status: 418, text: '{"status":"ok"}' })).toHaveLength(1)
    expect(problemsOfExchange({ ...EXCHANGE, path: '/v1/new', text: '{}' })).toHaveLength(1)
    const start = { ...EXCHANGE, method: 'POST', path: '/v1/calls/start' }
    const text = JSON.stringify(ANSWER_EXAMPLES['StartAnswer'])
    expect(problemsOfExchange({ ...start, text, sent: REQUEST_EXAMPLES['StartRequest'] })).toEqual([])
    expect(problemsOfExchange({ ...start, text, sent: { call_id: 'x' } })).not.toEqual([])
  })

  test('belongs to the operation of its address, whatever stands in it', () => {
    expect(operationFor('GET', '/v1/customers/abc/recall?query=a/b')?.address).toBe(
      '/v1/customers/{customer_ref}/recall',
    )
    expect(operationFor('POST', '/v1/customers/abc')).toBeUndefined()
  })
})
