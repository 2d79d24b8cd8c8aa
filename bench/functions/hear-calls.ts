import { newSid } from '../../local-twilio/src/sid.ts'
import { scriptedCaller } from '../../local-twilio/src/voice/caller.ts'
import { placeCall } from '../../local-twilio/src/voice/place-call.ts'
import { systemClock } from '../../src/clock.ts'
import type { Place } from './time-rounds.ts'

/** What a caller heard first, and after how long. */
export interface HeardCall {
  readonly afterMs: number
  readonly words: string
}

const OUR_CALLS = 8
// Each may take ten seconds.
const THEIR_CALLS = 3

/** Places calls one after the other whose memory fails, on our function and on the usual sample. */
export async function hearCalls(
  place: Place,
  fail: (callSid: string) => void,
): Promise<{ readonly ours: readonly HeardCall[]; readonly theirs: readonly HeardCall[] }> {
  const hear = async (name: string, count: number): Promise<readonly HeardCall[]> => {
    const heard: HeardCall[] = []
    for (let at = 0; at < count; at += 1) heard.push(await hearCall(place, name, fail))
    return heard
  }
  return { ours: await hear('identify-caller', OUR_CALLS), theirs: await hear('usual-sample', THEIR_CALLS) }
}

async function hearCall(
  { functionsUrl, accountSid, authToken }: Place,
  name: string,
  fail: (callSid: string) => void,
): Promise<HeardCall> {
  const callSid = newSid('CA')
  fail(callSid)
  const startedAt = performance.now()
  const heard: HeardCall[] = []
  await placeCall({
    voiceUrl: `${functionsUrl}/${name}`,
    from: '+12025550142',
    to: '+12025550100',
    callSid,
    accountSid,
    authToken,
    caller: scriptedCaller([{ kind: 'hang-up' }]),
    clock: systemClock,
    onEvent: (event) => {
      if (event.kind === 'say') heard.push({ afterMs: performance.now() - startedAt, words: event.text })
    },
  })
  const [first] = heard
  if (!first) throw new Error('the caller heard nothing')
  return first
}
