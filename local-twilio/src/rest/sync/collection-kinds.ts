import type { Refusal } from '../twilio-error.ts'

/** Lists and Maps of Sync work alike; here is what tells them apart. */
export interface CollectionKind {
  readonly name: 'list' | 'map'
  /** Segment of the path, and the property of an answer that lists them. */
  readonly path: 'Lists' | 'Maps'
  readonly property: 'lists' | 'maps'
  readonly sidPrefix: 'ES' | 'MP'
  readonly sidProperty: 'list_sid' | 'map_sid'
  readonly nameTaken: Refusal
  readonly itemMismatch: Refusal
}

// Codes and their meanings are those of Twilio's error reference (read 2026-11).
export const LISTS: CollectionKind = {
  name: 'list',
  path: 'Lists',
  property: 'lists',
  sidPrefix: 'ES',
  sidProperty: 'list_sid',
  nameTaken: { status: 409, code: 54301, message: 'Unique name already exists' },
  itemMismatch: { status: 412, code: 54155, message: 'List Item revision mismatch' },
}

export const MAPS: CollectionKind = {
  name: 'map',
  path: 'Maps',
  property: 'maps',
  sidPrefix: 'MP',
  sidProperty: 'map_sid',
  nameTaken: { status: 409, code: 54301, message: 'Unique name already exists' },
  itemMismatch: { status: 412, code: 54205, message: 'Map Item revision mismatch' },
}

/** The refusal of a map item whose key is there already. */
export const KEY_TAKEN: Refusal = { status: 409, code: 54208, message: 'Map Item already exists' }
/** The refusal of a map item without a usable key. */
export const INVALID_KEY: Refusal = { status: 400, code: 54209, message: 'Invalid Map Item key' }
