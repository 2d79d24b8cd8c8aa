import { CUSTOMER_PARAMETER, header } from './operation.ts'
import type { RouteDescription } from './operation.ts'

const parameters = [CUSTOMER_PARAMETER]
const ofCustomer = [404, 410]

const callRoutes: Readonly<Record<string, RouteDescription>> = {
  'POST /v1/calls/start': {
    id: 'startCall',
    tag: 'calls',
    summary: 'A call begins: who is it, and what is remembered?',
    more: 'The same request again replays the stored answer; another one under the same call_id is 409.',
    request: 'StartRequest',
    answer: 'StartAnswer',
    failures: [400, 402, 409, 410, 413],
  },
  'POST /v1/calls/end': {
    id: 'endCall',
    tag: 'calls',
    summary: 'A call has ended: what is to be remembered?',
    more: 'An end without a start stands alone. The same request again replays the stored answer.',
    request: 'EndRequest',
    answer: 'EndAnswer',
    failures: [400, 402, 404, 409, 410, 413],
  },
  'POST /v1/calls/{call_id}/correct': {
    id: 'correctCall',
    tag: 'calls',
    summary: 'Whose call it was, according to the agent.',
    more: 'What the call brought moves to the right customer, and back again with the verdict undo.',
    parameters: [
      {
        name: 'call_id',
        in: 'path',
        required: true,
        description: 'The call_id of the start or the end.',
        schema: { type: 'string', minLength: 1, maxLength: 128 },
        example: 'CA00000000000000000000000000000001',
      },
    ],
    request: 'CorrectRequest',
    answer: 'CorrectAnswer',
    failures: [400, 404, 409, 410, 413],
  },
}

const customerRoutes: Readonly<Record<string, RouteDescription>> = {
  'GET /v1/customers/{customer_ref}': {
    id: 'showCustomer',
    tag: 'customers',
    summary: 'What is held about a customer, and why.',
    parameters: [
      CUSTOMER_PARAMETER,
      {
        name: 'reveal',
        in: 'query',
        required: false,
        description: 'Whether numbers and external ids are shown whole instead of masked.',
        schema: { type: 'string', enum: ['yes', 'no'], default: 'no' },
      },
    ],
    answer: 'CustomerAnswer',
    failures: [400, ...ofCustomer],
  },
  'GET /v1/customers/{customer_ref}/export': {
    id: 'exportCustomer',
    tag: 'customers',
    summary: 'Everything that is held about a customer, as a file.',
    parameters,
    answer: 'ExportAnswer',
    answerHeaders: {
      'Content-Disposition': header('The name of the file.', { type: 'string', pattern: '^attachment; ' }),
    },
    failures: ofCustomer,
  },
  'GET /v1/customers/{customer_ref}/recall': {
    id: 'recallCustomer',
    tag: 'customers',
    summary: 'Calls of a customer that fit some words, or the newest.',
    parameters: [
      CUSTOMER_PARAMETER,
      {
        name: 'query',
        in: 'query',
        required: false,
        description: 'Words to look for; without them the newest calls are answered.',
        schema: { type: 'string', maxLength: 256 },
        example: 'refund',
      },
      {
        name: 'limit',
        in: 'query',
        required: false,
        description: 'How many calls at most.',
        schema: { type: 'integer', minimum: 1, maximum: 50, default: 10 },
      },
    ],
    answer: 'RecallAnswer',
    failures: [400, ...ofCustomer],
  },
  'POST /v1/customers/{customer_ref}/merge': {
    id: 'mergeCustomers',
    tag: 'customers',
    summary: 'Two customers are one person.',
    more: 'The reference in the address leads to the other from then on. Asked again, the same is answered.',
    parameters,
    request: 'MergeRequest',
    answer: 'MergeAnswer',
    failures: [400, ...ofCustomer, 413],
  },
  'POST /v1/customers/{customer_ref}/unmerge': {
    id: 'unmergeCustomer',
    tag: 'customers',
    summary: 'Take a merged customer out again.',
    more: 'It gets back what it had; what came since stays with the other. The latest merge goes first.',
    parameters,
    answer: 'UnmergeAnswer',
    failures: [409, ...ofCustomer, 413],
  },
  'DELETE /v1/customers/{customer_ref}': {
    id: 'forgetCustomer',
    tag: 'customers',
    summary: 'Forget a customer.',
    more: 'Asked again, the same receipt is answered. A late save of the customer is 410.',
    parameters,
    answer: 'ForgetAnswer',
    failures: [400, 404, 413],
  },
}

const operationsRoutes: Readonly<Record<string, RouteDescription>> = {
  'GET /v1/usage': {
    id: 'readUsage',
    tag: 'usage',
    summary: 'What the tenant has used in this month.',
    answer: 'UsageAnswer',
  },
  'GET /v1/events': {
    id: 'readEvents',
    tag: 'usage',
    summary: 'What has changed since.',
    more: 'Each event at least once, in a stable order, 15 seconds after it happened.',
    parameters: [
      {
        name: 'cursor',
        in: 'query',
        required: false,
        description: 'Where the answer before ended; without one it begins with the oldest event.',
        schema: { type: 'string', maxLength: 64 },
      },
      {
        name: 'limit',
        in: 'query',
        required: false,
        description: 'How many events at most.',
        schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      },
    ],
    answer: 'EventsAnswer',
    failures: [400],
  },
  'GET /v1/settings': {
    id: 'readSettings',
    tag: 'usage',
    summary: 'How long the tenant remembers.',
    answer: 'SettingsAnswer',
  },
  'PATCH /v1/settings': {
    id: 'changeSettings',
    tag: 'usage',
    summary: 'Change how long the tenant remembers.',
    request: 'SettingsRequest',
    answer: 'SettingsAnswer',
    failures: [400, 413],
  },
  'GET /healthz': {
    id: 'isAlive',
    tag: 'operations',
    summary: 'Whether the process lives.',
    answer: 'StatusAnswer',
  },
  'GET /readyz': {
    id: 'isReady',
    tag: 'operations',
    summary: 'Whether the database answers.',
    answer: 'StatusAnswer',
    failures: [503],
  },
  'GET /metrics': {
    id: 'readMetrics',
    tag: 'operations',
    summary: 'Measures in the text format of Prometheus.',
    answer: { 'text/plain': { schema: { type: 'string' } } },
  },
}

/** What is told of each route, by method and address. A test holds it equal to the routes that there are. */
export const ROUTE_DESCRIPTIONS: Readonly<Record<string, RouteDescription>> = {
  ...callRoutes,
  ...customerRoutes,
  ...operationsRoutes,
}
