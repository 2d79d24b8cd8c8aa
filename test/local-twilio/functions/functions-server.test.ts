import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { getExpectedBodyHash, getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks'
import { startFunctions } from '../../../local-twilio/src/functions/functions-server.ts'
import type { RunningServer } from '../../../local-twilio/src/http-listen.ts'
import { systemClock } from '../../../src/clock.ts'
import { createLog } from '../../../src/log.ts'
import { writeFixtureProject, type FixtureProject } from './fixture-project.ts'
import { formPost, sendRaw } from './raw-request.ts'

const AUTH_TOKEN = 'f'.repeat(32)
const env = { ACCOUNT_SID: `AC${'0'.repeat(32)}`, AUTH_TOKEN, GREETING: 'good morning' }
const projectRoot = path.resolve(__dirname, '../../..')

let fixture: FixtureProject
let server: RunningServer
let lines: string[]

beforeAll(async () => {
  fixture = writeFixtureProject()
  lines = []
  server = await startFunctions({
    ...fixture,
    projectRoot,
    env,
    clock: systemClock,
    log: createLog({}, (line) => lines.push(line)),
    functionTimeoutMs: 150,
  })
})

afterAll(async () => {
  await server.close()
  fixture.remove()
})

const sign = (pathAndQuery: string, params: Record<string, string>, token = AUTH_TOKEN): string =>
  getExpectedTwilioSignature(token, server.url + pathAndQuery, params)

const signedForm = (pathAndQuery: string, form: Record<string, string>, signature?: string) => {
  const request = formPost(pathAndQuery, form)
  const headers = { ...request.headers, 'X-Twilio-Signature': signature ?? sign(pathAndQuery, form) }
  return sendRaw(server.url, { ...request, headers })
}

describe('public functions', () => {
  it('answer GET with what they were given as context', async () => {
    const answer = await sendRaw(server.url, { path: '/open' })
    expect(answer).toMatchObject({ status: 200, body: 'good morning' })
    expect(answer.headers['content-type']).toMatch(/^text\/plain/)
  })

  it('see query, form and the account, and the address they are served at', async () => {
    const answer = await sendRaw(server.url, formPost('/echo?a=1&b=2', { b: '3', Name: 'Ada' }))
    expect(JSON.parse(answer.body)).toEqual({
      params: { a: '1', b: '3', Name: 'Ada' },
      account: env.ACCOUNT_SID,
      domain: `127.0.0.1:${server.port}`,
      path: '/echo',
    })
  })

  it('see the fields of a JSON body', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await sendRaw(server.url, {
      method: 'POST',
      path: '/echo',
      headers,
      body: '{"tier":"new"}',
    })
    expect(JSON.parse(answer.body)).toMatchObject({ params: { tier: 'new' } })
  })

  it('are answered 500 when they throw, and the next request is served', async () => {
    expect((await sendRaw(server.url, { path: '/throws' })).status).toBe(500)
    expect((await sendRaw(server.url, { path: '/open' })).status).toBe(200)
  })

  it('are acknowledged on OPTIONS without being called', async () => {
    const answer = await sendRaw(server.url, { method: 'OPTIONS', path: '/echo' })
    expect(answer).toMatchObject({ status: 204, body: '' })
  })

  it('refuse other methods', async () => {
    const answer = await sendRaw(server.url, { method: 'PUT', path: '/open' })
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, POST, OPTIONS' } })
  })

  it('leave one log line with name, status and duration, and nothing of the request', async () => {
    lines.length = 0
    await sendRaw(server.url, formPost('/echo?From=%2B12025550142', { Name: 'Ada' }))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      message: 'function answered',
      function: '/echo',
      status: 200,
      elapsedMs: expect.any(Number),
    })
  })
})

describe('protected functions', () => {
  it('answer a signed POST, with TwiML as XML', async () => {
    const answer = await signedForm('/voice', { Name: 'Ada' })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^text\/xml/)
    expect(answer.body).toContain('<Say>Hello Ada</Say>')
  })

  it('answer a signed GET, whose parameters stand in the query', async () => {
    const headers = { 'X-Twilio-Signature': sign('/voice?Name=Grace%20H', {}) }
    const answer = await sendRaw(server.url, { path: '/voice?Name=Grace%20H', headers })
    expect(answer.body).toContain('<Say>Hello Grace H</Say>')
  })

  it('answer in folders too', async () => {
    expect(await signedForm('/flow/deep', {})).toMatchObject({ status: 200, body: 'deep' })
  })

  it('answer signed JSON that the URL vouches for by its hash', async () => {
    const body = '{"Name":"Ada"}'
    const target = `/voice?bodySHA256=${getExpectedBodyHash(body)}`
    const headers = { 'Content-Type': 'application/json', 'X-Twilio-Signature': sign(target, {}) }
    const sent = { method: 'POST', path: target, headers }
    expect((await sendRaw(server.url, { ...sent, body })).body).toContain('Hello Ada')
    expect((await sendRaw(server.url, { ...sent, body: '{"Name":"Eve"}' })).status).toBe(403)
  })

  it('refuse a request without a signature', async () => {
    const answer = await sendRaw(server.url, formPost('/voice', { Name: 'Ada' }))
    expect(answer).toMatchObject({ status: 403, body: 'forbidden' })
    expect((await sendRaw(server.url, { path: '/voice' })).status).toBe(403)
  })

  it.each([
    ['empty', () => ''],
    ['made up', () => 'bm90IGEgc2lnbmF0dXJl'],
    ['made with another token', () => sign('/voice', { Name: 'Ada' }, 'e'.repeat(32))],
    ['of another URL', () => sign('/flow/deep', { Name: 'Ada' })],
    ['of another query', () => sign('/voice?x=1', { Name: 'Ada' })],
    ['of other parameters', () => sign('/voice', { Name: 'Eve' })],
    ['of fewer parameters', () => sign('/voice', {})],
    ['twice in the header', () => `${sign('/voice', { Name: 'Ada' })}, ${sign('/voice', { Name: 'Ada' })}`],
  ])('refuse a signature that is %s', async (_name, signature) => {
    expect((await signedForm('/voice', { Name: 'Ada' }, signature())).status).toBe(403)
  })

  it('refuse a body that was smuggled into a signed GET', async () => {
    const headers = { 'X-Twilio-Signature': sign('/voice', {}) }
    const form = formPost('/voice', { Name: 'Eve' })
    const smuggled = {
      ...form,
      headers: { ...form.headers, ...headers, 'Content-Length': '8' },
      method: 'GET',
    }
    expect((await sendRaw(server.url, smuggled)).status).toBe(403)
    expect((await sendRaw(server.url, { path: '/voice', headers })).status).toBe(200)
  })

  it('refuse a JSON body on a URL that was signed without it', async () => {
    const headers = { 'Content-Type': 'application/json', 'X-Twilio-Signature': sign('/voice', {}) }
    const sent = { method: 'POST', path: '/voice', headers }
    expect((await sendRaw(server.url, { ...sent, body: '{"Name":"Eve"}' })).status).toBe(403)
    expect((await sendRaw(server.url, sent)).status).toBe(200)
  })
})

describe('what is not public', () => {
  it('private functions and assets are not found, signed or not', async () => {
    for (const hidden of ['/lib/shared', '/flow.json']) {
      expect((await sendRaw(server.url, { path: hidden })).status).toBe(404)
      const headers = { 'X-Twilio-Signature': sign(hidden, {}) }
      expect((await sendRaw(server.url, { path: hidden, headers })).status).toBe(404)
    }
  })

  it('protected assets need a signature, public ones do not', async () => {
    expect((await sendRaw(server.url, { path: '/notes.txt' })).status).toBe(403)
    const headers = { 'X-Twilio-Signature': sign('/notes.txt', {}) }
    expect(await sendRaw(server.url, { path: '/notes.txt', headers })).toMatchObject({
      status: 200,
      body: 'protected notes',
    })
    expect(await sendRaw(server.url, { path: '/page.txt' })).toMatchObject({
      status: 200,
      body: 'a public page',
    })
  })

  it.each([
    '/%76oice',
    '//voice',
    '/Voice',
    '/voice/',
    '/voice;x',
    '/flow/../voice',
    '/flow//deep',
    '/flow%2Fdeep',
    '/lib/shared.private.js',
    '/lib/shared.private',
    '/../package.json',
    '/%2e%2e/package.json',
    '/favicon.ico',
    '/',
  ])('%s names nothing', async (trick) => {
    expect((await sendRaw(server.url, { path: trick })).status).toBe(404)
  })

  it('a request line with a full URL names nothing', async () => {
    expect((await sendRaw(server.url, { path: `${server.url}/voice` })).status).toBe(404)
  })
})

describe('bodies', () => {
  it('of more than 6 MB are refused, of less accepted', async () => {
    expect((await sendRaw(server.url, formPost('/open', { a: 'x'.repeat(6 * 1024 * 1024) }))).status).toBe(
      413,
    )
    expect((await sendRaw(server.url, formPost('/open', { a: 'x'.repeat(5 * 1024 * 1024) }))).status).toBe(
      200,
    )
  })

  it('of broken JSON are refused without a stack trace', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await sendRaw(server.url, { method: 'POST', path: '/open', headers, body: '{"a":' })
    expect(answer).toMatchObject({ status: 400, body: 'bad request' })
  })
})

describe('functions that misbehave', () => {
  it('are stopped after the time limit, and a late callback changes nothing', async () => {
    lines.length = 0
    const answer = await sendRaw(server.url, { path: '/hang?ms=220' })
    expect(answer).toMatchObject({ status: 504, body: 'runtime application timed out' })
    await new Promise((resolve) => setTimeout(resolve, 120))
    expect(await sendRaw(server.url, { path: '/open' })).toMatchObject({ status: 200, body: 'good morning' })
    expect(lines.filter((line) => line.includes('"/hang"')).map((line) => JSON.parse(line))).toMatchObject([
      { level: 'error', message: 'function timed out', code: 'CM_FUNCTION_TIMEOUT' },
      { level: 'info', message: 'function answered', status: 504 },
    ])
  })

  it('have their say when they answer within the limit', async () => {
    expect(await sendRaw(server.url, { path: '/hang?ms=20' })).toMatchObject({
      status: 200,
      body: 'too late',
    })
  })

  it('are heard once when they call back twice', async () => {
    expect(await sendRaw(server.url, { path: '/twice' })).toMatchObject({ status: 200, body: 'first' })
  })
})

describe('starting', () => {
  const options = { projectRoot, env, clock: systemClock, log: createLog({}, () => undefined) }

  it('fails when there is no function to run', async () => {
    const empty = mkdtempSync(path.join(os.tmpdir(), 'functions-empty-'))
    for (const functionsFolder of [empty, path.join(empty, 'missing')]) {
      const starting = startFunctions({ ...options, ...fixture, functionsFolder })
      await expect(starting).rejects.toMatchObject({ code: 'CM_BUILD_FAILED' })
    }
    rmSync(empty, { recursive: true })
  })

  it('fails when two files have the same path', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'functions-twins-'))
    for (const name of ['a.js', 'a.protected.js']) writeFileSync(path.join(folder, name), '')
    const starting = startFunctions({ ...options, ...fixture, functionsFolder: folder })
    await expect(starting).rejects.toMatchObject({
      code: 'CM_BUILD_FAILED',
      message: 'two files have the same path: /a',
    })
    rmSync(folder, { recursive: true })
  })

  it('fails when the port is taken', async () => {
    const starting = startFunctions({ ...options, ...fixture, port: server.port })
    await expect(starting).rejects.toMatchObject({ code: 'CM_LOCAL_SYSTEM' })
  })
})
