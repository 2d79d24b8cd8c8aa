import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { breachesOf, type SourceFile } from '../support/source-rules.ts'

const ROOT = resolve(__dirname, '../..')
const FOLDERS = ['src', 'functions', 'memory-server/src', 'local-twilio/src', 'bench', 'docs']

function sourceFiles(): readonly SourceFile[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(ROOT, folder, name), 'utf8') })),
  )
}

describe('the layers and doors of the house', () => {
  test('are looked at in every folder', () => {
    const files = sourceFiles()
    expect(files.length).toBeGreaterThan(40)
    for (const folder of FOLDERS) expect(files.some(({ path }) => path.startsWith(`${folder}/`))).toBe(true)
  })

  test('hold', () => {
    expect(breachesOf(sourceFiles())).toEqual([])
  })
})

describe('the guard of the layers', () => {
  const plant = (path: string, text: string): readonly string[] => breachesOf([{ path, text }])

  test.each([
    ['src/caller/tier.ts', "import { say } from '../voice/twiml.ts'"],
    ['src/caller/tier.ts', "import type { Config } from '../config.ts'"],
    ['src/voice/greeting.ts', "import { recordOf } from '../call/call-record.ts'"],
    ['src/memory/caller-memory.ts', "import { post } from './sticky-calls/post.ts'"],
    ['src/twilio/webhook.ts', "import { post } from '../memory/sticky-calls/post.ts'"],
    ['functions/x.protected.ts', "import { open } from '../memory-server/src/store/sqlite.ts'"],
    ['memory-server/src/app.ts', "import { greet } from '../../src/voice/greeting.ts'"],
    ['memory-server/src/app.ts', "import { readConfig } from '../../src/config.ts'"],
    ['src/services.ts', "import { placeCall } from '../local-twilio/src/voice/place-call.ts'"],
    ['src/call/session.ts', "const store = require('../twilio/sync-sessions.ts')"],
  ])('sees that %s may not say %s', (path, text) => {
    expect(plant(path, text)).toHaveLength(1)
  })

  test.each([
    ['src/call/session.ts', 'const now = new Date()'],
    ['src/call/session.ts', 'const now = Date.now()'],
    ['src/twilio/webhook.ts', 'const key = process.env.KEY'],
    ['src/twilio/webhook.ts', "console.log('x')"],
    ['src/twilio/webhook.ts', "import axios from 'axios'"],
    ['functions/x.ts', "import VoiceResponse from 'twilio/lib/twiml/VoiceResponse'"],
    ['memory-server/src/routes.ts', "const text = 'DELETE FROM customers'"],
    ['memory-server/src/main.ts', "import { DatabaseSync } from 'node:sqlite'"],
    ['memory-server/src/main.ts', "import { Pool } from 'pg'"],
    ['functions/x.ts', '\n'.repeat(41) + 'x'],
    ['lib/stray.ts', ''],
  ])('sees what %s reaches for', (path, text) => {
    expect(plant(path, text)).toHaveLength(1)
  })

  test('lets comments speak of anything', () => {
    expect(plant('src/call/session.ts', '// never new Date() here\n/* process.env */')).toEqual([])
  })
})
