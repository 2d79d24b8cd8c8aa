import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { bearer, API_KEY, HASH_KEY, temporaryFolder } from './support.ts'

const ROOT = resolve(__dirname, '../..')
const dockerfile = readFileSync(join(ROOT, 'memory-server/Dockerfile'), 'utf8')
const scripts = (
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
).scripts

describe('the Dockerfile', () => {
  test('copies what is there, runs scripts that are there, and ends as a user without rights', () => {
    const copied = Array.from(
      dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm),
      ([, sources = '']) => sources,
    )
    const sources = copied.flatMap((line) => line.split(' '))
    expect(sources.length).toBeGreaterThan(4)
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([])
    const run = Array.from(dockerfile.matchAll(/npm run (\S+)/g), ([, name = '']) => name)
    expect(run).toEqual(['build:memory-server'])
    expect(scripts).toHaveProperty(['build:memory-server'])
    expect(dockerfile.lastIndexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('RUN'))
    expect(dockerfile).toContain('HEALTHCHECK')
  })
})

const runs = process.env['TEST_POSTGRES'] === 'yes' ? describe : describe.skip

runs('what the image runs (needs TEST_POSTGRES=yes)', () => {
  test('is built by its command, answers, and ends when it is told to', async () => {
    const folder = temporaryFolder()
    const [esbuild = '', ...args] = (scripts['build:memory-server'] ?? '').split(' ')
    const built = spawnSync(join(ROOT, 'node_modules/.bin', esbuild), args, { cwd: ROOT, encoding: 'utf8' })
    expect(built.status).toBe(0)
    const child = spawn(process.execPath, [join(ROOT, 'memory-server/dist/main.js'), 'serve'], {
      env: {
        PATH: process.env['PATH'],
        MEMORY_SERVER_PORT: '0',
        MEMORY_SERVER_DATABASE: join(folder.path, 'data', 'memory.db'),
        MEMORY_SERVER_API_KEYS: API_KEY,
        MEMORY_SERVER_HASH_KEY: HASH_KEY,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const url = `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const body = JSON.stringify({ call_id: 'c1', identity_hints: { ani: '+12025550101' } })
    const init = { method: 'POST', headers: bearer(), body }
    expect((await fetch(`${url}/v1/calls/start`, init)).status).toBe(200)
    child.kill('SIGTERM')
    expect(((await once(child, 'exit')) as [number])[0]).toBe(0)
    folder.remove()
  })
})
