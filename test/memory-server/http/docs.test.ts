import { bearer, startTestServer } from '../support.ts'
import type { TestServer } from '../support.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(undefined, { docs: true })
})
afterAll(() => server.close())

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers })

test('the description is served as a page and as OpenAPI, without a key', async () => {
  const [page, json, yaml] = await Promise.all(['/docs', '/docs/json', '/docs/yaml'].map((path) => get(path)))
  expect([page?.status, page?.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(await page?.text()).toContain('<html')
  expect(await json?.json()).toMatchObject({ openapi: '3.1.0', info: { title: 'Caller memory' } })
  expect(await yaml?.text()).toContain('openapi: 3.1.0')
})

test('the page loads nothing from another machine', async () => {
  const page = await get('/docs')
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^default-src 'none'; script-src 'self';/)
  expect(policy).not.toMatch(/https?:|unsafe-eval|\*/)
  const html = await page.text()
  const files = Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, file = '']) => file)
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) {
    expect(file).toMatch(/^\/docs\/static\//)
    const answer = await get(file)
    await answer.arrayBuffer()
    expect([file, answer.status]).toEqual([file, 200])
  }
  const styles = await (await get('/docs/static/swagger-ui.css')).text()
  expect(styles.match(/url\((?!"?data:)[^)]*\)|@import/g) ?? []).toEqual([])
  expect(await (await get('/docs/static/swagger-initializer.js')).text()).toContain('validatorUrl: null')
})

test('nothing but the page can be read beneath it', async () => {
  for (const path of ['/docs/static/..%2f..%2fpackage.json', '/docs/static/%2e%2e/index.js', '/docs/x']) {
    const answer = await get(path)
    await answer.text()
    expect(answer.status).toBeGreaterThanOrEqual(400)
  }
})

test('the description changes no answer: fields that it does not know are not cut off', async () => {
  const bare = await startTestServer(server.clock)
  const body = { call_id: 'call_1', identity_hints: { ani: '+12025550161' }, telco: { line_type: 'mobile' } }
  const [described, plain] = [await server.start(body), await bare.start(body)]
  const refs = /[0-9a-f]{8}-[0-9a-f-]{27}/g
  expect(described.text.replaceAll(refs, '')).toBe(plain.text.replaceAll(refs, ''))
  const off = await fetch(`${bare.url}/docs`, { headers: bearer() })
  expect(off.status).toBe(404)
  await off.body?.cancel()
  await bare.close()
})
