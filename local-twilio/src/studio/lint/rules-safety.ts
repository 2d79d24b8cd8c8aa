import { type State, textsIn } from '../flow.ts'
import { type Finding, reporter } from './finding.ts'
import { type LintSubject, typeOf } from './subject.ts'

const SECRETS: readonly (readonly [string, RegExp])[] = [
  ['a bearer token', /\bBearer\s+[\w.~+/-]{12,}/i],
  ['a key of an API', /\b(?:sk|pk|rk|key)_(?:live|test|prod)_\w{8,}/i],
  ['a cloud key', /\bAKIA[0-9A-Z]{16}\b/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY/],
  ['credentials in an address', /https?:\/\/[^\s/"@:{}]+:[^\s/"@{}]{4,}@/i],
]
const SID = /\b(ZS|ZE|ZH|ZN|WW|WQ|TC|FW|HX|MG|IS|AC|SK)[0-9a-f]{32}\b/
const DOMAIN = /https?:\/\/[a-z0-9-]+\.(?:[a-z]{2}\d\.)?twil\.io/i
const TUNNEL = /https?:\/\/[^/\s"]*(?:ngrok|loca\.lt|trycloudflare|serveo)[^/\s"]*/i

/** What must not stand in a flow that is shared: secrets, values of one account, tunnels; and slow answers. */
export function safetyFindings(subject: LintSubject): readonly Finding[] {
  const found: Finding[] = []
  for (const state of subject.flow.states) checkTexts(state, found)
  checkFirstWidget(subject, found)
  checkSpoken(subject, found)
  return found
}

function checkTexts(state: State, found: Finding[]): void {
  const warn = reporter(found, 'warning', state.name)
  for (const { path, text } of textsIn(state.properties)) {
    const at = `properties.${path}`
    for (const [what, sign] of SECRETS) {
      if (!sign.test(text)) continue
      const why = `${what} stands in the flow, which everybody reads who may see or export it`
      reporter(found, 'error', state.name)('secret', at, why, 'keep it in a Function, and change it now')
    }
    const sid = SID.exec(text)?.[1]
    if (sid)
      warn(
        'hard-coded-sid',
        at,
        `a SID (${sid}) ties the flow to one account`,
        'write ${NAME} and fill it in',
      )
    if (DOMAIN.test(text)) {
      warn(
        'hard-coded-domain',
        at,
        'the address of one Functions service',
        'write ${FUNCTIONS_URL} and fill it in',
      )
    }
    if (TUNNEL.test(text))
      warn('tunnel', at, 'the address of a tunnel ends with its session', 'use a lasting one')
  }
}

function checkFirstWidget({ flow, states }: LintSubject, found: Finding[]): void {
  const trigger = states.get(flow.initial_state)
  const first = trigger?.transitions.find(({ event }) => event === 'incomingCall')?.next
  const state = first === undefined ? undefined : states.get(first)
  if (!state || typeOf(state).twiml || typeOf(state).unmodelled) return
  const why =
    'the call is not answered before a widget speaks; who hangs up while it rings leaves a stuck execution'
  reporter(found, 'warning', state.name)('late-answer', '', why, 'put a Say/Play first')
}

const BY_THE_CALLER =
  /^(?:trigger\.(?:call\.(?:CallerName|From)|message\.Body)|widgets\.\w+\.(?:SpeechResult|inbound\.Body))$/

function checkSpoken({ templates }: LintSubject, found: Finding[]): void {
  for (const { state, path, references } of templates) {
    if (path !== 'properties.say') continue
    for (const reference of references.map((one) => one.join('.')).filter((one) => BY_THE_CALLER.test(one))) {
      const why = `{{${reference}}} is spoken as it came; Say reads SSML, and no escape is documented`
      reporter(found, 'warning', state.name)('spoken-input', path, why, 'let a Function clean it first')
    }
  }
}
