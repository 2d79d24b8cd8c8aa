import fc from 'fast-check'
import { mintCustomerRef } from '../../../memory-server/src/identity/customer-ref.ts'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { findNotes, MAX_NOTES, noteStart, saveNote } from '../../../memory-server/src/store/notes.ts'
import type { NoteKey } from '../../../memory-server/src/store/notes.ts'
import type { Scope } from '../../../memory-server/src/store/scope.ts'
import { openSqliteStore } from '../../../memory-server/src/store/sqlite.ts'
import { movableClock, temporaryFolder } from '../support.ts'

const folder = temporaryFolder()
let store: Store
beforeAll(async () => {
  store = await openSqliteStore({ path: `${folder.path}/memory.db`, clock: movableClock().now })
})
afterAll(async () => {
  await store.close()
  folder.remove()
})

const inScope = <T>(work: (scope: Scope) => Promise<T>): Promise<T> =>
  store.transaction((transaction) => work({ transaction, tenant: 'default' }))

test('the texts of the 500 newest calls are kept, whatever the order in which starts and ends come', async () => {
  const calls: NoteKey[] = Array.from({ length: MAX_NOTES + 20 }, (_, index) => ({
    // Many calls in the same millisecond: their order must be a fixed one.
    calledAt: 1000 + Math.floor(index / 7),
    callHash: String(index).padStart(64, '0'),
  }))
  const steps = calls.flatMap((call) => [
    { call, isEnd: false },
    { call, isEnd: true },
  ])
  const order = fc.shuffledSubarray(steps, { minLength: steps.length, maxLength: steps.length })
  await fc.assert(
    fc.asyncProperty(order, async (shuffled) => {
      const customerRef = mintCustomerRef(3)
      const notes = await inScope(async (scope) => {
        for (const { call, isEnd } of shuffled) {
          const intents = [
            { intent: 'refund', status: 'open' },
            { intent: 'billing', status: 'resolved' },
          ]
          const variables = { note: { value: 'x', source: null, expiresAt: 9000 } }
          if (isEnd) await saveNote(scope, customerRef, { ...call, intents, variables, endedAt: 2000 })
          else await noteStart(scope, customerRef, call)
        }
        return findNotes(scope, customerRef, 0, { limit: calls.length, offset: 0 })
      })
      expect(notes.map(({ callHash }) => callHash)).toEqual(
        calls.map(({ callHash }) => callHash).toReversed(),
      )
      const told = notes.filter(
        ({ intents, variables }) => intents[1]?.intent === 'billing' && variables['note']?.value === 'x',
      )
      expect(told).toEqual(notes.slice(0, MAX_NOTES))
      const older = notes.slice(MAX_NOTES)
      expect(older.filter(({ intents, variables }) => intents.length > 0 || variables['note'])).toEqual([])
    }),
    { numRuns: 3 },
  )
})
