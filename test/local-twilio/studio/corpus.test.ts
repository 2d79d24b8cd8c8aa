import { randomRuns } from '../../../local-twilio/src/studio/corpus/random-runs.ts'
import { coverageOf } from '../../../local-twilio/src/studio/engine/coverage.ts'
import { filledFlow } from './flows.ts'

describe('random callers', () => {
  const flow = filledFlow('caller-memory', {})

  test('reach every widget of our flow, and end it in ways that are known', async () => {
    const runs = await randomRuns(flow, 150, 1)
    expect(coverageOf(flow, runs).states.missing).toEqual([])
    expect(new Set(runs.map(({ end }) => end.kind))).toEqual(new Set(['finished', 'hung-up']))
  })

  test('are the same for the same seed', async () => {
    const paths = async (seed: number): Promise<string> =>
      (await randomRuns(flow, 8, seed))
        .map(({ steps }) => steps.map(({ widget }) => widget).join())
        .join('\n')
    expect(await paths(7)).toBe(await paths(7))
    expect(await paths(7)).not.toBe(await paths(8))
  })
})
