import type { Parsed } from '../../../src/settings.ts'

// The host part may name several servers, which no URL parser takes: scheme and user, hosts, the rest.
const FORM = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^@/?#]*)((?:[/?].*)?)$/

/**
 * Reads the address of a PostgreSQL database; `none` is none. Several hosts may stand in it, separated by commas:
 * `postgres://user@a:5432,b:5432/memory`.
 */
export function postgresUrl(text: string): Parsed<string | undefined> {
  if (text === 'none') return { ok: true, value: undefined }
  const urls = hostUrlsOf(text)
  // A socket's folder may stand in place of the host, which the URL parser refuses.
  const readable = urls.every((url) => URL.canParse(url.replace(/(@|\/\/)(?=[/?])/, '$1localhost')))
  return readable && urls.length > 0 ? { ok: true, value: text } : { ok: false }
}

/** The same address once for each host in it; empty when the text is no such address. */
export function hostUrlsOf(url: string): readonly string[] {
  const [, head, hosts, tail] = FORM.exec(url) ?? []
  if (head === undefined || hosts === undefined) return []
  return hosts.split(',').map((host) => `${head}${host.trim()}${tail ?? ''}`)
}
