import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { newFolder, removeFolder } from '../support/local-system.ts'

const ROOT = resolve(__dirname, '../..')
// Starts the whole system three times, which takes too long for every run of the tests.
const inFullCheck = process.env['TEST_POSTGRES'] === 'yes' ? describe : describe.skip

inFullCheck('a Studio flow on the real system (only in the full check: TEST_POSTGRES=yes)', () => {
  const folder = newFolder()
  afterAll(() => removeFolder(folder))

  function run(
    flow: string,
    ...args: readonly string[]
  ): { readonly end: unknown; readonly tasks: readonly { widget: string; attributes: object }[] } {
    const script = join(ROOT, 'local-twilio/src/studio/cli/main.ts')
    const words = ['run', join(ROOT, `studio-flows/${flow}.json`), '--local', folder, '--json', ...args]
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--require', 'tsx/cjs', script, ...words],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    )
    expect([status, stderr]).toEqual([0, 'No system is running: starting one for this run.\n'])
    return JSON.parse(stdout) as ReturnType<typeof run>
  }

  test('greets by what the memory knows, with code and without', () => {
    const first = run('caller-memory', '--say', 'my refund has not arrived')
    expect(first.tasks[0]).toMatchObject({
      widget: 'flex_unknown_topic',
      attributes: { tier: 'new', memory: 'available', intent: 'refund' },
    })
    const second = run('caller-memory', '--press', '1')
    expect(second.tasks[0]).toMatchObject({ widget: 'flex_known_topic', attributes: { memory: 'available' } })
    const third = run('caller-memory-no-code', '--press', '0')
    expect(third.tasks[0]).toMatchObject({ widget: 'flex_known' })
  }, 120_000)
})
