import { chownSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Tools } from './tools.ts'

// Patroni's defaults are 30 and 10: these find a dead primary sooner.
const TTL_S = 20
const LOOP_WAIT_S = 5

/** How etcd is started: one member, patient, because the machine is busy. */
export function etcdArguments(folder: string, client: number, peer: number): readonly string[] {
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`]
  return [
    ['--name', 'drill'],
    ['--data-dir', join(folder, 'etcd')],
    ['--listen-client-urls', clientUrl],
    ['--advertise-client-urls', clientUrl],
    ['--listen-peer-urls', peerUrl],
    ['--initial-advertise-peer-urls', peerUrl],
    ['--initial-cluster', `drill=${peerUrl}`],
    ['--heartbeat-interval', '500'],
    ['--election-timeout', '5000'],
  ].flat()
}

/** One node of a cluster. */
export interface NodeOptions {
  readonly node: number
  readonly folder: string
  readonly sql: number
  readonly rest: number
  readonly etcd: number
  /** Whether writes wait when no standby can confirm them. */
  readonly strict: boolean
  readonly tools: Tools
}

/** The configuration of a node. Patroni reads YAML, of which JSON is a part. Makes the folder of its data. */
export function patroniConfig({ node, folder, sql, rest, etcd, strict, tools }: NodeOptions): object {
  const address = `127.0.0.1:${sql}`
  const own = dirname(clusterFolder(folder, node))
  mkdirSync(own, { mode: 0o700 })
  if (tools.account) chownSync(own, tools.account.uid, tools.account.gid)
  return {
    scope: 'drill',
    name: `node${node}`,
    restapi: { listen: `127.0.0.1:${rest}`, connect_address: `127.0.0.1:${rest}` },
    etcd3: { hosts: [`127.0.0.1:${etcd}`] },
    bootstrap: {
      dcs: {
        ttl: TTL_S,
        loop_wait: LOOP_WAIT_S,
        retry_timeout: 5,
        synchronous_mode: true,
        synchronous_mode_strict: strict,
        postgresql: { use_pg_rewind: true, parameters: { max_connections: 60, shared_buffers: '64MB' } },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
    },
    postgresql: {
      listen: address,
      connect_address: address,
      data_dir: clusterFolder(folder, node),
      bin_dir: tools.postgres,
      pgpass: join(folder, `pgpass${node}`),
      authentication: {
        superuser: { username: 'postgres' },
        replication: { username: 'replicator' },
        rewind: { username: 'postgres' },
      },
      pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'],
      parameters: { unix_socket_directories: folder },
    },
  }
}

/** Where a node keeps its database. */
export function clusterFolder(folder: string, node: number): string {
  return join(folder, `data${node}`, 'cluster')
}
