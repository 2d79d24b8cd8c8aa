import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(__dirname, '../..')
const BYTE_BUDGET = 300 * 1024

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A copy of the project, without its tests, in an empty folder. */
function copyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'caller-memory-build-'))
  folders.push(folder)
  for (const name of [
    'src',
    'functions',
    'assets',
    'docs/call-flow.schema.json',
    'package.json',
    '.twilioserverlessrc.js',
  ]) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, '.twilioserverless'))
  return folder
}

function changeFlow(folder: string, change: (text: string) => string): void {
  const file = join(folder, 'assets/call-flow.private.json')
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

/** Loads the project's Serverless Toolkit configuration as the toolkit does, in a process of its own. */
function load(folder: string): SpawnSyncReturns<string> {
  const script = "process.stdout.write(JSON.stringify(require('./.twilioserverlessrc.js')))"
  return spawnSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' })
}

const builtFunctions = (folder: string): string[] =>
  readdirSync(join(folder, '.twilioserverless/functions')).sort()

describe('loading the Serverless Toolkit configuration', () => {
  test('builds every function into one file under the byte budget', () => {
    const folder = copyProject()
    expect(JSON.parse(load(folder).stdout)).toMatchObject({ functionsFolder: '.twilioserverless/functions' })
    const sources = readdirSync(join(ROOT, 'functions')).map((name) => name.replace(/\.ts$/, '.js'))
    expect(builtFunctions(folder)).toEqual(sources.sort())
    for (const name of builtFunctions(folder)) {
      const file = join(folder, '.twilioserverless/functions', name)
      expect(statSync(file).size).toBeLessThan(BYTE_BUDGET)
      const required = Array.from(
        readFileSync(file, 'utf8').matchAll(/require\("([^"]+)"\)/g),
        ([, id]) => id,
      )
      expect(required.filter((id) => !/^(?:axios|twilio(?:\/.*)?|node:.*)$/.test(id ?? ''))).toEqual([])
    }
  })

  test('ships a change without any other command', () => {
    const folder = copyProject()
    load(folder)
    const texts = join(folder, 'assets/call-flow.private.json')
    writeFileSync(texts, readFileSync(texts, 'utf8').replace('Welcome to our', 'Welcome to the new'))
    load(folder)
    for (const name of ['functions/identify-caller.protected.js', 'assets/call-flow.private.json']) {
      expect(readFileSync(join(folder, '.twilioserverless', name), 'utf8')).toContain('Welcome to the new')
    }
  })

  test('drops a function whose source is gone', () => {
    const folder = copyProject()
    load(folder)
    rmSync(join(folder, 'functions/next-step.protected.ts'))
    load(folder)
    expect(builtFunctions(folder)).not.toContain('next-step.protected.js')
  })

  test.each([
    [
      'no function is left',
      (folder: string) => rmSync(join(folder, 'functions'), { recursive: true }),
      'functions',
    ],
    [
      'a function does not compile',
      (folder: string) => writeFileSync(join(folder, 'functions/broken.ts'), 'export const = 1'),
      'functions/broken.ts:1',
    ],
    [
      'a function imports what is not there',
      (folder: string) => writeFileSync(join(folder, 'functions/lost.ts'), "import '../src/nowhere.ts'"),
      'nowhere',
    ],
    [
      'a function outgrows its budget',
      (folder: string) =>
        writeFileSync(join(folder, 'functions/fat.ts'), `export const text = '${'x'.repeat(500_000)}'`),
      'fat.js',
    ],
    [
      'the call flow has a key twice',
      (folder: string) => changeFlow(folder, (text) => text.replace('"key": "2"', '"key": "1"')),
      'menu.1.key: expected a key that nothing else has, got 1',
    ],
    [
      'the call flow says something that nobody reads',
      (folder: string) => changeFlow(folder, (text) => text.replace('"intent": "order"', '"aim": "order"')),
      'menu.2: must NOT have additional properties (aim)',
    ],
    [
      'the call flow is no JSON',
      (folder: string) => changeFlow(folder, (text) => text.slice(1)),
      'assets/call-flow.private.json: expected a file of JSON',
    ],
  ])('stops with a clear line when %s, and keeps the last good build', (_title, spoil, named) => {
    const folder = copyProject()
    load(folder)
    const before = builtFunctions(folder)
    spoil(folder)
    if (named === 'functions') mkdirSync(join(folder, 'functions'))
    const { status, stderr, stdout } = load(folder)
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('the build failed, nothing is shipped')
    expect(stderr).toContain(named)
    expect(builtFunctions(folder)).toEqual(before)
  })
})
