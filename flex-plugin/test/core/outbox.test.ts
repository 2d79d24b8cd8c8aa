import { createLastingStorage } from '../../src/core/lasting-storage.ts'
import { createOutbox } from '../../src/core/outbox.ts'
import type { Outbox, OutboxStorage, SaveJob, SendResult } from '../../src/core/outbox.ts'
import { createTabLock } from '../../src/core/tab-lock.ts'
import { memoryStorage } from '../support/memory-storage.ts'

interface Bench {
  readonly outbox: Outbox
  readonly sent: SaveJob[]
  readonly settled: unknown[]
  readonly answers: SendResult[]
  readonly clock: { now: number }
  /** What else happens while the first send is under way. */
  readonly meanwhile: { do?: () => void }
}

function benchOver(storage: OutboxStorage = memoryStorage()): Bench & { readonly storage: OutboxStorage } {
  const sent: SaveJob[] = []
  const settled: unknown[] = []
  const answers: SendResult[] = []
  const clock = { now: 1_000 }
  const meanwhile: Bench['meanwhile'] = {}
  const outbox = createOutbox({
    storage,
    send: async (job) => {
      sent.push(job)
      meanwhile.do?.()
      return answers.shift() ?? 'saved'
    },
    withLock: createTabLock('outbox', undefined),
    now: () => clock.now,
    random: () => 0,
  })
  outbox.onSettled((job, result) => settled.push([job.key, result]))
  return { outbox, sent, settled, answers, clock, meanwhile, storage }
}

describe('the outbox', () => {
  it('keeps a job before it is sent, so that a tab may close at any time', () => {
    const { outbox, storage } = benchOver()
    outbox.add('WR1', { notes: 'x' })
    const inTheNextTab = benchOver(storage).outbox
    expect(inTheNextTab.pending().map(({ key }) => key)).toEqual(['WR1'])
  })

  it('forgets a job once the server has it, and says so', async () => {
    const { outbox, settled } = benchOver()
    outbox.add('WR1', {})
    await outbox.flush()
    expect(outbox.pending()).toEqual([])
    expect(settled).toEqual([['WR1', 'saved']])
  })

  it('tries again later, each time after a longer pause of at most five minutes', async () => {
    const { outbox, answers, sent, clock } = benchOver()
    outbox.add('WR1', {})
    const pauses: number[] = []
    for (let attempt = 1; attempt <= 12; attempt += 1) {
      answers.push('later')
      await outbox.flush()
      const [job] = outbox.pending()
      pauses.push((job?.nextAt ?? 0) - clock.now)
      await outbox.flush()
      expect(sent).toHaveLength(attempt)
      clock.now = job?.nextAt ?? 0
    }
    expect(pauses.slice(0, 3)).toEqual([1_000, 2_000, 4_000])
    expect(Math.max(...pauses)).toBe(150_000)
  })

  it('keeps a job whose send throws', async () => {
    const storage = memoryStorage()
    const outbox = createOutbox({
      storage,
      send: () => Promise.reject(new Error('offline')),
      withLock: createTabLock('outbox', undefined),
      now: () => 0,
      random: () => 1,
    })
    outbox.add('WR1', {})
    await outbox.flush()
    expect(outbox.pending()).toHaveLength(1)
  })

  it('sets aside what the server refuses, with the reason, instead of repeating it', async () => {
    const { outbox, answers, settled } = benchOver()
    answers.push({ refused: 'CM_PAYLOAD_INVALID' })
    outbox.add('WR1', {})
    await outbox.flush()
    expect(outbox.pending()).toEqual([])
    expect(outbox.refused().map(({ key, reason }) => [key, reason])).toEqual([['WR1', 'CM_PAYLOAD_INVALID']])
    expect(settled).toEqual([['WR1', { refused: 'CM_PAYLOAD_INVALID' }]])
  })

  it('replaces an unsent job of the same task, and keeps one that came while the old one was under way', async () => {
    const { outbox, sent, meanwhile } = benchOver()
    outbox.add('WR1', { notes: 'first' })
    outbox.add('WR1', { notes: 'second' })
    expect(outbox.pending()).toHaveLength(1)
    meanwhile.do = () => outbox.add('WR1', { notes: 'third' })
    await outbox.flush()
    expect(sent.map(({ fields }) => fields['notes'])).toEqual(['second'])
    expect(outbox.pending().map(({ fields }) => fields['notes'])).toEqual(['third'])
  })

  it('sends a job once when two flushes run at the same time', async () => {
    const { outbox, sent } = benchOver()
    outbox.add('WR1', {})
    await Promise.all([outbox.flush(), outbox.flush()])
    expect(sent).toHaveLength(1)
  })

  it.each(['not json', '{}', '[null, 1, {"key": 5}]', ''])('reads %j in the storage as empty', (text) => {
    const storage = memoryStorage()
    storage.setItem('caller-context.outbox', text)
    expect(benchOver(storage).outbox.pending()).toEqual([])
  })

  it('says what became of the newest job', async () => {
    const { outbox, answers } = benchOver()
    outbox.add('WR1', {})
    expect(outbox.stateOf('WR1')).toBe('waits')
    answers.push('kept')
    await outbox.flush()
    expect(outbox.stateOf('WR1')).toBe('kept')
    outbox.add('WR1', {})
    answers.push({ refused: 'not-kept' })
    await outbox.flush()
    expect(outbox.stateOf('WR1')).toEqual({ refused: 'not-kept' })
  })

  it('gives what was refused another chance, or throws it away, as the agent says', async () => {
    const { outbox, answers, sent } = benchOver()
    answers.push({ refused: 'CM_NOT_FOUND' })
    outbox.add('WR1', { notes: 'x' })
    await outbox.flush()
    outbox.retryRefused()
    expect(outbox.refused()).toEqual([])
    answers.push({ refused: 'CM_NOT_FOUND' })
    await outbox.flush()
    expect(sent.map(({ fields }) => fields)).toEqual([{ notes: 'x' }, { notes: 'x' }])
    outbox.discardRefused()
    expect([outbox.refused(), outbox.pending()]).toEqual([[], []])
  })

  it('keeps jobs in this tab when the browser keeps nothing', async () => {
    const broken = createLastingStorage(() => {
      throw new Error('denied')
    })
    const { outbox, sent } = benchOver(broken)
    outbox.add('WR1', { notes: 'x' })
    expect(outbox.pending()).toHaveLength(1)
    await outbox.flush()
    expect(sent).toHaveLength(1)
    expect(outbox.pending()).toEqual([])
  })
})
