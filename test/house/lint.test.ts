import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const ROOT = resolve(__dirname, '../..')

const folder = mkdtempSync(join(tmpdir(), 'caller-memory-lint-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(() => cpSync(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json')))

/** What the linter says to a planted file. */
function lint(path: string, text: string): { readonly status: number | null; readonly stdout: string } {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), [path], {
    cwd: folder,
    encoding: 'utf8',
  })
  rmSync(file)
  return { status, stdout }
}

describe('the linter', () => {
  test.each([
    ['src/caller/planted.ts', "import { say } from '../voice/twiml.ts'\nsay([])\n", 'caller/ is pure'],
    ['src/call/planted.ts', "import { x } from '../twilio/webhook.ts'\nx()\n", 'handed to it as parameters'],
    ['src/voice/planted.ts', "import { x } from '../call/session.ts'\nx()\n", 'knows no edge'],
    ['functions/planted.ts', "import { x } from '../memory-server/src/server.ts'\nx()\n", 'import src/ only'],
    [
      'memory-server/src/planted.ts',
      "import { x } from '../../src/voice/menu.ts'\nx()\n",
      'only the base layer',
    ],
    ['src/twilio/planted.ts', 'export const key = process.env.KEY\n', 'process.env'],
    ['src/twilio/planted.ts', 'console.log(1)\n', 'console'],
  ])('refuses a breach planted in %s', (path, text, message) => {
    const { status, stdout } = lint(path, text)
    expect(stdout).toContain(message)
    expect(status).not.toBe(0)
  })

  test('accepts what is allowed there', () => {
    expect(lint('src/voice/planted.ts', "import { x } from '../caller/ani.ts'\nx()\n").status).toBe(0)
  })
})
