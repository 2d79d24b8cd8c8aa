import type { FlowAnswer, FlowRequest } from '../http.ts'
import { FlowStop } from '../run-end.ts'
import { isFields, type Fields } from '../../read-flow.ts'
import { type Moment, rendered, renderedPairs, settle, type WidgetOutcome } from './moment.ts'

/** Calls a Function. Sent as a signed form, as Twilio's other webhooks are. */
export async function runFunction(moment: Moment): Promise<WidgetOutcome> {
  const parameters = Object.fromEntries(renderedPairs(moment, 'parameters'))
  return exchange(moment, 'fail', {
    widget: moment.state.name,
    kind: 'function',
    method: 'POST',
    url: rendered(moment, 'url'),
    contentType: 'application/x-www-form-urlencoded; charset=UTF-8',
    body: new URLSearchParams(parameters).toString(),
    parameters,
  })
}

/** Sends an HTTP request. */
export async function makeHttpRequest(moment: Moment): Promise<WidgetOutcome> {
  const pairs = renderedPairs(moment, 'parameters').map(([key, value]): [string, string] => [key, value])
  const form = new URLSearchParams(pairs).toString()
  const method = moment.state.properties['method'] === 'POST' ? 'POST' : 'GET'
  const url = rendered(moment, 'url')
  const withQuery = form === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${form}`
  return exchange(moment, 'failed', {
    widget: moment.state.name,
    kind: 'http',
    method,
    url: method === 'GET' ? withQuery : url,
    contentType: rendered(moment, 'content_type'),
    body: method === 'POST' ? rendered(moment, 'body') || form : '',
    parameters: {},
  })
}

async function exchange(moment: Moment, failure: string, request: FlowRequest): Promise<WidgetOutcome> {
  const answer = await moment.execution.http(request)
  moment.execution.requests.push({ request, answer })
  if (answer.kind === 'failed') return { event: failure, output: afterNoAnswer(moment) }
  if (request.kind === 'function' && isTwiml(answer)) {
    // A function that answers TwiML takes the call away from Studio (Twilio, Run Function, read 2026-11).
    throw new FlowStop({
      kind: 'stopped',
      widget: request.widget,
      code: 81016,
      why: 'the function answered TwiML, which takes the call out of the flow',
    })
  }
  return outcomeOf(moment, failure, answer)
}

type Answered = Extract<FlowAnswer, { kind: 'answered' }>

function isTwiml({ contentType, body }: Answered): boolean {
  return /\bxml\b/i.test(contentType) && body.includes('<Response')
}

function outcomeOf(moment: Moment, failure: string, answer: Answered): WidgetOutcome {
  const { status, contentType, body } = answer
  const event = status < 400 ? 'success' : failure
  const before = moment.execution.context.widgets[moment.state.name]?.['parsed']
  const read = readJson(answer)
  const output = { body, content_type: contentType, status_code: status }
  const kept = isFields(before) ? { parsed: before } : {}
  switch (read.kind) {
    case 'object':
      return {
        event,
        output: { ...output, parsed: merge(moment, isFields(before) ? before : {}, read.fields) },
      }
    case 'other':
      return { event, output: { ...output, ...kept } }
    case 'malformed': {
      const fails =
        event === 'success' && settle(moment, 'malformed-json', 'the answer is no JSON') === 'failure'
      return { event: fails ? failure : event, output: { ...output, ...kept } }
    }
  }
}

type ReadJson =
  | { readonly kind: 'object'; readonly fields: Fields }
  /** No JSON, or JSON that Studio does not parse: a list, a number, a text. */
  | { readonly kind: 'other' }
  | { readonly kind: 'malformed' }

function readJson({ contentType, body }: Answered): ReadJson {
  if (!/^application\/json\b/i.test(contentType)) return { kind: 'other' }
  try {
    const value: unknown = JSON.parse(body)
    return isFields(value) ? { kind: 'object', fields: value } : { kind: 'other' }
  } catch {
    return { kind: 'malformed' }
  }
}

function merge(moment: Moment, before: Fields, after: Fields): Fields {
  const nested = Object.keys(after).find((key) => isFields(before[key]) && isFields(after[key]))
  if (nested === undefined) return { ...before, ...after }
  const how = settle(moment, 'merge-depth', `parsed.${nested} is an object in both answers`)
  if (how === 'replaced') return { ...before, ...after }
  const deep = Object.entries(after).map(([key, value]) => {
    const old = before[key]
    return [key, isFields(old) && isFields(value) ? { ...old, ...value } : value] as const
  })
  return { ...before, ...Object.fromEntries(deep) }
}

function afterNoAnswer(moment: Moment): Fields {
  const before = moment.execution.context.widgets[moment.state.name]
  if (before === undefined || Object.keys(before).length === 0) return {}
  return settle(moment, 'timeout-after-answer', 'no answer on a later run') === 'survives' ? before : {}
}
