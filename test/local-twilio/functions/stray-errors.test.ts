import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { writeFixtureProject, type FixtureProject } from './fixture-project.ts'
import { sendRaw } from './raw-request.ts'

interface Served {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  readonly url: string
  readonly lines: string[]
}

let fixture: FixtureProject
let served: Served

beforeEach(async () => {
  fixture = writeFixtureProject()
  const args = [
    '--require',
    'tsx/cjs',
    path.join(__dirname, 'serve-fixture.ts'),
    fixture.functionsFolder,
    fixture.assetsFolder,
  ]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines: string[] = []
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const { url: address } = JSON.parse(line) as { url?: string }
      if (address !== undefined) resolve(address)
    })
  })
  served = { child, url, lines }
})

afterEach(() => {
  served.child.kill('SIGKILL')
  fixture.remove()
})

const exitCode = async ({ child }: Served): Promise<unknown> => {
  const [code] = (await once(child, 'exit')) as unknown[]
  return code
}

it('a function that rejects or throws later fails alone, and leaves one line without personal data', async () => {
  const caller = 'Name=Ada&From=%2B12025550142'
  expect((await sendRaw(served.url, { path: `/rejects?${caller}` })).status).toBe(500)
  expect((await sendRaw(served.url, { path: `/timer?${caller}` })).status).toBe(500)
  expect(await sendRaw(served.url, { path: '/open' })).toMatchObject({ status: 200, body: 'still here' })
  const stray = served.lines.filter((line) => line.includes('unhandled'))
  expect(stray.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 'error', code: 'CM_BUG', function: '/rejects', kind: 'RangeError' }),
    expect.objectContaining({ level: 'error', code: 'CM_BUG', function: '/timer', kind: 'TypeError' }),
  ])
  expect(served.lines.join('\n')).not.toMatch(/Ada|2025550142/)
  const ended = exitCode(served)
  served.child.stdin.write('close\n')
  expect(await ended).toBe(0)
})

it('a rejection that belongs to no function still ends the process', async () => {
  const ended = exitCode(served)
  served.child.stdin.write('stray\n')
  expect(await ended).not.toBe(0)
})
