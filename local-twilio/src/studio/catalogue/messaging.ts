import { flag, pairs, requiredText, text, type WidgetType } from './widget-type.ts'

const MESSAGE = {
  from: requiredText,
  body: text,
  service: text,
  channel: text,
  media_url: text,
  attributes: { kind: 'string', json: 'always' },
  message_type: { kind: 'string', oneOf: ['custom', 'content_template'] },
  content_sid: text,
  content_variables: pairs,
} as const

/** The widgets of messages. They may stand in a voice flow too. */
export const MESSAGING_WIDGETS: Readonly<Record<string, WidgetType>> = {
  'send-message': {
    properties: { ...MESSAGE, to: text, shorten_urls: flag },
    events: { sent: 'end', failed: 'end' },
    misnamed: { messaging_service_sid: 'service' },
  },
  'send-and-wait-for-reply': {
    properties: {
      ...MESSAGE,
      // Old exports carry a number (observed 2026-11).
      timeout: { kind: 'string', alsoKind: 'integer' },
    },
    events: { incomingMessage: 'end', timeout: 'end', deliveryFailure: 'end' },
  },
}
