import type { CallFlow } from '../../../src/voice/call-flow.ts'
import type { AgentScript } from '../agent/agent-script.ts'
import type { ScriptedAction } from './phone.ts'

/** One call of a scene. */
export interface SceneCall {
  readonly title: string
  readonly actions: readonly ScriptedAction[]
  /** Twilio's raw StirVerstat; attestation A unless given, not sent when null. */
  readonly stirVerstat?: string | null
  /** What a simulated agent does with the call. */
  readonly agent?: AgentScript
}

/** Calls by one person that show one thing, and what the system needs for it. */
export interface Scene {
  readonly summary: string
  readonly calls: readonly SceneCall[]
  /** Settings of the functions that go before the developer's own. */
  readonly settings?: Readonly<Record<string, string>>
  readonly changeFlow?: (flow: CallFlow) => CallFlow
}

const press = (digits: string): ScriptedAction => ({ kind: 'press', digits })
const speak = (text: string): ScriptedAction => ({ kind: 'say', text })
const ENTER_CODE: ScriptedAction = { kind: 'enter-code' }
const HANG_UP: ScriptedAction = { kind: 'hang-up' }
const QUEUE = { WORKFLOW_SID: `WW${'0'.repeat(32)}` }

/** Every scene that `npm run call -- --scene NAME` plays. */
export const SCENES: Readonly<Record<string, Scene>> = {
  verified: {
    summary: 'a code proves who is calling; on the next call the network vouches, and no code is needed',
    settings: QUEUE,
    calls: [
      { title: 'First call: about a bill, so a code is sent', actions: [press('1'), ENTER_CODE] },
      { title: 'Second call, vouched for with attestation A', actions: [press('1')] },
    ],
  },
  spoofed: {
    summary: 'somebody shows a number that is not theirs: they cannot read the code',
    settings: QUEUE,
    calls: [
      { title: 'The customer calls', actions: [press('1'), ENTER_CODE] },
      {
        title: 'Somebody else calls with the same number; the network does not vouch for it',
        stirVerstat: null,
        actions: [press('1'), press('111111#'), press('222222#'), press('333333#')],
      },
    ],
  },
  account: {
    summary: 'the account number and a code, for what needs both',
    settings: QUEUE,
    calls: [
      {
        title: 'A change to the account',
        actions: [press('5'), speak('four eight one five 1 6 2 3'), speak('yes'), ENTER_CODE],
      },
    ],
  },
  spanish: {
    summary: 'a caller chooses Spanish and hears it on the next call',
    settings: QUEUE,
    calls: [
      { title: 'First call', actions: [press('9'), speak('No ha llegado mi pedido')] },
      { title: 'Second call', actions: [speak('sí')] },
    ],
  },
  agent: {
    summary: 'an agent sees who calls, writes a note, and the next agent sees it',
    calls: [
      {
        title: 'First call: an agent answers and leaves a note',
        actions: [press('2'), speak('The refund for order 1042 is missing')],
        agent: { note: 'Refund was sent to the old card, sent again today', disposition: 'open' },
      },
      {
        title: 'Second call: the agent sees the note, and settles the matter',
        actions: [press('1'), speak('Has it arrived now?')],
        agent: { note: 'Refund has arrived', disposition: 'resolved' },
      },
      { title: 'Third call: nothing is open any more', actions: [HANG_UP] },
    ],
  },
  'closed-tab': {
    summary: 'the agent closes the tab without a word: what was typed is saved all the same',
    calls: [
      {
        title: 'The agent writes and closes the tab',
        actions: [press('3'), speak('My parcel is late')],
        agent: { note: 'Parcel is at the depot', disposition: 'open', closesTab: true },
      },
    ],
  },
  transfer: {
    summary: 'two agents, one after the other: the words of both are saved, each under a name of its own',
    calls: [
      {
        title: 'The first agent hands over to a second one',
        actions: [press('4'), speak('The app does not start')],
        agent: { note: 'Needs a technician', disposition: 'open', transfers: true },
      },
    ],
  },
  closed: {
    summary: 'outside the opening hours callers leave a message',
    changeFlow: (flow) => ({ ...flow, openingHours: { ...flow.openingHours, weekly: {} } }),
    calls: [
      { title: 'A call at night', actions: [press('3'), speak('Please call me about order 1042'), HANG_UP] },
    ],
  },
}
