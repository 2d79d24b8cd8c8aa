import { liveItemsOf } from '../../../local-twilio/src/flex/live-items.ts'
import { floorWith, reservation, sidOf, WORKER } from './floor.ts'

describe('a live query of the Teams view', () => {
  const floor = floorWith([reservation({ status: 'accepted' })])
  const of = (worker: string): string =>
    `data.worker_sid == "${worker}" && (data.status not_in ["completed"])`

  test('lists everybody with the name of what they do', () => {
    expect(liveItemsOf(floor, 'tr-worker', '')).toMatchObject([
      {
        key: WORKER.workerSid,
        data: { activity_name: 'Available', attributes: { full_name: 'Avery Agent' } },
      },
    ])
  })

  test('lists the calls of the worker whom it names, and of nobody else', () => {
    expect(liveItemsOf(floor, 'tr-reservation', of(WORKER.workerSid))).toMatchObject([
      { key: sidOf('WR', 1), data: { status: 'accepted', attributes: { call_sid: 'CA1' } } },
    ])
    expect(liveItemsOf(floor, 'tr-reservation', of(sidOf('WK', 2)))).toEqual([])
  })

  test('of something unknown has no items', () => {
    expect(liveItemsOf(floor, 'tr-else', '')).toEqual([])
  })

  test.each(['', 'no json', '"text"'])('shows a task whose attributes are %j', (attributes) => {
    const broken = floorWith([reservation({}, { attributes })])
    expect(liveItemsOf(broken, 'tr-reservation', '')).toHaveLength(1)
  })
})
