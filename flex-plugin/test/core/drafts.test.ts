import { createDrafts } from '../../src/core/drafts.ts'
import { memoryStorage } from '../support/memory-storage.ts'

const draft = { disposition: 'resolved', intent: 'refund', isResolved: true, notes: 'will be paid on Monday' }

describe('drafts', () => {
  it('come back after a reload, each for its own task', () => {
    const storage = memoryStorage()
    createDrafts(storage, () => 0).write('WT1', draft)
    const afterReload = createDrafts(storage, () => 1_000)
    expect(afterReload.read('WT1')).toEqual(draft)
    expect(afterReload.read('WT2')).toBeUndefined()
  })

  it('go when the wrap-up is saved, and when they are two days old', () => {
    const storage = memoryStorage()
    const drafts = createDrafts(storage, () => 0)
    drafts.write('WT1', draft)
    drafts.write('WT2', draft)
    drafts.remove('WT1')
    expect(drafts.read('WT1')).toBeUndefined()
    const days = createDrafts(storage, () => 200_000_000)
    days.write('WT3', draft)
    expect(days.read('WT2')).toBeUndefined()
    expect(days.read('WT3')).toEqual(draft)
  })

  it.each(['nonsense', '[]', '{"WT1":{"savedAt":0,"draft":{"notes":5}}}'])(
    'are none where %j is kept',
    (text) => {
      const storage = memoryStorage()
      storage.setItem('caller-context.drafts', text)
      expect(createDrafts(storage, () => 0).read('WT1')).toBeUndefined()
    },
  )
})
