import fc from 'fast-check'
import {
  takeVerifyTurn,
  type VerifyPorts,
  type VerifyProgress,
  type VerifyTurn,
} from '../../src/call/verify-caller.ts'
import type { CallSession } from '../../src/call/session.ts'
import { createSealer } from '../../src/call/saving/seal.ts'
import { parseAni } from '../../src/caller/ani.ts'
import { type CodeCheck, unverified, verifyByCode } from '../../src/caller/assurance.ts'

const ACCOUNT = '48151623'
const CODE = '123456'
const sealer = createSealer(['a'.repeat(64)])
const SESSION: CallSession = {
  callSid: `CA${'5'.repeat(32)}`,
  startedAt: '2026-03-02T09:00:00.000Z',
  tier: 'likely',
  memory: 'available',
  assurance: unverified('not_asked'),
  language: 'es-US',
  saved: false,
}
const TURN: VerifyTurn = {
  stage: 'begin',
  answers: 0,
  silent: 0,
  method: 'quick',
  session: SESSION,
  ani: parseAni('+12025550142'),
  verdict: 'unclear',
  isAnswered: false,
}

function portsWith(change: Partial<VerifyPorts> = {}): VerifyPorts & { readonly sent: string[] } {
  const sent: string[] = []
  return {
    sent,
    sealer,
    codes: {
      send: async (to, language) => {
        sent.push(`${to} ${language}`)
        return 'sent'
      },
      check: async (_to, code) => (code === CODE ? 'approved' : 'wrong'),
    },
    reidentify: async () => ({
      kind: 'account-known',
      change: { customerRef: 'somebody', tier: 'recognized' },
    }),
    ...change,
  }
}
const take = (turn: Partial<VerifyTurn>, ports: VerifyPorts = portsWith()): Promise<VerifyProgress> =>
  takeVerifyTurn({ ...TURN, ...turn }, ports)
const assuranceOf = ({ step }: VerifyProgress): unknown =>
  step.kind === 'done'
    ? { level: step.assurance.level, verification: step.assurance.verification }
    : undefined
const none = (verification: string): unknown => ({ level: 'none', verification })
const sealedSession = (): CallSession => ({
  ...SESSION,
  sealedAccount: sealer.seal(ACCOUNT, SESSION.callSid),
})

describe('a quick verification', () => {
  test('sends a code to the calling number in the language of the caller, and is done when it is read back', async () => {
    const ports = portsWith()
    expect((await take({}, ports)).step).toEqual({ kind: 'ask-code', answers: 0, silent: 0, because: 'sent' })
    expect(ports.sent).toEqual(['+12025550142 es-US'])
    const answer = await take({ stage: 'code', answers: 1, digits: CODE, isAnswered: true }, ports)
    expect(assuranceOf(answer)).toEqual({ level: 'verified', verification: 'code' })
    expect(answer.change).toMatchObject({ assurance: { level: 'verified' } })
  })

  test('takes three wrong codes and then leads to an agent', async () => {
    const wrong = (answers: number): Promise<VerifyProgress> =>
      take({ stage: 'code', answers, digits: '999999', isAnswered: true })
    expect((await wrong(1)).step).toMatchObject({ kind: 'ask-code', because: 'wrong' })
    expect((await wrong(2)).step).toMatchObject({ kind: 'ask-code', because: 'wrong' })
    expect(assuranceOf(await wrong(3))).toEqual(none('code_wrong'))
  })

  test('does not go on with a caller who is silent twice', async () => {
    const first = await take({ stage: 'code', answers: 1 })
    expect(first.step).toMatchObject({ kind: 'ask-code', silent: 1, because: 'silence' })
    expect(assuranceOf(await take({ stage: 'code', answers: 2, silent: 1 }))).toEqual(none('no_answer'))
  })

  test.each<[string, Partial<VerifyTurn>, Partial<VerifyPorts>, string]>([
    ['no Verify service is configured', {}, { codes: undefined as never }, 'not_configured'],
    ['the number is withheld', { ani: parseAni('anonymous') }, {}, 'withheld'],
    ['the number is a landline', { session: { ...SESSION, lineType: 'landline' } }, {}, 'landline'],
    ['the SIM card is new', { session: { ...SESSION, simSwapped: true } }, {}, 'sim_swapped'],
    [
      'Verify finds a landline',
      {},
      { codes: { send: async () => 'landline', check: async () => 'wrong' } },
      'landline',
    ],
    [
      'Verify is away',
      {},
      { codes: { send: async () => 'unavailable', check: async () => 'unavailable' } },
      'unavailable',
    ],
    [
      'Verify is away when it comes to checking',
      { stage: 'code', answers: 1, digits: CODE, isAnswered: true },
      { codes: { send: async () => 'sent', check: async () => 'unavailable' } },
      'unavailable',
    ],
    [
      'the code has expired',
      { stage: 'code', answers: 1, digits: CODE, isAnswered: true },
      { codes: { send: async () => 'sent', check: async () => 'expired' } },
      'code_wrong',
    ],
  ])('leads to an agent without assurance when %s', async (_title, turn, ports, reason) => {
    expect(assuranceOf(await take(turn, portsWith(ports)))).toEqual(none(reason))
  })

  test('is over for a caller who is verified already, also when Twilio sends the code again', async () => {
    const session = { ...SESSION, assurance: verifyByCode('approved', 'code_wrong') }
    const again = await take({ session, stage: 'code', answers: 1, digits: CODE, isAnswered: true })
    expect(assuranceOf(again)).toEqual({ level: 'verified', verification: 'code' })
  })
})

describe('a full verification', () => {
  const full = { method: 'full', isAnswered: true } as const

  test('asks for the account number, reads it back, and then sends the code', async () => {
    const ports = portsWith()
    expect((await take({ method: 'full' }, ports)).step).toMatchObject({ kind: 'ask-account' })
    const given = await take({ ...full, stage: 'account', answers: 1, digits: ACCOUNT }, ports)
    expect(given.step).toMatchObject({ kind: 'confirm-account', digits: ACCOUNT })
    expect(ports.sent).toEqual([])
    const session = sealedSession()
    const sent = await take({ ...full, session, stage: 'confirm', answers: 2, verdict: 'yes' }, ports)
    expect(sent.step).toMatchObject({ kind: 'ask-code', because: 'sent' })
  })

  test('keeps the account number sealed, and no longer than needed', async () => {
    const given = await take({ ...full, stage: 'account', answers: 1, digits: ACCOUNT })
    expect(JSON.stringify(given.change)).not.toContain(ACCOUNT)
    const done = await take({ ...full, session: sealedSession(), stage: 'code', answers: 1, digits: CODE })
    expect(done.change).toHaveProperty('sealedAccount', undefined)
  })

  test('asks the memory only after the code has been read back', async () => {
    const asked: string[] = []
    const ports = portsWith({
      reidentify: async (e164, account) => {
        asked.push(`${e164} ${account}`)
        return { kind: 'account-known', change: { customerRef: 'somebody' } }
      },
    })
    await take({ ...full, session: sealedSession(), stage: 'code', answers: 1, digits: '999999' }, ports)
    expect(asked).toEqual([])
    const done = await take(
      { ...full, session: sealedSession(), stage: 'code', answers: 2, digits: CODE },
      ports,
    )
    expect(asked).toEqual([`+12025550142 ${ACCOUNT}`])
    expect(assuranceOf(done)).toEqual({ level: 'verified', verification: 'code_and_account' })
    expect(done.change).toMatchObject({ customerRef: 'somebody' })
  })

  test('does not hand an account to a number that was never used for it', async () => {
    const ports = portsWith({ reidentify: async () => ({ kind: 'number-not-on-file' }) })
    const done = await take(
      { ...full, session: sealedSession(), stage: 'code', answers: 1, digits: CODE },
      ports,
    )
    expect(assuranceOf(done)).toEqual(none('number_not_on_file'))
    expect(done.change).not.toHaveProperty('customerRef')
  })

  test('rests on the code alone when the account is new, or the memory is away', async () => {
    const session = sealedSession()
    for (const found of [{ kind: 'account-new', change: {} } as const, undefined]) {
      const ports = portsWith({ reidentify: async () => found })
      const done = await take({ ...full, session, stage: 'code', answers: 1, digits: CODE }, ports)
      expect(assuranceOf(done)).toEqual({ level: 'verified', verification: 'code' })
    }
  })

  test('lets the caller enter the number anew, but not for ever', async () => {
    const session = sealedSession()
    const anew = await take({ ...full, session, stage: 'confirm', answers: 2, verdict: 'no' })
    expect(anew.step).toMatchObject({ kind: 'ask-account', answers: 2 })
    expect(
      assuranceOf(await take({ ...full, session, stage: 'confirm', answers: 4, verdict: 'no' })),
    ).toEqual(none('no_answer'))
    expect(assuranceOf(await take({ ...full, stage: 'account', answers: 3 }))).toEqual(none('no_answer'))
  })
})

describe('assurance', () => {
  test('never comes out of a turn in which no code was approved', async () => {
    const check = fc.constantFrom<CodeCheck>('wrong', 'too-many', 'expired', 'unavailable')
    const turn = fc.record({
      stage: fc.constantFrom('begin', 'account', 'confirm', 'code'),
      answers: fc.nat(5),
      silent: fc.nat(2),
      method: fc.constantFrom('quick', 'full'),
      verdict: fc.constantFrom('yes', 'no', 'unclear'),
      isAnswered: fc.boolean(),
      digits: fc.option(fc.constantFrom(CODE, ACCOUNT, '1', '2'), { nil: undefined }),
    })
    await fc.assert(
      fc.asyncProperty(turn, check, async ({ digits, ...rest }, outcome) => {
        const ports = portsWith({ codes: { send: async () => 'sent', check: async () => outcome } })
        const session = sealedSession()
        const progress = await take({ ...rest, session, ...(digits && { digits }) }, ports)
        expect((assuranceOf(progress) as { level: string } | undefined)?.level ?? 'none').toBe('none')
      }),
      { numRuns: 300 },
    )
  })
})
