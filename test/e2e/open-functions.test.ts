import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { post } from '../../local-twilio/src/flex/local-lines.ts'
import { newSid } from '../../local-twilio/src/sid.ts'
import { openLocalFolder } from '../../local-twilio/src/system/local-folder.ts'
import { type LocalSystem, newFolder, removeFolder, startLocalSystem } from '../support/local-system.ts'

// What Twilio does not sign has to guard itself. The list comes from the folder: a new function is here at once.
const OPEN = readdirSync(join(resolve(__dirname, '../..'), 'functions'))
  .filter((name) => !name.endsWith('.protected.ts'))
  .map((name) => name.replace('.ts', ''))
const BY_SECRET: ReadonlySet<string> = new Set(['health', 'retry-saves'])

const ORIGIN = 'https://flex.twilio.com'
const call_sid = newSid('CA')

let system: LocalSystem
const folder = newFolder()
beforeAll(async () => {
  system = await startLocalSystem(folder, { FLEX_ORIGINS: ORIGIN })
}, 60_000)
afterAll(async () => {
  await system.stop()
  removeFolder(folder)
}, 30_000)

interface Answer {
  readonly status: number
  readonly body: string
}

async function ask(name: string, form: object, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const body = new URLSearchParams({ call_sid, ...form })
  const answer = await fetch(`${system.functionsUrl}/${name}`, { method: 'POST', body, headers })
  return { status: answer.status, body: await answer.text() }
}

async function token(roles: readonly string[], ttlSeconds = 600): Promise<string> {
  const worker = { worker_sid: newSid('WK'), roles, ttl_seconds: ttlSeconds }
  return ((await post(system, '/_local/flex-tokens', worker)) as { readonly token: string }).token
}

/** A refusal is a code and nothing else. */
const refused = (status: number, code: string): Answer => ({ status, body: `{"error":"${code}"}` })

describe.each(OPEN.filter((name) => !BY_SECRET.has(name)))('%s, which asks for a Flex token', (name) => {
  test.each([
    ['none', async () => ({})],
    ['one that is no token', async () => ({ Token: 'x' })],
    ['a forged one', async () => ({ Token: 'local-flex-'.padEnd(80, 'f') })],
    ['an expired one', async () => ({ Token: await token(['agent'], 0) })],
    ['two at once', async () => ({ Token: `${await token(['agent'])},${await token(['agent'])}` })],
  ])('answers 401 to %s, and no more than a code', async (_, form) => {
    expect(await ask(name, await form(), { origin: ORIGIN })).toEqual(refused(401, 'CM_TOKEN_INVALID'))
  })

  test('answers 403 to a good token of a role that may not ask', async () => {
    for (const roles of [[], ['wfo.full_access'], ['Agent']]) {
      const answer = await ask(name, { Token: await token(roles) }, { origin: ORIGIN })
      expect(answer).toEqual(refused(403, 'CM_TOKEN_FORBIDDEN'))
    }
  })

  test('answers 403 to a good token from an address that may not ask', async () => {
    for (const origin of ['https://flex.twilio.com.example.com', 'null', 'http://flex.twilio.com']) {
      const answer = await ask(name, { Token: await token(['agent']) }, { origin })
      expect(answer).toEqual(refused(403, 'CM_TOKEN_FORBIDDEN'))
    }
  })

  test('lets a good token in: it is then told what is wrong with the request itself', async () => {
    const { status } = await ask(name, { Token: await token(['agent']) }, { origin: ORIGIN })
    expect([400, 404]).toContain(status)
  })
})

describe.each(OPEN.filter((name) => BY_SECRET.has(name)))('%s, which asks for a secret', (name) => {
  const secret = (): string => openLocalFolder(folder).secrets.retrySecret

  test.each([
    ['none', () => ({})],
    ['an empty one', () => ({ authorization: 'Bearer ' })],
    ['a wrong one', () => ({ authorization: `Bearer ${'x'.repeat(43)}` })],
    ['the beginning of it', () => ({ authorization: `Bearer ${secret().slice(0, -1)}` })],
    ['more than it', () => ({ authorization: `Bearer ${secret()}x` })],
    ['it in another scheme', () => ({ authorization: `Basic ${secret()}` })],
  ])('answers 401 to %s, and no more than a code', async (_, headers) => {
    expect(await ask(name, {}, headers() as Record<string, string>)).toEqual(
      refused(401, 'CM_SECRET_INVALID'),
    )
  })

  test('does not take it from the form', async () => {
    const form = { authorization: `Bearer ${secret()}`, secret: secret() }
    expect(await ask(name, form, {})).toEqual(refused(401, 'CM_SECRET_INVALID'))
  })

  test('lets the secret in', async () => {
    expect((await ask(name, {}, { authorization: `Bearer ${secret()}` })).status).toBe(200)
  })
})

test('the table meets every function that Twilio does not sign', () => {
  expect(OPEN).toEqual(['caller-context', 'correct-caller', 'health', 'retry-saves', 'save-context'])
})
