import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const ROOT = resolve(__dirname, '../..')
// Some minutes on a busy machine: it belongs to the full check.
const inFullCheck = process.env['TEST_POSTGRES'] === 'yes' ? describe : describe.skip

inFullCheck('three hundred calls under random faults (needs TEST_POSTGRES=yes)', () => {
  test('lose nothing and double nothing, nor is anybody left without TwiML', () => {
    const script = resolve(ROOT, 'bench/faults/run.ts')
    const options = ['--calls', '300', '--seed', '20261120', '--dry']
    const run = spawnSync(process.execPath, ['--require', 'tsx/cjs', script, ...options], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect(run.stdout).toContain('verdict: holds (300 calls, 0 lost saves')
    expect(run.status).toBe(0)
  }, 600_000)
})
