/** A kind of failure that Twilio can be told to retry. */
export type RetryCause = '4xx' | '5xx' | 'ct' | 'rt'

/** How patient Twilio is with one URL. */
export interface ConnectionOverrides {
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  /** Bounds all attempts together. */
  readonly totalTimeoutMs: number
  readonly retryCount: number
  readonly retryOn: readonly RetryCause[]
}

const RETRY_CAUSES: readonly RetryCause[] = ['4xx', '5xx', 'ct', 'rt']

/**
 * Reads the connection overrides of a URL's fragment (`#ct=2000&rc=3&rp=ct,5xx`). Without any, Twilio connects
 * within 5 s, waits 15 s for the answer, and retries once, only when it could not connect. A value out of
 * range or unknown counts as absent. `sni` and `e` (edge locations) mean nothing on one machine and are ignored.
 *
 * @param hardLimitMs Twilio's own limit on a webhook, 15 s, which no override lifts.
 */
export function parseConnectionOverrides(url: string, hardLimitMs: number): ConnectionOverrides {
  const mark = url.indexOf('#')
  const given = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1))
  const totalTimeoutMs = Math.min(hardLimitMs, numberWithin(given.get('tt'), 100, 15_000) ?? 15_000)
  return {
    connectTimeoutMs: Math.min(totalTimeoutMs, numberWithin(given.get('ct'), 100, 10_000) ?? 5000),
    readTimeoutMs: Math.min(totalTimeoutMs, numberWithin(given.get('rt'), 100, 15_000) ?? 15_000),
    totalTimeoutMs,
    retryCount: numberWithin(given.get('rc'), 0, 5) ?? 1,
    retryOn: retryCauses(given.get('rp')),
  }
}

function numberWithin(text: string | null, min: number, max: number): number | undefined {
  if (text === null || !/^\d+$/.test(text)) return undefined
  const value = Number(text)
  return value >= min && value <= max ? value : undefined
}

function retryCauses(text: string | null): readonly RetryCause[] {
  const words = new Set((text ?? '').split(',').map((word) => word.trim()))
  if (words.has('all')) return RETRY_CAUSES
  const causes = RETRY_CAUSES.filter((cause) => words.has(cause))
  return causes.length > 0 ? causes : ['ct']
}
