import type { Tier } from '../../src/contract.ts'
import type { CallerContext } from '../../src/memory/caller-memory.ts'
import { chooseConfirmation, confirmationPrompt, settleConfirmation } from '../../src/voice/confirmation.ts'
import { speakerOf } from '../support/speaker.ts'

const speaker = speakerOf('en-US')
const KNOWN: CallerContext = {
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  identity: { confidence: 0.95, level: 'very_high', sources: [], recommendation: 'reuse' },
  openIntents: [{ intent: 'refund', status: 'open', attempt_count: 1 }],
  variables: {},
}
const settle = (
  tier: Tier,
  answer: { digits?: string; speech?: string },
  isDisowned = false,
): ReturnType<typeof settleConfirmation> =>
  settleConfirmation(speaker, { tier, context: KNOWN, isDisowned }, answer.digits, answer.speech)

describe('the question after the greeting', () => {
  test.each(['recognized', 'likely'] as const)('names the open matter to a %s caller', (tier) => {
    expect(confirmationPrompt(speaker, chooseConfirmation(speaker, tier, KNOWN))).toContain('a refund')
  })

  test('tells a possible caller nothing of what we know', () => {
    const prompt = confirmationPrompt(speaker, chooseConfirmation(speaker, 'possible', KNOWN))
    expect(prompt).not.toContain('refund')
    expect(prompt).toContain('Have you called us before?')
  })

  test('is an open one for a new caller, and for a known one without an open matter', () => {
    const open = chooseConfirmation(speaker, 'new', KNOWN)
    expect(chooseConfirmation(speaker, 'likely', { ...KNOWN, openIntents: [] })).toEqual(open)
    expect(chooseConfirmation(speaker, 'recognized', undefined)).toEqual(open)
  })
})

describe('an answer', () => {
  test.each(['Yes.', 'yeah, again', 'Correct', 'that is right'])('%j agrees to the open matter', (speech) => {
    expect(settle('likely', { speech })).toMatchObject({
      tier: 'likely',
      confirmed: 'yes',
      topic: { intent: 'refund' },
    })
  })

  test('by key 1 agrees, by key 2 denies, any other key says nothing', () => {
    expect(settle('recognized', { digits: '1' })).toMatchObject({
      confirmed: 'yes',
      topic: { intent: 'refund' },
    })
    expect(settle('recognized', { digits: '2' })).toMatchObject({ confirmed: 'no', topic: {} })
    expect(settle('recognized', { digits: '9' })).toMatchObject({ confirmed: 'unclear', topic: {} })
  })

  test('that denies the matter says nothing of who is calling', () => {
    const settled = settle('recognized', { speech: 'No.' })
    expect(settled).toMatchObject({ tier: 'recognized', confirmed: 'no', topic: {} })
    expect(settled.context).toBe(KNOWN)
  })

  test('that denies and goes on says what it is about', () => {
    const speech = 'No, it is about my broken router'
    expect(settle('likely', { speech }).topic).toEqual({ intent: 'technical_support', said: speech })
  })

  test('that is neither yes nor no is what the call is about', () => {
    expect(settle('likely', { speech: 'Where is my parcel?' })).toMatchObject({
      confirmed: 'unclear',
      topic: { intent: 'order', said: 'Where is my parcel?' },
    })
  })

  test('of a new caller is never taken for a yes', () => {
    expect(settle('new', { speech: 'Yes, my invoice is wrong' })).toMatchObject({
      tier: 'new',
      confirmed: 'unclear',
      topic: { intent: 'billing' },
    })
  })

  test.each([{}, { speech: '' }, { speech: '?!' }])('%j changes nothing', (silence) => {
    expect(settle('possible', silence)).toMatchObject({ tier: 'possible', confirmed: 'unclear', topic: {} })
  })
})

describe('a possible caller', () => {
  test('is likely after a yes, and never more', () => {
    expect(settle('possible', { digits: '1' }).tier).toBe('likely')
    expect(settle('likely', { digits: '1' }).tier).toBe('likely')
  })

  test('stays what they are when the network disowns the number', () => {
    expect(settle('possible', { digits: '1' }, true).tier).toBe('possible')
  })

  test('is new after a no, and nothing is known of them any more', () => {
    expect(settle('possible', { speech: 'no' })).toMatchObject({ tier: 'new', context: undefined })
  })

  test.each(['no', 'Nope.', 'never', 'No, my router is broken'])('denies being known by %j', (speech) => {
    expect(settle('possible', { speech })).toMatchObject({ tier: 'new', isDenied: true })
  })

  test.each(['No, something else', 'no, a different matter'])('speaks of the matter by %j', (speech) => {
    expect(settle('possible', { speech })).toMatchObject({ tier: 'possible', isDenied: false })
  })

  test('denies nothing when asked what the call is about, where keys are those of the menu', () => {
    const asked = { tier: 'possible', context: KNOWN, isDisowned: false, askedTopic: true } as const
    expect(settleConfirmation(speaker, asked, undefined, 'no')).toMatchObject({ isDenied: false })
    expect(settleConfirmation(speaker, asked, '2', undefined)).toMatchObject({
      isDenied: false,
      topic: { intent: 'refund' },
    })
  })

  test('is no surer after a yes on a number that several customers use', () => {
    const last_contact_at = '2026-03-02T09:00:00.000Z'
    const candidates = ['a', 'b'].map((customer_ref) => ({ customer_ref, confidence: 0.4, last_contact_at }))
    const asked = { tier: 'possible', context: { ...KNOWN, candidates }, isDisowned: false } as const
    expect(settleConfirmation(speaker, asked, '1', undefined)).toMatchObject({
      tier: 'possible',
      confirmed: 'yes',
    })
  })
})
