import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ERRORS } from '../../src/errors.ts'

const ROOT = resolve(__dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

describe('the documents', () => {
  test('that are made from the code are up to date', () => {
    const printed = execFileSync('node', ['--require', 'tsx/cjs', 'docs/generate.ts', '--check'], {
      cwd: ROOT,
    })
    expect(String(printed)).toMatch(/^[1-9]\d* files are up to date$/m)
  })

  test('have one section per error code, and no section for a code that is gone', () => {
    const sections = Array.from(read('docs/errors.md').matchAll(/^## (CM_\w+)$/gm), ([, code]) => code)
    expect(new Set(sections)).toEqual(new Set(Object.keys(ERRORS)))
    expect(sections).toHaveLength(Object.keys(ERRORS).length)
  })

  test('describe no error code that the code never uses', () => {
    const sources = ['src', 'functions', 'memory-server/src', 'local-twilio/src']
      .flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true }).map((name) => `${folder}/${String(name)}`),
      )
      .filter((path) => path.endsWith('.ts') && path !== 'src/errors.ts')
    const text = sources.map(read).join('\n')
    expect(Object.keys(ERRORS).filter((code) => !text.includes(`'${code}'`))).toEqual([])
  })

  test('state the HTTP status of each error code as the code has it', () => {
    const page = read('docs/errors.md')
    for (const [code, { status }] of Object.entries(ERRORS)) {
      const section = page.split(`## ${code}\n`)[1]?.split('\n## ')[0]
      expect(`${code}: ${section}`).toContain(`Status ${status}`)
    }
  })

  test('link only to files that exist', () => {
    const pages = ['.', 'docs', 'docs/decisions'].flatMap((folder) =>
      readdirSync(join(ROOT, folder))
        .filter((name) => name.endsWith('.md'))
        .map((name) => join(folder, name)),
    )
    const broken = pages.flatMap((page) =>
      Array.from(read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, target = '']) => target)
        .filter((target) => !existsSync(join(ROOT, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    )
    expect(pages.length).toBeGreaterThan(8)
    expect(broken).toEqual([])
  })
})
