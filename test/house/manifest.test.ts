import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(__dirname, '../..')

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly type?: string
  readonly allowScripts?: Readonly<Record<string, boolean>>
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest
}

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/

describe('the deploy manifest', () => {
  // Twilio installs these verbatim. Its builder refuses @twilio/runtime-handler 2.0.3 and 2.1.0 (error 20001), and
  // anything that is no exact version (serverless-toolkit #538, #558, #564; observed 2026-11).
  test('holds exactly what the functions need at Twilio', () => {
    expect(manifest('.').dependencies).toEqual({
      '@twilio/runtime-handler': '2.0.1',
      axios: '1.21.1',
      twilio: '6.2.0',
    })
  })

  test('does not turn the functions into ES modules', () => {
    expect(manifest('.').type).toBeUndefined()
  })

  test.each(['.', 'memory-server', 'local-twilio', 'test/toolkit'])('pins every version of %s', (folder) => {
    const { dependencies = {}, devDependencies = {} } = manifest(folder)
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(`${name}@${version}`).toMatch(new RegExp(`@${EXACT.source.slice(1)}`))
    }
  })

  test('would be caught with a range or a workspace reference', () => {
    for (const version of ['^6.2.0', '*', 'latest', 'workspace:*', 'file:../x'])
      expect(version).not.toMatch(EXACT)
  })

  test('lets no package run an install script', () => {
    const { allowScripts } = manifest('.')
    const allowed = Object.values(allowScripts ?? {})
    expect(allowed.length).toBeGreaterThan(0)
    expect(allowed).toEqual(allowed.map(() => false))
  })

  test('is locked for Linux, macOS and Windows alike', () => {
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
    for (const tool of [
      '@swc/core-',
      '@esbuild/',
      '@oxlint/binding-',
      '@oxlint-tsgolint/',
      '@unrs/resolver-binding-',
    ]) {
      for (const platform of ['linux-x64', 'darwin-arm64', 'win32-x64']) {
        expect(lock).toContain(`"node_modules/${tool}${platform}`)
      }
    }
  })

  test('is locked without the address of a registry', () => {
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8')
    const remote = lock.split('\n').filter((line) => /"resolved": "https?:/.test(line))
    expect(remote).toEqual([])
  })
})
