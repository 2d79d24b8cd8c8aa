import { createHash, timingSafeEqual } from 'node:crypto'

/** Tells whether an `Authorization` header carries one of the keys. */
export type KeyCheck = (authorization: string | undefined) => boolean

const BEARER = /^Bearer +([A-Za-z0-9_-]+)$/i

/** Creates the check. Digests are compared, each in constant time and every one of them, so timing tells nothing. */
export function createKeyCheck(apiKeys: readonly string[]): KeyCheck {
  const digests = apiKeys.map((key) => digestOf(key))
  return (authorization) => {
    const given = digestOf(BEARER.exec(authorization ?? '')?.[1] ?? '')
    return digests.map((digest) => timingSafeEqual(digest, given)).includes(true)
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
