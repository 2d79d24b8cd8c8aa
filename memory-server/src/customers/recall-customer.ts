import type { RecalledCall, RecallResponse } from '../../../src/contract.ts'
import type { Memory } from '../calls/memory.ts'
import { rank } from '../recall/rank.ts'
import { wordsOf } from '../recall/words.ts'
import type { RecallQuery } from '../request/recall-query.ts'
import { findNotes, MAX_NOTES } from '../store/notes.ts'
import type { Note } from '../store/notes.ts'
import type { Scope } from '../store/scope.ts'
import { recordAccess } from './record-access.ts'
import { requireCustomer } from './require-customer.ts'
import { intentsOf, timeOf, valuesOf } from './show-customer.ts'

// A request is answered from at most this much text, the newest, so that no customer can hold the server up.
const MAX_TEXT_LENGTH = 2_000_000
const PAGE = 50

/**
 * Finds what was said on a customer's calls: the best fit for a query first, the newest without one. Only the
 * newest 500 calls are looked at, and of those at most two million characters.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has the reference.
 * @throws CM_CUSTOMER_FORGOTTEN when its customer was forgotten.
 */
export async function recallCustomer(
  memory: Memory,
  namedRef: string,
  { query, limit }: RecallQuery,
): Promise<RecallResponse> {
  const { notes, customerRef } = await memory.database.transaction(async (transaction) => {
    const scope: Scope = { transaction, tenant: memory.tenant }
    const { customerRef: found } = await requireCustomer(memory, scope, namedRef)
    await recordAccess(memory, scope, 'recall', found)
    return { customerRef: found, notes: await findSaid(scope, found, memory.clock().getTime()) }
  })
  const results =
    wordsOf(query).length === 0
      ? notes.slice(0, limit).map((note) => recalled(note, null))
      : rank(notes, textsOf, query)
          .slice(0, limit)
          .map(({ item, score }) => recalled(item, score))
  return { customer_ref: customerRef, results }
}

async function findSaid(scope: Scope, customerRef: string, now: number): Promise<Note[]> {
  const said: Note[] = []
  let length = 0
  for (let offset = 0; offset < MAX_NOTES && length < MAX_TEXT_LENGTH; offset += PAGE) {
    const page = await findNotes(scope, customerRef, now, { limit: PAGE, offset })
    for (const note of page) {
      const texts = textsOf(note)
      length += texts.reduce((sum, text) => sum + text.length, 0)
      if (texts.length > 0 && length <= MAX_TEXT_LENGTH) said.push(note)
    }
    if (page.length < PAGE) break
  }
  return said
}

function textsOf({ intents, variables }: Note): string[] {
  return [...intents.map(({ intent }) => intent), ...Object.values(valuesOf(variables))]
}

function recalled(note: Note, score: number | null): RecalledCall {
  const { calledAt, endedAt, intents, variables } = note
  return {
    call_start: timeOf(calledAt),
    call_end: timeOf(endedAt ?? calledAt),
    ...intentsOf(intents),
    variables: valuesOf(variables),
    score: score === null ? null : Math.round(score * 1000) / 1000,
  }
}
