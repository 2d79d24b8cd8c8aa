import type { CallerAction } from '../../../../local-twilio/src/voice/caller.ts'
import { callOnce, eventsOf, heard } from '../application.ts'

const VOICEMAIL = {
  '/voice':
    '<Record action="/kept" recordingStatusCallback="/recording" timeout="4"/><Say>Nothing heard.</Say>',
  '/kept': '<Say>Thank you.</Say>',
  '/recording': { status: 204, contentType: null },
}

async function leave(...actions: readonly CallerAction[]): ReturnType<typeof callOnce> {
  return callOnce(VOICEMAIL, { actions })
}

describe('a <Record>', () => {
  test('keeps what the caller says and goes to its action', async () => {
    const { result, requests } = await leave({
      kind: 'say',
      text: 'Please call me back about order ten forty two.',
    })
    const [kept, status] = [
      requests.find(({ path }) => path === '/kept'),
      requests.find(({ path }) => path === '/recording'),
    ]
    expect(kept?.params).toMatchObject({ RecordingDuration: '4', Digits: '', CallStatus: 'in-progress' })
    expect(kept?.params['RecordingSid']).toMatch(/^RE[\da-f]{32}$/)
    expect(kept?.params['RecordingUrl']).toMatch(/\/Recordings\/RE[\da-f]{32}$/)
    expect(status?.params).toMatchObject({
      RecordingStatus: 'completed',
      RecordingSid: kept?.params['RecordingSid'],
      RecordingDuration: '4',
    })
    expect([kept?.signed, status?.signed]).toEqual([true, true])
    expect(heard(result)).toEqual(['Thank you.'])
    // Four seconds of message, four of silence, one of thanks.
    expect(result.durationSeconds).toBe(9)
  })

  test('ends on any key, which it reports', async () => {
    const { requests } = await leave({ kind: 'press', digits: '5' })
    expect(requests.find(({ path }) => path === '/kept')?.params).toMatchObject({ Digits: '5' })
  })

  test('takes only the keys that end it, if it names them', async () => {
    const { result, requests } = await callOnce(
      { ...VOICEMAIL, '/voice': '<Record finishOnKey="#" action="/kept"/><Say>Nothing heard.</Say>' },
      { actions: [{ kind: 'press', digits: '5' }] },
    )
    expect(requests).toHaveLength(1)
    expect(heard(result)).toEqual(['Nothing heard.'])
  })

  test('of silence keeps nothing and falls through', async () => {
    const { result, requests } = await leave({ kind: 'silent' })
    expect(requests).toHaveLength(1)
    expect(heard(result)).toEqual(['Nothing heard.'])
  })

  test('tells its action also when the caller ends the message by hanging up, and plays nothing more', async () => {
    const { result, requests } = await leave({ kind: 'hang-up' })
    expect(requests.find(({ path }) => path === '/kept')?.params).toMatchObject({
      Digits: 'hangup',
      CallStatus: 'completed',
    })
    expect(heard(result)).toEqual([])
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ by: 'caller' }])
  })

  test('that the caller ends in the last second of the longest call was ended by the caller', async () => {
    const { result } = await callOnce(VOICEMAIL, {
      actions: [{ kind: 'hang-up' }],
      limits: { maxCallSeconds: 1 },
    })
    expect(eventsOf(result, 'hang-up')).toMatchObject([{ by: 'caller' }])
  })

  test('is cut at its longest length', async () => {
    const { requests } = await callOnce(
      { ...VOICEMAIL, '/voice': '<Record maxLength="2" action="/kept"/>' },
      { actions: [{ kind: 'say', text: 'one two three four five six seven eight nine ten' }] },
    )
    expect(requests[1]?.params).toMatchObject({ RecordingDuration: '2' })
  })

  test('tells the caller that it records, with or without a beep', async () => {
    const { result } = await callOnce({ '/voice': '<Record playBeep="false" maxLength="30"/>' })
    expect(eventsOf(result, 'record')).toMatchObject([
      { playBeep: false, maxLengthSeconds: 30, timeoutSeconds: 5 },
    ])
    expect(eventsOf(result, 'caller')).toMatchObject([{ action: { kind: 'hang-up' } }])
  })
})
