import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CallResult } from '../../local-twilio/src/voice/events.ts'
import {
  finish,
  heardIn,
  newFolder,
  removeFolder,
  runCommand,
  startLocalSystem,
} from '../support/local-system.ts'

const REFUND = 'My refund for order 1042 has not arrived'
const folder = newFolder()
afterAll(() => removeFolder(folder))

const call = (args: readonly string[]): ReturnType<typeof finish> =>
  finish(runCommand('call', [...args, '--local', folder]))

describe('the commands, one after the other on one folder', () => {
  test('npm run call starts a system for itself and stops it again', async () => {
    const { stdout, stderr, exitCode } = await call(['--say', REFUND])
    expect(stderr).toContain('No system is running: starting one for this call.')
    expect(stdout).toContain(`Caller   says "${REFUND}"`)
    expect(exitCode).toBe(0)
    expect(existsSync(join(folder, 'running.json'))).toBe(false)
  }, 30_000)

  test('npm start finds what an earlier run remembered, and a second one says that it runs', async () => {
    const system = await startLocalSystem(folder)
    const second = await finish(runCommand('start', ['--local', folder]))
    const json = await call(['--json'])
    const refused = await finish(runCommand('reset', ['--local', folder]))
    await system.stop()
    expect(second.stdout).toContain('Already running')
    expect(second.exitCode).toBe(0)
    const result = JSON.parse(json.stdout) as CallResult
    expect(heardIn(result).slice(0, 3).join(' ')).toBe(
      `Welcome back. Last time, you called about a refund. You told us: ${REFUND}.`,
    )
    expect(json.stderr).toBe('')
    expect(refused.stderr).toContain('stop it first')
    expect(refused.exitCode).toBe(2)
  }, 30_000)

  test('npm start leaves nothing running when it is killed, and starts again on the same folder', async () => {
    const killed = await startLocalSystem(folder)
    process.kill(killed.pid, 'SIGKILL')
    await killed.stop()
    const again = await startLocalSystem(folder)
    const health = await fetch(`${again.memoryUrl}/healthz`)
    await again.stop()
    expect(health.status).toBe(200)
    await expect(fetch(`${killed.memoryUrl}/healthz`)).rejects.toThrow('fetch failed')
  }, 30_000)

  test('what lies in the folder can be read by its owner alone and holds no number', () => {
    const files = readdirSync(folder, { recursive: true }).map(String)
    expect(files).toContain('memory.db')
    for (const name of files.filter((file) => file.startsWith('memory.db'))) {
      expect(readFileSync(join(folder, name), 'latin1')).not.toContain('2025550142')
    }
  })

  test('npm run reset forgets everything, and nothing that it did not make', async () => {
    writeFileSync(join(folder, 'mine.txt'), 'keep')
    const { stdout, exitCode } = await finish(runCommand('reset', ['--local', folder]))
    expect(stdout).toContain('Forgotten')
    expect(exitCode).toBe(0)
    expect(readdirSync(folder)).toEqual(['mine.txt'])
  }, 30_000)
})

describe('a command that is called wrongly', () => {
  test('says what is expected, does nothing, and exits with 2', async () => {
    const { stderr, stdout, exitCode } = await call(['--from', '555'])
    expect(stderr).toContain('CM_USAGE: --from: got "555"; expected a number in E.164 such as +12025550142')
    expect(stderr).toContain('--help')
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
    expect(existsSync(join(folder, 'memory.db'))).toBe(false)
  })

  test('prints its help when asked', async () => {
    for (const command of ['start', 'call', 'reset'] as const) {
      const { stdout, exitCode } = await finish(runCommand(command, ['--help']))
      expect(stdout).toContain(command === 'start' ? 'npm start' : `npm run ${command}`)
      expect(exitCode).toBe(0)
    }
  })

  test('stops at an invalid configuration and lists every problem', async () => {
    const { stderr, exitCode } = await finish(
      runCommand('start', ['--local', folder], { MEMORY_TIMEOUT_MS: 'soon', TIER_LIKELY_FROM: '7' }),
    )
    expect(stderr).toContain('MEMORY_TIMEOUT_MS: got "soon"')
    expect(stderr).toContain('TIER_LIKELY_FROM: got "7"')
    expect(exitCode).toBe(2)
    expect(existsSync(join(folder, 'memory.db'))).toBe(false)
  })
})
