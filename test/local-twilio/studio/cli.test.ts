import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runStudio } from '../../../local-twilio/src/studio/cli/studio.ts'
import { flowFile, flowWith, ownFlow } from './flows.ts'
import { ACCOUNT_SID, AUTH_TOKEN, type LocalApi, startLocalApi } from '../rest/local-client.ts'
import { say } from './runs.ts'

const ROOT = resolve(__dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'caller-memory-studio-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Printed {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process, and catches what it prints. */
async function studio(...args: string[]): Promise<Printed> {
  const printed = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      printed[name] += String(text)
      return true
    }),
  )
  const status = await runStudio(args)
  for (const spy of spies) spy.mockRestore()
  return { status, ...printed }
}

function fileWith(name: string, content: unknown): string {
  const file = join(folder, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

describe('npm run studio', () => {
  test('finds nothing in our flow (0), and everything in a broken one as JSON (1)', async () => {
    expect(await studio('lint', flowFile('caller-memory'))).toMatchObject({ status: 0, stderr: '' })
    const broken = { ...ownFlow('caller-memory'), initial_state: 'nowhere' }
    const { status, stdout } = await studio('lint', fileWith('broken.json', broken), '--json')
    const { findings } = JSON.parse(stdout) as { findings: Record<string, unknown>[] }
    expect(status).toBe(1)
    expect(findings[0]).toMatchObject({ rule: 'no-trigger', level: 'error', path: 'initial_state' })
    for (const key of ['why', 'mend'])
      expect(findings.every((one) => typeof one[key] === 'string')).toBe(true)
  })

  test.each([
    ['malformed JSON', '{"states": [', 'is no JSON'],
    ['a flow of 5 MB', `{"states":[],"x":"${'x'.repeat(5_000_000)}"}`, 'has 5000020 bytes'],
    [
      'a widget type that does not exist',
      { states: [{ name: 'bye', type: 'hangup' }], initial_state: 'bye' },
      'widget "bye": Studio has no widget type "hangup"',
    ],
  ])('answers %s with one clear line and 2', async (_title, content, line) => {
    const { status, stdout, stderr } = await studio('lint', fileWith('unusable.json', content))
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(line)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).not.toContain('    at ')
  })

  test('runs a flow that asks nobody, and draws it with what the run reached', async () => {
    const file = fileWith('small.json', flowWith(say('hello', 'Hello {{trigger.call.From}}')))
    const { status, stdout } = await studio('run', file, '--from', '+12025550143', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ heard: ['Hello +12025550143'], end: { kind: 'finished' } })
    const picture = join(folder, 'small.svg')
    const drawn = await studio('diagram', file, '--run', fileWith('run.json', stdout), '--output', picture)
    expect(drawn.status).toBe(0)
    expect(readFileSync(picture, 'utf8')).toContain('url(#reached)')
  })

  test('fills placeholders, and names every one that it cannot', async () => {
    const filled = await studio('render', flowFile('caller-memory'), '--env', 'example')
    expect(filled.status).toBe(0)
    expect(filled.stdout).not.toContain('${')
    const values = fileWith('values.json', { FUNCTIONS_URL: 'a"b' })
    const { status, stderr } = await studio('render', flowFile('caller-memory'), '--env', values)
    expect(status).toBe(2)
    expect(stderr).toContain('WORKFLOW_SID: has no value')
    expect(stderr).toContain('FUNCTIONS_URL: expected a text of')
  })

  test('is a process that ends with the exit code and without a stack trace', () => {
    const script = join(ROOT, 'local-twilio/src/studio/cli/main.ts')
    const args = ['--require', 'tsx/cjs', script, 'lint', join(folder, 'nowhere.json')]
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, `${join(folder, 'nowhere.json')}: cannot be read\n`])
  })

  test.each([
    [[], 0, 'npm run studio -- <command>'],
    [['lint', '--help'], 0, 'Exit code 0'],
    [['dance'], 2, 'there are lint'],
    [['lint'], 2, 'expected the file of a flow'],
    [['deploy', 'FILE'], 2, '--env: is missing'],
    [['deploy', 'FILE', '--sid', 'x'], 2, '--sid: expected FW'],
    [['run', 'FILE', '--assume', 'numeric-string=maybe'], 2, 'expected one of compares'],
    [['run', 'FILE', '--outcome', 'x'], 2, 'expected NAME=VALUE'],
  ] as const)('takes %j as %d', async (args, code, text) => {
    const given = args.map((arg) => (arg === 'FILE' ? flowFile('caller-memory') : arg))
    const { status, stdout, stderr } = await studio(...given)
    expect(status).toBe(code)
    expect(stdout + stderr).toContain(text)
  })
})

describe('npm run studio against Twilio', () => {
  const shell = { ...process.env }
  let api: LocalApi
  beforeAll(async () => {
    api = await startLocalApi()
    Object.assign(process.env, {
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_API_URL: api.server.url,
    })
  })
  afterAll(async () => {
    process.env = shell
    await api.server.close()
  })

  test('validates, makes a draft, and publishes it on request', async () => {
    const file = flowFile('caller-memory')
    expect(await studio('validate', file, '--env', 'example')).toMatchObject({ status: 0, stderr: '' })
    const draft = await studio('deploy', file, '--env', 'example')
    expect(draft.stdout).toMatch(/^FW[0-9a-f]{32} {2}revision 1 {2}draft\n/)
    expect(draft.stderr).toContain('--publish')
    const sid = draft.stdout.slice(0, 34)
    const published = await studio('deploy', file, '--env', 'example', '--sid', sid, '--publish')
    expect(published.stdout).toContain(`${sid}  revision 2  published`)
  })

  test('sends nothing that the lint calls an error', async () => {
    const broken = ownFlow('caller-memory')
    delete broken.states[2]?.transitions[1]?.next
    const { status, stdout } = await studio('deploy', fileWith('silent.json', broken), '--env', 'example')
    expect(status).toBe(1)
    expect(stdout).toContain('unrouted-failure')
    expect(api.lines.filter((line) => line.includes('POST /studio/v2/Flows"'))).toHaveLength(1)
  })

  test('says which problem Twilio has with which part', async () => {
    const broken = { ...ownFlow('caller-memory'), initial_state: 'nowhere' }
    const values = flowFile('env/example')
    const { status, stdout } = await studio('validate', fileWith('refused.json', broken), '--env', values)
    expect(status).toBe(1)
    expect(stdout).toContain('#/initial_state: a state of this name was expected')
  })

  test('asks for the account when there is none', async () => {
    delete process.env['TWILIO_AUTH_TOKEN']
    const { status, stderr } = await studio('validate', flowFile('caller-memory'), '--env', 'example')
    expect([status, stderr.split('\n').length]).toEqual([2, 2])
    expect(stderr).toContain('TWILIO_AUTH_TOKEN')
  })
})
