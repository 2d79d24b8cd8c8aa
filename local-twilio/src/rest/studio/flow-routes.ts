import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Form, formOf } from '../form.ts'
import { isoSeconds } from '../iso-seconds.ts'
import { notFound, sendRefusal } from '../twilio-error.ts'
import { definitionProblems, type DefinitionProblem } from './definition-problems.ts'
import type { FlowDraft, FlowStore, KeptFlow } from './flow-store.ts'

/** What the routes work on. */
export interface StudioFlowsOptions {
  readonly accountSid: string
  readonly store: FlowStore
}

type FlowRequest = FastifyRequest<{ Params: { sid: string } }>

const FLOWS = '/studio/v2/Flows'

/** Serves the Flows of Twilio Studio: validate, create, replace and fetch. */
export function serveStudioFlows(app: FastifyInstance, { accountSid, store }: StudioFlowsOptions): void {
  app.post(`${FLOWS}/Validate`, (request, reply) => {
    const draft = readDraft(formOf(request.body))
    return draft.ok ? reply.send({ valid: true }) : sendProblems(reply, draft.problems)
  })
  app.post(FLOWS, (request, reply) => {
    const draft = readDraft(formOf(request.body))
    if (!draft.ok) return sendProblems(reply, draft.problems)
    return reply.code(201).send(flowJson(store.create(draft.value), accountSid))
  })
  app.post(`${FLOWS}/:sid`, (request: FlowRequest, reply) => {
    const kept = store.find(request.params.sid)
    if (!kept) return sendRefusal(reply, notFound())
    const draft = readDraft(formOf(request.body), kept)
    if (!draft.ok) return sendProblems(reply, draft.problems)
    const flow = store.replace(kept.sid, draft.value)
    return flow ? reply.send(flowJson(flow, accountSid)) : sendRefusal(reply, notFound())
  })
  app.get(`${FLOWS}/:sid`, (request: FlowRequest, reply) => {
    const flow = store.find(request.params.sid)
    return flow ? reply.send(flowJson(flow, accountSid)) : sendRefusal(reply, notFound())
  })
}

type ReadDraft =
  | { readonly ok: true; readonly value: FlowDraft }
  | { readonly ok: false; readonly problems: readonly DefinitionProblem[] }

function readDraft(form: Form, kept?: KeptFlow): ReadDraft {
  const friendlyName = form.get('FriendlyName') ?? kept?.friendlyName ?? ''
  const status = readStatus(form.get('Status'))
  const text = form.get('Definition')
  const definition = text === undefined ? kept?.definition : parse(text)
  const problems: readonly DefinitionProblem[] = [
    ...(friendlyName === '' ? [{ property_path: 'FriendlyName', message: 'is missing' }] : []),
    ...(status ? [] : [{ property_path: 'Status', message: 'draft or published expected' }]),
    ...definitionProblems(definition),
  ]
  if (problems.length > 0 || !status) return { ok: false, problems }
  const commitMessage = form.get('CommitMessage') ?? null
  return { ok: true, value: { friendlyName, status, definition, commitMessage } }
}

function readStatus(text: string | undefined): FlowDraft['status'] | undefined {
  return text === 'draft' || text === 'published' ? text : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function sendProblems(reply: FastifyReply, errors: readonly DefinitionProblem[]): FastifyReply {
  return reply.code(400).send({
    code: 81022,
    message: 'Invalid flow definition',
    more_info: 'https://www.twilio.com/docs/errors/81022',
    status: 400,
    details: { errors, warnings: [] },
  })
}

function flowJson(flow: KeptFlow, accountSid: string): object {
  const url = `https://studio.twilio.com/v2/Flows/${flow.sid}`
  return {
    sid: flow.sid,
    account_sid: accountSid,
    author_sid: null,
    friendly_name: flow.friendlyName,
    definition: flow.definition,
    status: flow.status,
    revision: flow.revision,
    commit_message: flow.commitMessage,
    valid: true,
    errors: [],
    warnings: [],
    date_created: isoSeconds(flow.createdAt),
    date_updated: flow.updatedAt && isoSeconds(flow.updatedAt),
    webhook_url: `https://webhooks.twilio.com/v1/Accounts/${accountSid}/Flows/${flow.sid}`,
    url,
    links: { revisions: `${url}/Revisions`, test_users: `${url}/TestUsers`, executions: `${url}/Executions` },
  }
}
