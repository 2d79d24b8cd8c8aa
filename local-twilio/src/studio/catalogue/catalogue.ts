import { LOGIC_WIDGETS } from './logic.ts'
import { MESSAGING_WIDGETS } from './messaging.ts'
import { VOICE_WIDGETS } from './voice.ts'
import type { WidgetType } from './widget-type.ts'

const unmodelled: WidgetType = { unmodelled: true, properties: {}, events: {} }

/** Every widget type that a flow may hold: those modelled here, and the names of the others in Twilio's schema. */
export const CATALOGUE: ReadonlyMap<string, WidgetType> = new Map([
  ...Object.entries(LOGIC_WIDGETS),
  ...Object.entries(VOICE_WIDGETS),
  ...Object.entries(MESSAGING_WIDGETS),
  ...[
    'add-member-to-chat-channel',
    'connect-virtual-agent',
    'create-chat-channel',
    'create-task',
    'make-outgoing-call-v1',
    'resume-conversation',
    'run-function-v2',
    'send-to-auto-pilot',
    'start-conversation',
    'understand',
    'update-sync-object',
  ].map((type) => [type, unmodelled] as const),
])

/** The 17 kinds of condition, spelled as in exports. */
export const PREDICATES: ReadonlySet<string> = new Set([
  'equal_to',
  'not_equal_to',
  'matches_any_of',
  'does_not_match_any_of',
  'is_blank',
  'is_not_blank',
  'regex',
  'contains',
  'does_not_contain',
  'starts_with',
  'does_not_start_with',
  'less_than',
  'greater_than',
  'is_before_time',
  'is_after_time',
  'is_before_date',
  'is_after_date',
])
