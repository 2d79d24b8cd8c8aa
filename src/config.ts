import type { SkipPolicy } from './contract.ts'
import {
  httpUrl,
  listOf,
  matching,
  oneOf,
  type Parsed,
  probability,
  readSettings,
  type SettingsTable,
  wholeNumber,
  wordsOf,
} from './settings.ts'

/** What Twilio Lookup can be asked about a calling number. */
export type LookupQuestion = 'line_type' | 'sim_swap' | 'reassigned'

const LOOKUP_QUESTIONS: readonly LookupQuestion[] = ['line_type', 'sim_swap', 'reassigned']

/** The settings of the functions. On Twilio they are the service's environment variables. */
export interface Config {
  readonly stickyCallsApiUrl: string
  readonly stickyCallsApiKey: string
  readonly memoryTimeoutMs: number
  readonly recognizedFrom: number
  readonly likelyFrom: number
  readonly possibleFrom: number
  readonly skipVerification: SkipPolicy
  /** Undefined: nobody can be verified, which the agent is told. */
  readonly verifyServiceSid: string | undefined
  readonly accountNumberNamespace: string
  /** Undefined: calls go where the call flow says, else to voicemail. */
  readonly workflowSid: string | undefined
  readonly lookup: readonly LookupQuestion[]
  readonly syncServiceSid: string
  readonly sessionTtlSeconds: number
  /** The first seals what is kept, each opens it. Empty: no words are kept. */
  readonly saveEncryptionKeys: readonly string[]
  /** Undefined: retry-saves and health are closed. */
  readonly retrySecret: string | undefined
  readonly flexOrigins: readonly string[]
  /** Undefined: a wrap-up whose call has no session is refused. */
  readonly workspaceSid: string | undefined
  /** Undefined: Twilio's own hosts. */
  readonly twilioApiUrl: string | undefined
}

/** The one table of settings: type, .env.example and docs/configuration.md come from it. */
export const SETTINGS: SettingsTable<Config> = {
  stickyCallsApiUrl: {
    name: 'STICKY_CALLS_API_URL',
    parse: httpUrl,
    expected: 'an http(s) address without a query',
    example: 'https://memory.example.com',
    defaultText: 'https://api.stickycalls.com',
    summary: 'Address of the caller memory: the hosted Sticky Calls API or your own memory server.',
  },
  stickyCallsApiKey: {
    name: 'STICKY_CALLS_API_KEY',
    parse: matching(/^[\x21-\x7e]{8,256}$/),
    expected: 'a key of 8 to 256 visible characters',
    example: 'sk_test_your_key_here',
    secret: true,
    summary: 'Key with which the functions ask the memory.',
  },
  memoryTimeoutMs: {
    name: 'MEMORY_TIMEOUT_MS',
    parse: wholeNumber(100, 4000),
    expected: 'a whole number from 100 to 4000',
    example: '1500',
    defaultText: '1500',
    summary: 'Longest time in milliseconds that a caller waits for the memory, its retry included.',
  },
  recognizedFrom: {
    name: 'TIER_RECOGNIZED_FROM',
    parse: probability,
    expected: 'a probability from 0 to 1',
    example: '0.9',
    defaultText: '0.9',
    summary: 'Confidence from which a caller is `recognized`: greeted with what the last call was about.',
  },
  likelyFrom: {
    name: 'TIER_LIKELY_FROM',
    parse: probability,
    expected: 'a probability from 0 to 1, not above TIER_RECOGNIZED_FROM',
    example: '0.7',
    defaultText: '0.7',
    summary:
      'Confidence from which a caller is `likely`: greeted with the open matter, not with their words.',
  },
  possibleFrom: {
    name: 'TIER_POSSIBLE_FROM',
    parse: probability,
    expected: 'a probability from 0 to 1, not above TIER_LIKELY_FROM',
    example: '0.3',
    defaultText: '0.3',
    summary: 'Confidence from which a caller is `possible`: told nothing of what we know.',
  },
  skipVerification: {
    name: 'SKIP_VERIFICATION',
    parse: oneOf(['never', 'attested', 'confidence']),
    expected: 'never, attested or confidence',
    example: 'attested',
    defaultText: 'attested',
    summary:
      'When a caller need not be verified: `attested` asks for tier `recognized` and attestation A on a call that was not forwarded; `confidence` trusts a caller ID that can be forged.',
  },
  verifyServiceSid: {
    name: 'VERIFY_SERVICE_SID',
    parse: orNone(matching(/^VA[0-9a-f]{32}$/)),
    expected: 'none, or a Verify service SID (VA and 32 hex digits)',
    example: 'VA0123456789abcdef0123456789abcdef',
    defaultText: 'none',
    summary: 'Twilio Verify service that sends one-time codes. Without it agents have to verify callers.',
  },
  accountNumberNamespace: {
    name: 'ACCOUNT_NUMBER_NAMESPACE',
    parse: matching(/^[A-Za-z][\w.-]{0,63}$/),
    expected: 'a name of letters, digits, ".", "-" and "_"',
    example: 'account_number',
    defaultText: 'account_number',
    summary: "Name under which a caller's account number is sent to the memory as an external id.",
  },
  workflowSid: {
    name: 'WORKFLOW_SID',
    parse: orNone(matching(/^WW[0-9a-f]{32}$/)),
    expected: 'none, or a TaskRouter workflow SID (WW and 32 hex digits)',
    example: 'WW0123456789abcdef0123456789abcdef',
    defaultText: 'none',
    summary:
      'Workflow of the calls for which the call flow names no route. Without either, callers leave a message.',
  },
  lookup: {
    name: 'LOOKUP',
    parse: wordsOf(LOOKUP_QUESTIONS),
    expected: 'none, or some of line_type, sim_swap and reassigned, divided by commas',
    example: 'line_type,sim_swap',
    defaultText: 'none',
    summary: 'What Twilio Lookup is asked about a calling number, once a day; each question costs money.',
  },
  syncServiceSid: {
    name: 'SYNC_SERVICE_SID',
    parse: matching(/^(default|IS[0-9a-f]{32})$/),
    expected: '"default" or a Sync service SID (IS and 32 hex digits)',
    example: 'IS0123456789abcdef0123456789abcdef',
    defaultText: 'default',
    summary: 'Twilio Sync service that keeps the session of a call between its webhooks.',
  },
  sessionTtlSeconds: {
    name: 'SESSION_TTL_SECONDS',
    parse: wholeNumber(600, 1_209_600),
    expected: 'a whole number from 600 (ten minutes) to 1209600 (two weeks)',
    example: '86400',
    defaultText: '86400',
    summary: 'How long the session of a call is kept.',
  },
  saveEncryptionKeys: {
    name: 'SAVE_ENCRYPTION_KEYS',
    parse: listOf(/^[0-9a-f]{64}$/),
    expected: 'none, or keys of 64 hexadecimal digits divided by commas',
    example: 'none',
    defaultText: 'none',
    secret: true,
    summary:
      'Keys that encrypt saves which wait for the memory: the first encrypts, all decrypt. Without one, notes and variables are not kept.',
  },
  retrySecret: {
    name: 'RETRY_SECRET',
    parse: orNone(matching(/^[\x21-\x7e]{16,256}$/)),
    expected: 'none, or a secret of 16 to 256 visible characters',
    example: 'none',
    defaultText: 'none',
    secret: true,
    summary: 'Bearer secret of the scheduler that calls retry-saves. Without one it is closed.',
  },
  flexOrigins: {
    name: 'FLEX_ORIGINS',
    parse: listOf(/^https?:\/\/[a-z0-9.-]+(?::\d+)?$/),
    expected: 'a comma-separated list of origins, or none',
    example: 'https://flex.twilio.com',
    defaultText: 'https://flex.twilio.com',
    summary: 'Addresses of Flex from which agents may ask, without a path.',
  },
  workspaceSid: {
    name: 'TASKROUTER_WORKSPACE_SID',
    parse: orNone(matching(/^WS[0-9a-f]{32}$/)),
    expected: 'none, or a workspace SID (WS and 32 hex digits)',
    example: 'none',
    defaultText: 'none',
    summary:
      'TaskRouter workspace that is asked whose call it was when an agent saves a call whose session Sync could not keep.',
  },
  twilioApiUrl: {
    name: 'TWILIO_API_URL',
    parse: orNone(httpUrl),
    expected: 'none, or an http(s) address without a query',
    example: 'http://127.0.0.1:4020',
    defaultText: 'none',
    summary: "Sends Twilio's REST requests to a local stand-in. Never set it on Twilio.",
  },
}

/**
 * Reads the settings of the functions from their environment.
 *
 * @throws CM_CONFIG_INVALID with every problem at once.
 */
export function readConfig(environment: Readonly<Record<string, unknown>>): Config {
  return readSettings(SETTINGS, environment, ({ recognizedFrom, likelyFrom, possibleFrom }) => {
    const inOrder = recognizedFrom >= likelyFrom && likelyFrom >= possibleFrom
    const found = `got ${recognizedFrom}, ${likelyFrom}, ${possibleFrom}`
    const rule = 'expected each not above the one before, for example 0.9, 0.7, 0.3'
    return inOrder ? [] : [`TIER_RECOGNIZED_FROM, TIER_LIKELY_FROM, TIER_POSSIBLE_FROM: ${found}; ${rule}`]
  })
}

function orNone(parse: (text: string) => Parsed<string>): (text: string) => Parsed<string | undefined> {
  return (text) => (text === 'none' ? { ok: true, value: undefined } : parse(text))
}
