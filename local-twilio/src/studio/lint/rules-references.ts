import { pairsOf } from '../flow.ts'
import type { Reference } from '../liquid/liquid.ts'
import { schemaAt } from './contract-schema.ts'
import { assignFacts, type AssignedFacts, factFor, type Facts } from './facts.ts'
import { type Finding, reporter } from './finding.ts'
import type { LintSubject, UsedTemplate } from './subject.ts'

interface Look {
  readonly subject: LintSubject
  readonly facts: AssignedFacts
  readonly found: Finding[]
  readonly used: UsedTemplate
  readonly path: Reference
}

/** What templates read: that it exists, and that it is set on every path to where it is read. */
export function referenceFindings(subject: LintSubject): readonly Finding[] {
  const found: Finding[] = []
  const facts = assignFacts(subject)
  const seen = new Set<string>()
  for (const used of subject.templates) {
    for (const path of used.references) {
      const key = `${used.state.name} ${path.join('.')} ${used.isJson}`
      if (seen.has(key)) continue
      seen.add(key)
      look({ subject, facts, found, used, path })
    }
  }
  return found
}

function look(at: Look): void {
  const [root, second = ''] = at.path
  if (root === 'widgets') return lookAtWidget(at)
  if (root === 'flow') return lookAtFlow(at)
  if (root === 'trigger') return lookAtTrigger(at)
  const known = root === 'contact' && second === 'channel' && at.path[2] === 'address'
  if (!known)
    tell(at, 'error', 'unknown-variable', 'is not set by Studio', 'read flow, trigger, contact or widgets')
}

function tell(
  { found, used, path }: Look,
  level: Finding['level'],
  rule: string,
  why: string,
  mend: string,
): void {
  reporter(found, level, used.state.name)(rule, used.path, `{{${path.join('.')}}} ${why}`, mend)
}

const ANSWER_KEYS: ReadonlySet<string> = new Set(['parsed', 'body', 'content_type', 'status_code'])

function lookAtWidget(at: Look): void {
  const [, name = '', key = ''] = at.path
  const target = at.subject.states.get(name)
  if (!target)
    return tell(
      at,
      'error',
      'dangling-reference',
      'names no widget of this flow',
      'name one that runs before',
    )
  const isRequest = target.type === 'run-function' || target.type === 'make-http-request'
  if (isRequest && key !== '' && !ANSWER_KEYS.has(key)) {
    const mend = `read ${[...ANSWER_KEYS].join(', ')}`
    return tell(at, 'error', 'unknown-output', `does not exist: ${target.type} leaves no "${key}"`, mend)
  }
  if (isRequest && key === 'parsed') lookAtContract(at, target)
  needFact(at, factFor(target, key, at.used.isJson))
}

function lookAtContract(at: Look, target: UsedTemplate['state']): void {
  const contract = at.subject.contractOf(target)
  if (!contract) return
  const keys = at.path.slice(3)
  const known = schemaAt(contract, keys)
  if (!known) {
    const mend = 'read a key that the contract has, or change the contract'
    return tell(at, 'error', 'contract', `is not in the contract of ${target.name}'s answer`, mend)
  }
  if (known.always || !at.used.isJson || isGuarded(at)) return
  const why = `may be missing from ${target.name}'s answer; what to_json prints then is not documented`
  tell(at, 'error', 'maybe-unset-in-json', why, 'read only what the contract requires')
}

function lookAtFlow(at: Look): void {
  const [, second = '', key = ''] = at.path
  if (second === 'variables') {
    const setsItself = pairsOf(at.used.state.properties['variables']).some((pair) => pair.key === key)
    if (!setsItself) needFact(at, `$${key}`)
    return
  }
  if (['sid', 'flow_sid', 'channel', 'data', 'add_ons'].includes(second)) return
  tell(
    at,
    'error',
    'unknown-variable',
    'is not set by Studio',
    'read flow.variables, flow.data, flow.sid or flow.channel',
  )
}

const TRIGGERS: Readonly<Record<string, string>> = {
  call: 'incomingCall',
  message: 'incomingMessage',
  conversation: 'incomingConversationMessage',
  request: 'incomingRequest',
  parent: 'incomingParent',
}

function lookAtTrigger(at: Look): void {
  const [, kind = ''] = at.path
  const event = TRIGGERS[kind]
  if (event === undefined) {
    return tell(
      at,
      'error',
      'unknown-variable',
      'is not set by Studio',
      `read trigger.${Object.keys(TRIGGERS).join(', trigger.')}`,
    )
  }
  const trigger = at.subject.states.get(at.subject.flow.initial_state)
  if (trigger?.transitions.some((one) => one.event === event && one.next !== undefined)) return
  tell(
    at,
    'warning',
    'other-trigger',
    `is empty: the trigger does not route ${event}`,
    `route ${event}, or read what is set`,
  )
}

function needFact(at: Look, fact: string): void {
  const { used, facts } = at
  const { name, type } = used.state
  if (facts.always(name).has(fact)) return
  // A split takes nothing for noMatch, which is routed on its own.
  if (!facts.sometimes(name).has(fact) && !onlyUnproven(fact, facts.sometimes(name))) {
    return tell(
      at,
      'error',
      'never-set',
      'is set on no path to here',
      'read what is set before, or set it first',
    )
  }
  if (isGuarded(at) || type === 'split-based-on') return
  if (used.isJson) {
    const why = fact.startsWith('object:')
      ? 'may be missing: a 2xx answer need not be an object; what to_json prints then is not documented'
      : 'is not set on every path to here; what to_json prints then is not documented'
    return tell(
      at,
      'error',
      'maybe-unset-in-json',
      why,
      'split on a key of the answer first, and read it behind the match',
    )
  }
  tell(
    at,
    'warning',
    'maybe-unset',
    'is empty on a path to here',
    "give it a default, or split first: {{ x | default: '...' }}",
  )
}

// That an answer is an object is known only behind a split; that it may be one, after any success.
function onlyUnproven(fact: string, sometimes: Facts): boolean {
  return fact.startsWith('object:') && sometimes.has(fact.replace('object:', 'ok:'))
}

/** Whether the template itself deals with the value being empty: by `default`, or by a tag that tests it. */
function isGuarded({ used, path }: Look): boolean {
  const written = path
    .slice(0, 4)
    .join('.')
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(
    `${written}[\\w.]*\\s*\\|\\s*default\\b|\\{%-?\\s*(?:if|elsif|unless|case)\\b[^%]*${written}`,
  ).test(used.text)
}
