import { parseAni } from '../../../src/caller/ani.ts'
import { asFields, fieldOf, isStorable, readText } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'

/** A key by which another system knows the customer. */
export interface ExternalId {
  readonly namespace: string
  readonly value: string
}

/** The keys of a request, checked. `externalIds` is ordered by namespace. */
export interface Hints {
  /** E.164. */
  readonly ani?: string
  readonly externalIds: readonly ExternalId[]
  readonly customerRef?: string
}

/** The checked keys, and whether the request gave any, valid or not. */
export interface HintsRead {
  readonly hints: Hints
  readonly given: boolean
}

const MAX_EXTERNAL_IDS = 20
const MAX_NAMESPACE_LENGTH = 64
const MAX_EXTERNAL_ID_LENGTH = 256
const MAX_CUSTOMER_REF_LENGTH = 128
const MAX_DNIS_LENGTH = 64
const E164 = /^\+[1-9]\d{1,14}$/

interface Located {
  readonly path: readonly string[]
  readonly value: unknown
}

/**
 * Reads the keys of a request. The vendor's prompts put them at the top level instead of in `identity_hints`;
 * both places are read, and what stands in `identity_hints` wins.
 */
export function readHints(list: IssueList, body: Fields): HintsRead {
  const container = fieldOf(body, 'identity_hints')
  const nested = container === undefined ? {} : asFields(container)
  if (nested === undefined) list.add(['identity_hints'], 'identity_hints must be an object')
  const locate = (name: string): Located => {
    const inside = nested ? fieldOf(nested, name) : undefined
    if (inside !== undefined) return { path: ['identity_hints', name], value: inside }
    return { path: [name], value: fieldOf(body, name) }
  }
  const given = { ani: locate('ani'), externalIds: locate('external_ids'), ref: locate('customer_ref') }
  const dnis = locate('dnis')
  readText(list, dnis.path, dnis.value, MAX_DNIS_LENGTH)
  const ani = readAni(list, given.ani)
  const customerRef = readText(list, given.ref.path, given.ref.value, MAX_CUSTOMER_REF_LENGTH)?.toLowerCase()
  const hints: Hints = {
    ...(ani !== undefined && { ani }),
    externalIds: readExternalIds(list, given.externalIds),
    ...(customerRef !== undefined && { customerRef }),
  }
  const isGiven =
    nested === undefined ||
    given.ani.value !== undefined ||
    given.ref.value !== undefined ||
    !isNothing(given.externalIds.value)
  return { hints, given: isGiven }
}

function isNothing(externalIds: unknown): boolean {
  const fields = asFields(externalIds)
  return externalIds === undefined || (fields !== undefined && Object.keys(fields).length === 0)
}

function readAni(list: IssueList, { path, value }: Located): string | undefined {
  if (value === undefined) return undefined
  const name = path.join('.')
  if (typeof value !== 'string') {
    list.add(path, `${name} must be a string`)
    return undefined
  }
  const ani = parseAni(value)
  if (ani.kind === 'withheld') {
    list.add(path, `${name} is withheld and identifies nobody: leave it out`)
  } else if (ani.kind === 'unusable' || !E164.test(value)) {
    list.add(path, `${name} must be a phone number in E.164 format`)
  } else {
    return ani.e164
  }
  return undefined
}

function readExternalIds(list: IssueList, { path, value }: Located): ExternalId[] {
  if (value === undefined) return []
  const name = path.join('.')
  const fields = asFields(value)
  if (fields === undefined) {
    list.add(path, `${name} must be an object of strings`)
    return []
  }
  const namespaces = Object.keys(fields).toSorted()
  if (namespaces.length > MAX_EXTERNAL_IDS) {
    list.add(path, `${name} must have at most ${MAX_EXTERNAL_IDS} entries`)
    return []
  }
  return namespaces.flatMap((namespace) => {
    if (namespace.length === 0 || namespace.length > MAX_NAMESPACE_LENGTH || !isStorable(namespace)) {
      list.add(path, `every key of ${name} must be 1 to ${MAX_NAMESPACE_LENGTH} characters long`)
      return []
    }
    const text = readText(list, [...path, namespace], fieldOf(fields, namespace), MAX_EXTERNAL_ID_LENGTH)
    return text === undefined ? [] : [{ namespace, value: text }]
  })
}
