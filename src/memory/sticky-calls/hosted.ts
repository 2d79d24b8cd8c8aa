const HOSTED = /^https:\/\/api\.stickycalls\.com(?:\/|$)/

/**
 * Whether an address is that of the hosted service. It documents the start and the end of a call only (read 2026-11),
 * and nothing of what it makes of fields that it does not know: it gets none. The memory server knows them all.
 */
export function isHosted(baseUrl: string): boolean {
  return HOSTED.test(baseUrl)
}
