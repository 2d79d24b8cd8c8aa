import fc from 'fast-check'
import { takeTopicTurn, type TopicTurn, verifyMethodOf } from '../../src/voice/next-step.ts'
import { renderTwiml } from '../../src/voice/twiml.ts'
import { speakerOf } from '../support/speaker.ts'

const KNOWN = { openIntents: [{ intent: 'refund', status: 'open', attempt_count: 1 }], variables: {} }
const TURN: TopicTurn = {
  speaker: speakerOf('en-US'),
  tier: 'recognized',
  asked: 0,
  askedAboutOpen: false,
  languageChosen: false,
  skipsVerification: true,
}
const heard = (turn: Partial<TopicTurn>): string => {
  const { speaker, steps } = takeTopicTurn({ ...TURN, ...turn })
  return renderTwiml(speaker, steps)
}

describe('after the greeting', () => {
  test('a caller with an open matter is asked whether it is about that', () => {
    expect(heard({ known: KNOWN })).toContain(
      'Press 1 to go on with a refund, or press 2 for something else.',
    )
    expect(heard({ known: KNOWN })).toContain('/next-step?open=yes&amp;asked=1')
  })

  test.each(['possible', 'new'] as const)('a %s caller hears nothing of an open matter', (tier) => {
    expect(heard({ known: KNOWN, tier })).not.toContain('refund, or press 2')
  })

  test('somebody else hears the menu, and once how to change the language', () => {
    expect(heard({})).toContain('press 2 for a refund')
    expect(heard({})).toContain('Para español')
    expect(heard({ asked: 1 })).not.toContain('Para español')
    expect(heard({ known: { openIntents: [], variables: { language: 'en' } } })).not.toContain('Para español')
  })
})

describe('an answer', () => {
  const about = { known: KNOWN, askedAboutOpen: true, asked: 1 }

  test('that goes on keeps the open matter and leads on', () => {
    expect(takeTopicTurn({ ...TURN, ...about, digits: '1' }).learned).toEqual({ intent: 'refund' })
    expect(heard({ ...about, digits: '1' })).toContain('/connect-agent')
  })

  test('that wants something else leads to the menu, whose answers are not about the open matter', () => {
    expect(heard({ ...about, digits: '2' })).toContain('/next-step?asked=1')
    expect(takeTopicTurn({ ...TURN, known: KNOWN, asked: 1, digits: '1' }).learned).toEqual({
      intent: 'billing',
    })
  })

  test('that names another matter in words is taken as that', () => {
    expect(takeTopicTurn({ ...TURN, ...about, speech: 'I have a question about my bill' }).learned).toEqual({
      intent: 'billing',
      said: 'I have a question about my bill',
    })
  })

  test('that is not understood is asked for once more, then the call leads on', () => {
    expect(heard({ ...about, digits: '7' })).toContain('I did not understand that.')
    const last = heard({ ...about, asked: 2, digits: '7' })
    expect(last).toContain('I did not understand that.')
    expect(last).toContain('/connect-agent')
  })

  test('in another language changes the language, once', () => {
    const { speaker, learned } = takeTopicTurn({ ...TURN, asked: 1, digits: '9' })
    expect(speaker.tag).toBe('es-US')
    expect(learned).toEqual({ language: 'es-US', languageChosen: true })
    const back = takeTopicTurn({
      ...TURN,
      speaker: speakerOf('es'),
      asked: 1,
      languageChosen: true,
      digits: '8',
    })
    expect(back.speaker.tag).toBe('es-US')
    expect(back.learned).toBeUndefined()
  })

  test('about something that must be verified leads there, unless the caller skips that', () => {
    expect(heard({ asked: 1, digits: '1', skipsVerification: false })).toContain('/verify-identity')
    expect(heard({ asked: 1, digits: '1' })).toContain('/connect-agent')
    expect(heard({ asked: 1, digits: '2', skipsVerification: false })).toContain('/connect-agent')
  })
})

describe('what has to be proved', () => {
  test('is said by the menu, and is more for a caller of whom the memory is not sure', () => {
    const { flow } = TURN.speaker
    expect(verifyMethodOf(flow, 'likely', 'billing')).toBe('quick')
    expect(verifyMethodOf(flow, 'new', 'account_change')).toBe('full')
    expect(verifyMethodOf(flow, 'possible', 'billing')).toBe('full')
    expect(verifyMethodOf(flow, 'possible', 'refund')).toBeUndefined()
    expect(verifyMethodOf({ ...flow, verifyPossible: 'quick' }, 'possible', 'billing')).toBe('quick')
  })
})

describe('the questions', () => {
  test('come to an end within six turns, whatever the caller answers', () => {
    const input = fc.record(
      {
        digits: fc.constantFrom('1', '2', '7', '8', '9', '0'),
        speech: fc.constantFrom('yes', 'no', 'hm', ''),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(input, { minLength: 6, maxLength: 6 }), fc.boolean(), (inputs, open) => {
        let state: Partial<TopicTurn> = {}
        for (const answer of [{}, ...inputs]) {
          const turn = Object.assign({}, TURN, open && { known: KNOWN }, state, answer)
          const { speaker, steps, learned } = takeTopicTurn(turn)
          const end = steps.find((step) => step.kind === 'redirect')
          if (!end || end.kind !== 'redirect' || !end.to.startsWith('/next-step')) return
          const url = new URL(end.to, 'http://local')
          state = {
            speaker,
            asked: Number(url.searchParams.get('asked')),
            askedAboutOpen: url.searchParams.has('open'),
            languageChosen: turn.languageChosen || learned?.languageChosen === true,
          }
        }
        throw new Error('the caller is still being asked')
      }),
      { numRuns: 300 },
    )
  })
})
