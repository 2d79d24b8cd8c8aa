import type { KeyedHash } from '../identity/keyed-hash.ts'
import type { Database } from '../store/database.ts'
import { checkSqliteFile, findBreaches } from '../store/integrity.ts'
import type { Breaches } from '../store/integrity.ts'
import { allPlaces } from '../store/places.ts'
import type { Place } from '../store/places.ts'
import { verifyChain } from './verify-chain.ts'

/** What a verification found. */
export interface Verification {
  /** One line each; empty when all is well. */
  readonly problems: readonly string[]
  /** Entries of the audit log that were checked. */
  readonly entries: number
  /** One keyed hash over the heads of all chains, to be kept elsewhere and compared. */
  readonly digest: string
}

/** What is verified, and how. */
export interface VerifyOptions {
  readonly database: Database
  readonly keyedHash: KeyedHash
  /** Whether the database is a SQLite file, which has a check of its own. */
  readonly isFile: boolean
  /** Told which tenant is looked at, and how far. */
  readonly onProgress?: (place: Place) => void
}

const AT_ONCE = 16

/** Checks the audit log, the rules between tables, and the file where there is one. Changes nothing. */
export async function verifyDatabase(options: VerifyOptions): Promise<Verification> {
  const { database, keyedHash, isFile, onProgress = () => undefined } = options
  const problems = isFile ? (await checkSqliteFile(database)).map((problem) => `the file: ${problem}`) : []
  const breaches: Counted = new Map()
  let entries = 0
  let digest = ''
  for await (const places of inGroups(allPlaces(database))) {
    onProgress(places[0])
    const chains = await Promise.all(places.map((place) => verifyChain(database, keyedHash, place)))
    const broken = await Promise.all(places.map((place) => findBreaches(database, keyedHash, place)))
    for (const [index, place] of places.entries()) {
      const { entries: whole = 0, mac = '', problem } = chains[index] ?? {}
      entries += whole
      digest = keyedHash('audit digest', digest, mac)
      if (problem !== undefined) problems.push(`audit log of ${nameOf(place)}: ${problem}`)
      addUp(breaches, place, broken[index] ?? {})
    }
  }
  for (const [rule, { count, first }] of breaches) {
    problems.push(`${count} ${rule}, the first in ${nameOf(first)}`)
  }
  return { problems, entries, digest }
}

type Counted = Map<string, { readonly count: number; readonly first: Place }>

function addUp(counted: Counted, place: Place, breaches: Breaches): void {
  for (const [rule, count] of Object.entries(breaches)) {
    if (count === 0) continue
    const known = counted.get(rule)
    counted.set(rule, { count: (known?.count ?? 0) + count, first: known?.first ?? place })
  }
}

/** Several places at a time, so that waiting for the database is shared. */
async function* inGroups(places: AsyncIterable<Place>): AsyncGenerator<readonly [Place, ...Place[]]> {
  let group: Place[] = []
  for await (const place of places) {
    group.push(place)
    const [first, ...rest] = group
    if (group.length < AT_ONCE || !first) continue
    yield [first, ...rest]
    group = []
  }
  const [first, ...rest] = group
  if (first) yield [first, ...rest]
}

function nameOf({ tenant, bucket }: Place): string {
  return `tenant ${tenant}, bucket ${bucket}`
}
