import { readdirSync, readFileSync } from 'node:fs'

/** What a process and its children have used so far. 0 where the system does not tell (it does on Linux). */
export interface Usage {
  /** Processor time of those that live, in milliseconds. */
  readonly cpuMs: number
  /** Memory in use, in megabytes. What processes share counts once for each. */
  readonly rssMegabytes: number
}

// Processor time is counted in hundredths of a second on every Linux that Node runs on.
const TICK_MS = 10

/** Looks at a process and its children. */
export function usageOf(pid: number): Usage {
  const family = [pid, ...childrenOf(pid)]
  return {
    cpuMs: family.reduce((sum, each) => sum + cpuMsOf(each), 0),
    rssMegabytes: family.reduce((sum, each) => sum + rssMegabytesOf(each), 0),
  }
}

function childrenOf(pid: number): readonly number[] {
  return processes().filter((each) => Number(statOf(each)[1]) === pid)
}

function processes(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** The fields of a process from its state on: the name before them may hold spaces. */
function statOf(pid: number): readonly string[] {
  const text = textOf(`/proc/${pid}/stat`)
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function cpuMsOf(pid: number): number {
  const fields = statOf(pid)
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS
}

function rssMegabytesOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1]
  return Number(kilobytes ?? 0) / 1000
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
