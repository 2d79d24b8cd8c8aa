import type { Parsed } from '../../../src/settings.ts'

// The host part may name several servers, which no URL parser takes: scheme and user, hosts, the rest.
const FORM = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^@/?#]*)((?:[/?].*)?)$/

/**
 * Reads the address of a PostgreSQL database; `none` is none. Several hosts may stand in it, separated by commas:
 * `postgres://user@a:5432,b:5432/memory`. Several clusters, each with an address of its own, are separated by
 * spaces.
 */
export function postgresUrl(text: string): Parsed<string | undefined> {
  if (text === 'none') return { ok: true, value: undefined }
  const clusters = clusterUrlsOf(text)
  const wrong = clusters.findIndex((url) => !isReadable(url))
  if (wrong === -1 && clusters.length > 0) return { ok: true, value: clusters.join(' ') }
  return clusters.length > 1
    ? { ok: false, where: `address ${wrong + 1} of ${clusters.length}` }
    : { ok: false }
}

/** The address of each cluster, in the order of the list. */
export function clusterUrlsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((url) => url !== '')
}

/** The same address once for each host in it; empty when the text is no such address. */
export function hostUrlsOf(url: string): readonly string[] {
  const [, head, hosts, tail] = FORM.exec(url) ?? []
  if (head === undefined || hosts === undefined) return []
  return hosts.split(',').map((host) => `${head}${host.trim()}${tail ?? ''}`)
}

/** The hosts and the name of the database, without user and password. */
export function shownAddressOf(url: string): string {
  const [, , hosts = '', tail = ''] = FORM.exec(url) ?? []
  return `${hosts}${tail.replace(/\?.*$/, '')}`
}

// A socket's folder may stand in place of the host, which the URL parser refuses.
function isReadable(url: string): boolean {
  const urls = hostUrlsOf(url)
  return (
    urls.length > 0 && urls.every((each) => URL.canParse(each.replace(/(@|\/\/)(?=[/?])/, '$1localhost')))
  )
}
