import { type ChildProcess, fork } from 'node:child_process'

/**
 * Runs a script in a process of its own, hands it `task`, and returns what it sends back. A benchmark's load and
 * its server share the machine, but not an event loop.
 */
export async function inProcess<Result>(
  script: string,
  task: object,
  { timeoutMs = 600_000, quiet = false }: { readonly timeoutMs?: number; readonly quiet?: boolean } = {},
): Promise<Result> {
  // What functions log in a simulation is of no use to anybody.
  const stdio = ['ignore', quiet ? 'ignore' : 'inherit', 'inherit', 'ipc'] as const
  const child = fork(script, { execArgv: ['--require', require.resolve('tsx/cjs')], stdio: [...stdio] })
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  try {
    return await answerOf<Result>(child, task)
  } finally {
    clearTimeout(timer)
    child.kill()
  }
}

function answerOf<Result>(child: ChildProcess, task: object): Promise<Result> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Result))
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it answered`)))
    child.send(task)
  })
}

/** The other side: does the task that comes and sends its result back. */
export function answerTask(work: (task: unknown) => Promise<object>): void {
  process.once('message', (task) => {
    work(task).then(
      (result) => process.send?.(result, () => process.exit(0)),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : 'failed'}\n`)
        process.exit(1)
      },
    )
  })
}
