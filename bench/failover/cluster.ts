import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killTrees, type Started, start } from './processes.ts'
import { clusterFolder, etcdArguments, patroniConfig } from './settings.ts'
import type { Tools } from './tools.ts'

/** What one node says of itself. */
export interface NodeState {
  readonly isPrimary: boolean
  readonly isRunning: boolean
  /** How many standbys confirm writes before they are acknowledged. */
  readonly synchronousStandbys: number
}

/** Three PostgreSQL servers with Patroni, and etcd, on loopback. */
export interface Cluster {
  /** Address with all three hosts. */
  readonly url: string
  readonly states: () => Promise<readonly (NodeState | undefined)[]>
  /** Kills a node's Patroni and PostgreSQL at once. */
  readonly kill: (node: number) => Promise<void>
  readonly restart: (node: number) => void
  /** Ends everything that was started and removes its folder. */
  readonly stop: () => Promise<void>
}

const NODES = [0, 1, 2]
const ETCD_START_MS = 2000

/** Starts the processes of a cluster. `untilHealthy` waits for a primary with a synchronous standby. */
export async function startCluster(tools: Tools, strict: boolean): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'caller-memory-failover-'))
  const { account } = tools
  if (account) chownSync(folder, account.uid, account.gid)
  const run = (name: string, program: string, args: readonly string[]): Started =>
    start(program, args, { folder, logFile: join(folder, `${name}.log`), account })
  const [client = 0, peer = 0, ...ports] = await freePorts(2 + 2 * NODES.length)
  const addresses = NODES.map((node) => ({ sql: ports[2 * node] ?? 0, rest: ports[2 * node + 1] ?? 0 }))
  const etcd = run('etcd', tools.etcd, etcdArguments(folder, client, peer))
  await pause(ETCD_START_MS)
  for (const [node, { sql, rest }] of addresses.entries()) {
    const config = patroniConfig({ node, folder, sql, rest, etcd: client, strict, tools })
    writeFileSync(configOf(folder, node), JSON.stringify(config))
  }
  const launch = (node: number): Started => run(`node${node}`, tools.patroni, [configOf(folder, node)])
  const nodes = NODES.map((node) => launch(node))
  const kill = async (node: number): Promise<void> => {
    killTrees([nodes[node]?.pid, postmasterOf(folder, node)])
    await nodes[node]?.ended
  }
  return {
    url: `postgres://postgres@${addresses.map(({ sql }) => `127.0.0.1:${sql}`).join(',')}/postgres`,
    states: () => Promise.all(addresses.map(({ rest }) => stateOf(rest))),
    kill,
    restart: (node) => void nodes.splice(node, 1, launch(node)),
    stop: () => stopAll(etcd, kill, folder),
  }
}

async function stopAll(etcd: Started, kill: Cluster['kill'], folder: string): Promise<void> {
  await Promise.all(NODES.map((node) => kill(node)))
  killTrees([etcd.pid])
  await etcd.ended
  rmSync(folder, { recursive: true, force: true })
}

/** PostgreSQL's own process. Patroni starts it as a daemon, so it is nobody's child. */
function postmasterOf(folder: string, node: number): number | undefined {
  const cluster = clusterFolder(folder, node)
  try {
    const [pid = ''] = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    // The file outlives a killed server, and its number may be another program's by now.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(cluster) ? Number(pid) : undefined
  } catch {
    return undefined
  }
}

function configOf(folder: string, node: number): string {
  return join(folder, `node${node}.json`)
}

/** Waits until all three nodes run and writes are confirmed by a standby. */
export async function untilHealthy(cluster: Cluster, seconds: number): Promise<void> {
  for (let tries = 0; tries < seconds * 2; tries += 1) {
    const states = await cluster.states()
    const primary = states.find((state) => state?.isPrimary)
    if (states.every((state) => state?.isRunning) && (primary?.synchronousStandbys ?? 0) > 0) return
    await pause(500)
  }
  throw new Error(`the cluster was not healthy within ${seconds} s`)
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}

async function stateOf(port: number): Promise<NodeState | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/patroni`, { signal: AbortSignal.timeout(1000) })
    const {
      state,
      role,
      replication = [],
    } = (await answer.json()) as {
      readonly state?: string
      readonly role?: string
      readonly replication?: readonly { readonly sync_state?: string }[]
    }
    const isRunning = state === 'running' || state === 'streaming'
    return {
      isRunning,
      isPrimary: isRunning && (role === 'master' || role === 'primary'),
      synchronousStandbys: replication.filter(({ sync_state: kind }) => kind === 'sync' || kind === 'quorum')
        .length,
    }
  } catch {
    return undefined
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))))
  return ports
}
