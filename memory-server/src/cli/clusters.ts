import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { MemoryServerConfig } from '../config.ts'
import { migrateClusters, openClusterHosts } from '../store/clusters/open-clusters.ts'
import { countContents, planOf, rebalance } from '../store/clusters/rebalance.ts'
import type { PlannedMove, RebalanceWish } from '../store/clusters/rebalance.ts'
import { joinClusters } from '../store/clusters/states-on.ts'
import type { PostgresHosts } from '../store/postgres-hosts.ts'
import { clusterUrlsOf, shownAddressOf } from '../store/postgres-url.ts'

/** A command about the clusters of `DATABASE_URL`. */
export type ClusterCommand =
  | { readonly kind: 'show clusters' }
  | { readonly kind: 'rebalance'; readonly wish: RebalanceWish; readonly isDry: boolean }

/**
 * Shows the clusters, or moves buckets between them, and answers the lines to print.
 *
 * @throws CM_USAGE when the configuration names fewer than two clusters, or not the one that was asked for.
 * @throws CM_STORE_UNAVAILABLE, CM_CONFIG_INVALID
 */
export async function runClusterCommand(
  command: ClusterCommand,
  { databaseUrl = '', preparedStatements }: Pick<MemoryServerConfig, 'databaseUrl' | 'preparedStatements'>,
  clock: Clock,
  showProgress: (line: string) => void,
): Promise<string[]> {
  const urls = clusterUrlsOf(databaseUrl)
  if (urls.length < 2) {
    throw new CallerMemoryError('CM_USAGE', 'DATABASE_URL names fewer than two clusters')
  }
  if (command.kind === 'rebalance' && (command.wish.only?.to ?? 0) >= urls.length) {
    throw new CallerMemoryError('CM_USAGE', `DATABASE_URL names ${urls.length} clusters; --to is one of them`)
  }
  await migrateClusters({ urls, clock, preparedStatements })
  const hosts = openClusterHosts({ urls, clock, preparedStatements })
  try {
    if (command.kind === 'show clusters') return await showClusters(hosts, urls)
    if (!command.isDry) return await move(hosts, command.wish, showProgress)
    const plan = planOf((await joinClusters(hosts)).all, command.wish)
    return [...plan.map(moveText), `${plan.length} buckets would move`]
  } finally {
    await Promise.all(hosts.map((each) => each.close()))
  }
}

async function move(
  hosts: readonly PostgresHosts[],
  wish: RebalanceWish,
  showProgress: (line: string) => void,
): Promise<string[]> {
  const moved = await rebalance(hosts, wish, (each, done, of) =>
    showProgress(`${done} of ${of}: ${moveText(each)}`),
  )
  return [`${moved} buckets moved`]
}

async function showClusters(hosts: readonly PostgresHosts[], urls: readonly string[]): Promise<string[]> {
  const { home } = await joinClusters(hosts)
  const lines: string[] = []
  for (const [at, { held, moving, rows }] of (await countContents(hosts)).entries()) {
    const role = at === home ? ', tenants and keys' : ''
    lines.push(
      `${at + 1}  ${shownAddressOf(urls[at] ?? '')}  ${held} buckets, ${moving} moving${role}`,
      ...Object.entries(rows).map(([table, count]) => `     ${table.padEnd(24)}${count}`),
    )
  }
  return lines
}

function moveText({ bucket, from, to }: PlannedMove): string {
  return `bucket ${bucket} from cluster ${from + 1} to ${to + 1}`
}
