import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newSid } from '../sid.ts'

/** Where a local system keeps its things. */
export interface LocalFolder {
  readonly root: string
  readonly database: string
  readonly log: (name: string) => string
  readonly secrets: LocalSecrets
}

/** Made once per folder, so that what was remembered stays readable after a restart. */
export interface LocalSecrets {
  readonly accountSid: string
  readonly authToken: string
  readonly memoryApiKey: string
  readonly memoryHashKey: string
  readonly memoryEncryptionKey: string
  /** Encrypts what the functions keep of saves that wait. */
  readonly saveEncryptionKey: string
  /** Lets the scheduler in. */
  readonly retrySecret: string
}

/** A system that runs on a folder. */
export interface RunningSystem {
  /** The process that ends the whole system. */
  readonly pid: number
  /** The functions, as Twilio sees them. */
  readonly functionsUrl: string
  /** The stand-in for Twilio's REST API. */
  readonly twilioApiUrl: string
  readonly memoryUrl: string
}

/** Opens a local folder and makes it where there is none. Only its owner can read it. */
export function openLocalFolder(root: string): LocalFolder {
  mkdirSync(join(root, 'log'), { recursive: true })
  chmodSync(root, 0o700)
  return {
    root,
    database: join(root, 'memory.db'),
    log: (name) => join(root, 'log', `${name}.log`),
    secrets: readOrMakeSecrets(join(root, 'secrets.json')),
  }
}

function readOrMakeSecrets(file: string): LocalSecrets {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<LocalSecrets>) : {}
  const secrets: LocalSecrets = {
    accountSid: newSid('AC'),
    authToken: randomBytes(16).toString('hex'),
    memoryApiKey: `sk_test_${randomBytes(32).toString('base64url')}`,
    memoryHashKey: randomBytes(32).toString('hex'),
    memoryEncryptionKey: randomBytes(32).toString('hex'),
    saveEncryptionKey: randomBytes(32).toString('hex'),
    retrySecret: randomBytes(32).toString('base64url'),
    ...kept,
  }
  if (Object.keys(secrets).length === Object.keys(kept).length) return secrets
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 })
  return secrets
}

/** Notes that a system runs on this folder, for the commands that look for one. */
export function noteRunning(folder: LocalFolder, system: RunningSystem): void {
  writeFileSync(runningFile(folder.root), JSON.stringify(system, null, 2), { mode: 0o600 })
}

/** Takes the note back. */
export function forgetRunning(folder: LocalFolder): void {
  rmSync(runningFile(folder.root), { force: true })
}

/** The system that runs on a folder; undefined when none does, also when it ended without a word. */
export function findRunning(root: string): RunningSystem | undefined {
  const file = runningFile(root)
  if (!existsSync(file)) return undefined
  const system = JSON.parse(readFileSync(file, 'utf8')) as RunningSystem
  return isAlive(system.pid) ? system : undefined
}

function runningFile(root: string): string {
  return join(root, 'running.json')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
