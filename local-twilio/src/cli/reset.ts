import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { CallerMemoryError } from '../../../src/errors.ts'
import { findRunning } from '../system/local-folder.ts'
import { readArguments } from './arguments.ts'
import { print, runCommand } from './terminal.ts'

const HELP = `npm run reset -- [--local DIR]

Forgets every caller of the local system: empties its folder, with the database, the keys and the logs.

  --local DIR   the folder (default .local)`

const PROJECT_ROOT = resolve(__dirname, '../../..')
// What a local folder holds. Nothing else is removed, so that a wrong --local cannot empty another folder.
const CONTENTS = ['memory.db', 'memory.db-wal', 'memory.db-shm', 'memory.db.lock', 'secrets.json', 'log']

runCommand(async () => {
  const { help, local } = readArguments({ local: { type: 'string', default: '.local' } }, HELP)
  if (help) return print(HELP)
  const root = resolve(PROJECT_ROOT, local)
  const running = findRunning(root)
  if (running) {
    const message = `the system is running (process ${running.pid}): stop it first with Ctrl-C in its terminal`
    throw new CallerMemoryError('CM_USAGE', message)
  }
  const present = [...CONTENTS, 'running.json'].filter((name) => existsSync(resolve(root, name)))
  for (const name of present) rmSync(resolve(root, name), { recursive: true, force: true })
  print(present.length > 0 ? `Forgotten: everything in ${local}.` : `Nothing to forget: ${local} is empty.`)
})
