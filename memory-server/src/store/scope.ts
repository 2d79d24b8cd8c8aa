import type { Transaction } from './database.ts'

/** Where the functions of the store read and write: one transaction, one tenant. */
export interface Scope {
  readonly transaction: Transaction
  readonly tenant: string
}
