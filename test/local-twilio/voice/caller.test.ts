import type { CallerAction, Prompt } from '../../../local-twilio/src/voice/caller.ts'
import { scriptedCaller } from '../../../local-twilio/src/voice/caller.ts'

const gather: Prompt = { kind: 'gather', accepts: ['dtmf'], finishOnKey: '#', heard: [] }
const record: Prompt = { kind: 'record', maxLengthSeconds: 60, finishOnKey: '#', heard: [] }

describe('a scripted caller', () => {
  test('does what is written, then stays silent, and leaves no recording', async () => {
    const actions: CallerAction[] = [{ kind: 'press', digits: '1' }, { kind: 'hang-up' }]
    const caller = scriptedCaller(actions)
    expect(await caller.respond(gather)).toEqual(actions[0])
    expect(await caller.respond(record)).toEqual(actions[1])
    expect(await caller.respond(gather)).toEqual({ kind: 'silent' })
    expect(await caller.respond(record)).toEqual({ kind: 'hang-up' })
  })
})
