import { type Reidentified, reidentify } from '../../src/call/reidentify.ts'
import type { CallHints } from '../../src/memory/caller-memory.ts'

const callSid = `CA${'6'.repeat(32)}`

async function identifiedBy(
  sources: readonly string[],
  confidence: number,
): Promise<[Reidentified, CallHints[]]> {
  const asked: CallHints[] = []
  const startCall = async (
    hints: CallHints,
  ): ReturnType<Parameters<typeof reidentify>[2]['memory']['startCall']> => {
    asked.push(hints)
    const identity = { confidence, level: 'high', sources, recommendation: 'reuse' } as const
    return { customerRef: 'found', identity, openIntents: [], variables: {} }
  }
  const options = {
    memory: { startCall },
    thresholds: { recognized: 0.9, likely: 0.7, possible: 0.3 },
    firstVariables: [],
    namespace: 'account_number',
  }
  return [await reidentify({ callSid }, { e164: '+12025550142', account: '4815' }, options), asked]
}

describe('a second identification', () => {
  test('sends the account as an external id, under an id that is not that of the first', async () => {
    const [, asked] = await identifiedBy(['ani:mobile', 'external_id'], 0.97)
    expect(asked).toEqual([
      { callSid: `${callSid}-account`, ani: '+12025550142', externalIds: { account_number: '4815' } },
    ])
  })

  test('takes the customer whom number and account both name', async () => {
    const [found] = await identifiedBy(['ani:mobile', 'recency:2day', 'external_id'], 0.97)
    expect(found).toMatchObject({
      kind: 'account-known',
      change: { customerRef: 'found', tier: 'recognized' },
    })
  })

  test('does not take a customer who never called from this number', async () => {
    const [found] = await identifiedBy(['external_id', 'ani_conflict'], 0.8)
    expect(found).toEqual({ kind: 'number-not-on-file' })
  })

  test('knows an account that nobody had for new', async () => {
    expect((await identifiedBy(['ani:mobile'], 0.95))[0].kind).toBe('account-new')
    expect((await identifiedBy([], 0))[0]).toMatchObject({ kind: 'account-new', change: { tier: 'new' } })
  })
})
