import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'

/** Under which account a process runs; undefined for one's own. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** A process that this program has started. */
export interface Started {
  readonly pid: number | undefined
  readonly ended: Promise<void>
}

/** Starts a program in a folder; what it prints goes to a file. */
export function start(
  program: string,
  args: readonly string[],
  where: { readonly folder: string; readonly logFile: string; readonly account: Account | undefined },
): Started {
  const log = openSync(where.logFile, 'a')
  const child = spawn(program, args, {
    cwd: where.folder,
    stdio: ['ignore', log, log],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: where.folder },
    ...where.account,
  })
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  return { pid: child.pid, ended }
}

/** Kills processes with their descendants. All are listed before the first is killed: an orphan tells nothing. */
export function killTrees(roots: readonly (number | undefined)[]): void {
  const parents = parentsOfAll()
  const known = roots.filter((pid) => pid !== undefined)
  for (const pid of known.flatMap((root) => treeOf(root, parents))) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended in the meantime.
    }
  }
}

function treeOf(root: number, parents: ReadonlyMap<number, number>): number[] {
  const children = [...parents].filter(([, parent]) => parent === root)
  return [root].concat(children.flatMap(([pid]) => treeOf(pid, parents)))
}

function parentsOfAll(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(name)
    if (parent !== undefined) parents.set(Number(name), parent)
  }
  return parents
}

function parentOf(pid: string): number | undefined {
  try {
    // The name of a program may hold spaces and brackets; the parent is the second field after the last bracket.
    const [, fields = ''] = /.*\)\s(.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return Number(fields.split(' ')[1])
  } catch {
    return undefined
  }
}
