import { bucketOfHash } from '../identity/keyed-hash.ts'
import { textOf } from './database.ts'
import type { SqlValue } from './database.ts'
import type { RowImage } from './row-images.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** The latest correction of a call: from whom to whom, and every row as it was before and after. */
export interface Correction {
  readonly correctionId: string
  readonly fromRef: string
  readonly toRef: string
  readonly images: readonly RowImage[]
}

/** Finds the latest correction of a call; undefined when there is none that could be undone. */
export async function findCorrection(scope: Scope, callHash: string): Promise<Correction | undefined> {
  const [row] = await scope.transaction.read(STATEMENTS.findCorrection, keyOf(scope, callHash))
  if (!row) return undefined
  return {
    correctionId: textOf(row, 'correction_id'),
    fromRef: textOf(row, 'from_ref'),
    toRef: textOf(row, 'to_ref'),
    images: JSON.parse(textOf(row, 'images')) as RowImage[],
  }
}

/** Keeps a correction instead of the call's earlier one. */
export async function saveCorrection(scope: Scope, callHash: string, correction: Correction): Promise<void> {
  const { correctionId, fromRef, toRef, images } = correction
  const row = [...keyOf(scope, callHash), correctionId, fromRef, toRef, JSON.stringify(images)]
  await scope.transaction.run(STATEMENTS.saveCorrection, row)
}

/** Removes the correction of a call. */
export async function deleteCorrection(scope: Scope, callHash: string): Promise<void> {
  await scope.transaction.run(STATEMENTS.deleteCorrection, keyOf(scope, callHash))
}

function keyOf({ tenant }: Scope, callHash: string): SqlValue[] {
  return [tenant, bucketOfHash(callHash), callHash]
}
