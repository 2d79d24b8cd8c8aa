import type { Transaction } from './database.ts'

/** Where the functions of the store read and write: one transaction, one tenant. */
export interface Scope {
  readonly transaction: Transaction
  readonly tenant: string
}

/** The same for functions that only read. */
export interface ReadScope {
  readonly transaction: Pick<Transaction, 'read'>
  readonly tenant: string
}
