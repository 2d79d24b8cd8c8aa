import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import type { Account } from './processes.ts'

/** The programs that the drill needs. */
export interface Tools {
  readonly patroni: string
  readonly etcd: string
  /** Folder of PostgreSQL's own programs. */
  readonly postgres: string
  /** Under which account they run: PostgreSQL refuses to be root. */
  readonly account: Account | undefined
}

/** Finds the programs, or tells what to install. */
export function findTools(): Tools | string {
  const versions = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').toSorted().toReversed()
    : []
  const patroni = firstOf(['/usr/bin/patroni', '/usr/local/bin/patroni'])
  const etcd = firstOf(['/usr/bin/etcd', '/usr/local/bin/etcd'])
  const postgres = firstOf(versions.map((version) => `/usr/lib/postgresql/${version}/bin`))
  const missing = [
    ...(patroni === undefined ? ['patroni'] : []),
    ...(etcd === undefined ? ['etcd-server'] : []),
    ...(postgres === undefined ? ['postgresql'] : []),
  ]
  if (patroni === undefined || etcd === undefined || postgres === undefined) {
    return `needs Debian's packages: apt-get install --no-install-recommends ${missing.join(' ')}`
  }
  return { patroni, etcd, postgres, account: accountForPostgres() }
}

function accountForPostgres(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  return { uid: idOfPostgres('-u'), gid: idOfPostgres('-g') }
}

function idOfPostgres(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}

function firstOf(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path))
}
