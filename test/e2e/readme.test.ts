import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { finish, newFolder, removeFolder, runCommand } from '../support/local-system.ts'

const README = readFileSync(join(resolve(__dirname, '../..'), 'README.md'), 'utf8')

describe('the README', () => {
  test('shows the second call of the demo as it really sounds', async () => {
    const folder = newFolder()
    const { stdout } = await finish(runCommand('call', ['--demo', '--local', folder]))
    removeFolder(folder)
    const second = stdout.slice(stdout.indexOf('Second call')).trimEnd()
    const [, shown] = /<!-- transcript -->\s+```\n([\s\S]*?)\n```/.exec(README) ?? []
    expect(second).toContain('Last time, you called about a refund.')
    expect(shown).toBe(second)
  }, 30_000)

  test('opens with the two commands and that call', () => {
    const opening = README.split('\n').slice(0, 35).join('\n')
    expect(opening).toContain('npm ci && npm start')
    expect(opening).toContain('npm run call -- --demo')
    expect(opening).toContain('Second call')
  })
})
