import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startTestServer, valuesOf } from './support.ts'
import type { TestServer } from './support.ts'

const ANI = '+12025550160'
const CARD = '4111 1111 1111 1111'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

const request = {
  call_id: 'call_1',
  identity_hints: { ani: ANI },
  intent: `refund to ${CARD}`,
  variables: { note: `card ${CARD} 123`, cvv: 123, number: 4111111111111111, name: 'Ada' },
}

function written(): string {
  return readdirSync(dirname(server.databasePath))
    .map((file) => readFileSync(join(dirname(server.databasePath), file), 'latin1'))
    .join('')
}

test('card numbers and codes never reach the database, and the answer says what was removed', async () => {
  const answer = await server.end(request)
  expect(answer.status).toBe(200)
  expect(answer.body.redacted).toEqual({ card: 3, cvv: 2 })
  const next = await server.identify({ ani: ANI })
  expect(next.open_intents[0]?.intent).toBe('refund to [card]')
  expect(valuesOf(next.variables)).toEqual({
    note: 'card [card] [cvv]',
    cvv: '[cvv]',
    number: '[card]',
    name: 'Ada',
  })
  expect(written()).toContain('refund to [card]')
  expect(written()).not.toMatch(/1111/)
})

test('an answer says nothing of redaction when nothing was removed', async () => {
  const answer = await server.end({ ...request, intent: 'refund', variables: { note: 'card ends in 1111' } })
  expect(answer.body).not.toHaveProperty('redacted')
  expect(written()).toContain('card ends in 1111')
})

test('a redacted end replays, and one that differs only in what was removed is a conflict', async () => {
  const first = await server.end(request)
  expect((await server.end(request)).text).toBe(first.text)
  const other = await server.end({ ...request, intent: 'refund to 5555 5555 5555 4444' })
  expect(other.status).toBe(409)
})

test('a text that its marks make too long is replaced as a whole', async () => {
  await server.end({ ...request, intent: 'cvv 123 '.repeat(16).trim(), variables: {} })
  const { open_intents } = await server.identify({ ani: ANI })
  expect(open_intents[0]?.intent).toBe('[redacted]')
})
