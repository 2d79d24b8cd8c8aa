import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, createWriteStream, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { within } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { childEnvironment, type Environment } from '../config.ts'

export interface ChildOptions {
  /** What it is, for messages: "the memory server". */
  readonly title: string
  /** TypeScript file to run. */
  readonly script: string
  readonly environment: Environment
  /** Everything that it prints goes here. */
  readonly logFile: string
  /** Sent to it as its first message. */
  readonly message?: object
}

/** A process of the local system. It ends when its parent ends, however that ends. */
export interface Child {
  /** 0 when the system could not start it. */
  readonly pid: number
  /** The first line that it prints for which `read` returns something. */
  readonly ready: <T>(read: (line: string) => T | undefined) => Promise<T>
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  /** Asks it to end, and insists after 5 s. */
  readonly stop: () => Promise<void>
}

const READY_TIMEOUT_MS = 20_000
const STOP_TIMEOUT_MS = 5_000

/** Starts a process of the local system. */
export function startChild({ title, script, environment, logFile, message }: ChildOptions): Child {
  const errors = openSync(logFile, 'a')
  const child = fork(script, {
    // Without the loader of ES modules, which this project does not use, a process starts in half the time.
    execArgv: ['--require', require.resolve('tsx/cjs')],
    env: childEnvironment(environment),
    stdio: ['ignore', 'pipe', errors, 'ipc'],
  })
  closeSync(errors)
  if (message) child.send(message)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const lines = readLines(child, logFile)
  return {
    pid: child.pid ?? 0,
    ended,
    ready: (read) => within(READY_TIMEOUT_MS, Promise.race([firstLine(lines, read), ended.then(died)]), late),
    stop: async () => {
      child.kill('SIGTERM')
      await within(STOP_TIMEOUT_MS, ended, () => void child.kill('SIGKILL'))
      await ended
    },
  }

  function died(): never {
    throw new CallerMemoryError('CM_LOCAL_SYSTEM', `${title} ended before it was ready; see ${logFile}`)
  }
  function late(): never {
    throw new CallerMemoryError('CM_LOCAL_SYSTEM', `${title} was not ready in 20 s; see ${logFile}`)
  }
}

type Lines = (listener: (line: string) => void) => void

function readLines(child: ChildProcess, logFile: string): Lines {
  const listeners = new Set<(line: string) => void>()
  const file = createWriteStream(logFile, { flags: 'a', mode: 0o600 })
  if (!child.stdout) throw new CallerMemoryError('CM_BUG', 'a child process has no standard output')
  createInterface({ input: child.stdout })
    .on('line', (line) => {
      file.write(`${line}\n`)
      for (const listener of listeners) listener(line)
    })
    .on('close', () => file.end())
  return (listener) => listeners.add(listener)
}

function firstLine<T>(lines: Lines, read: (line: string) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    lines((line) => {
      const found = read(line)
      if (found !== undefined) resolve(found)
    })
  })
}
