import { flag, pairs, requiredText, text, type WidgetType } from './widget-type.ts'

/** The widgets that decide, fetch and keep. Properties and events as in exports, read 2026-11. */
export const LOGIC_WIDGETS: Readonly<Record<string, WidgetType>> = {
  trigger: {
    properties: {},
    events: {
      incomingMessage: 'end',
      incomingCall: 'end',
      incomingConversationMessage: 'end',
      incomingRequest: 'end',
      incomingParent: 'end',
    },
  },
  'run-function': {
    properties: {
      url: requiredText,
      service_sid: text,
      environment_sid: text,
      function_sid: text,
      parameters: pairs,
    },
    events: { success: 'failure', fail: 'failure' },
  },
  'make-http-request': {
    properties: {
      method: { kind: 'string', required: true, oneOf: ['GET', 'POST'] },
      url: requiredText,
      content_type: requiredText,
      body: { kind: 'string', json: 'by-content-type' },
      parameters: pairs,
      add_twilio_auth: flag,
    },
    events: { success: 'failure', failed: 'failure' },
    misnamed: { contentType: 'content_type' },
  },
  'split-based-on': {
    properties: { input: requiredText },
    events: { match: 'end', noMatch: 'failure' },
  },
  'set-variables': {
    properties: { variables: { kind: 'pairs', required: true } },
    events: { next: 'end' },
  },
  'add-twiml-redirect': {
    twiml: true,
    properties: { url: requiredText, method: text, timeout: text },
    events: { return: 'end', timeout: 'failure', fail: 'failure' },
  },
  'run-subflow': {
    properties: { flow_sid: requiredText, flow_revision: requiredText, parameters: pairs },
    events: { completed: 'end', failed: 'failure' },
  },
}
