import { createHash, timingSafeEqual } from 'node:crypto'
import { CallerMemoryError } from '../errors.ts'
import type { RuntimeEvent } from './runtime.ts'

/**
 * Lets only those in who know the secret, compared in constant time. Without a secret nobody is let in.
 *
 * @throws CM_SECRET_INVALID
 */
export function requireBearer(event: RuntimeEvent, secret: string | undefined): void {
  const given = headerOf(event, 'authorization') ?? ''
  const expected = `Bearer ${secret ?? ''}`
  const isSame = timingSafeEqual(digest(given), digest(expected))
  if (secret === undefined || !isSame) {
    throw new CallerMemoryError('CM_SECRET_INVALID', 'the bearer secret is missing or wrong')
  }
}

/** A header of the request, by its name in small letters. */
export function headerOf(event: RuntimeEvent, name: string): string | undefined {
  const { headers } = (event['request'] ?? {}) as { readonly headers?: Readonly<Record<string, unknown>> }
  const value = headers?.[name]
  return typeof value === 'string' ? value : undefined
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
