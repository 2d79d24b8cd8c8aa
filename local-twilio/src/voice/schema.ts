import type { TwimlElement } from './parse-twiml.ts'
import { elementsOf } from './parse-twiml.ts'

interface ElementRule {
  readonly attributes: readonly string[]
  readonly children: readonly string[]
  readonly text: boolean
}

const SSML: readonly string[] = [
  'amazon:auto-breaths',
  'amazon:breath',
  'amazon:domain',
  'amazon:effect',
  'amazon:emotion',
  'break',
  'emphasis',
  'lang',
  'mark',
  'p',
  'phoneme',
  'prosody',
  's',
  'say-as',
  'sub',
  'w',
]

const ACTION: readonly string[] = ['action', 'method']
const RECORDING: readonly string[] = [
  'recordingConfigurationId',
  'recordingStatusCallback',
  'recordingStatusCallbackEvent',
  'recordingStatusCallbackMethod',
  'trim',
]

// Which attributes and children each verb takes, after the TwiML reference. What stands inside a noun or SSML is
// not checked: Twilio's voices differ in what they accept. (observed 2026-11)
const RULES: Readonly<Record<string, ElementRule>> = {
  Say: { attributes: ['voice', 'language', 'loop'], children: SSML, text: true },
  Play: { attributes: ['loop', 'digits'], children: [], text: true },
  Pause: { attributes: ['length'], children: [], text: false },
  Gather: {
    attributes: [
      ...ACTION,
      'actionOnEmptyResult',
      'bargeIn',
      'debug',
      'enhanced',
      'finishOnKey',
      'hints',
      'input',
      'language',
      'maxSpeechTime',
      'numDigits',
      'partialResultCallback',
      'partialResultCallbackMethod',
      'profanityFilter',
      'speechModel',
      'speechTimeout',
      'timeout',
    ],
    children: ['Say', 'Play', 'Pause'],
    text: false,
  },
  Redirect: { attributes: ['method'], children: [], text: true },
  Record: {
    attributes: [
      ...ACTION,
      ...RECORDING,
      'finishOnKey',
      'maxLength',
      'playBeep',
      'timeout',
      'transcribe',
      'transcribeCallback',
    ],
    children: [],
    text: false,
  },
  Dial: {
    attributes: [
      ...ACTION,
      ...RECORDING,
      'answerOnBridge',
      'callerId',
      'events',
      'hangupOnStar',
      'passports',
      'record',
      'recordingTrack',
      'referMethod',
      'referUrl',
      'ringTone',
      'sequential',
      'timeLimit',
      'timeout',
    ],
    children: ['Application', 'Client', 'Conference', 'Number', 'Queue', 'Sim', 'Sip', 'WhatsApp'],
    text: true,
  },
  Enqueue: {
    attributes: [...ACTION, 'maxQueueSize', 'waitUrl', 'waitUrlMethod', 'workflowSid'],
    children: ['Task'],
    text: true,
  },
  Leave: { attributes: [], children: [], text: false },
  Hangup: { attributes: [], children: [], text: false },
  Reject: { attributes: ['reason'], children: ['Parameter'], text: false },
}

/** Everything that the schema has against one verb, as the reasons of warnings 12200. Twilio runs the verb anyway. */
export function violationsOf(element: TwimlElement): readonly string[] {
  const rule = RULES[element.name]
  if (rule === undefined) return []
  const attributes = Object.keys(element.attributes)
    .filter((name) => !/^xml(ns)?(:|$)|^xsi:/.test(name) && !rule.attributes.includes(name))
    .map((name) => `<${element.name}> has no attribute "${name}"`)
  const children = elementsOf(element)
    .filter((child) => !rule.children.includes(child.name))
    .map((child) => `<${child.name}> is not allowed in <${element.name}>`)
  const text = !rule.text && hasText(element) ? [`<${element.name}> takes no text`] : []
  return [...attributes, ...children, ...text]
}

/** Whether text stands directly in an element, white space aside. */
export function hasText(element: TwimlElement): boolean {
  return element.children.some((child) => typeof child === 'string' && child.trim() !== '')
}

/** Whether `name` is allowed inside `parent`, by the schema. */
export function allowsChild(parent: string, name: string): boolean {
  return RULES[parent]?.children.includes(name) ?? false
}
