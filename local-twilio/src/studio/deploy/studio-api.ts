import type { Twilio } from 'twilio'
import { CallerMemoryError } from '../../../../src/errors.ts'
import { isFields, type Fields } from '../read-flow.ts'

/** One thing that Studio finds wrong with a definition. */
export interface StudioProblem {
  /** Where: `#/states/3/properties/timeout`, in Studio's own spelling. */
  readonly path: string
  readonly message: string
}

/** A definition to be checked or deployed. */
export interface Definition {
  readonly friendlyName: string
  /** The flow, its placeholders filled. */
  readonly definition: Fields
}

/** A flow as Studio keeps it. */
export interface DeployedFlow {
  readonly sid: string
  readonly revision: number
  readonly status: string
  /** Where a number sends its calls for this flow. */
  readonly webhookUrl: string
}

/** What Studio says of a definition, or what became of a deploy. */
export type StudioOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly StudioProblem[] }

export interface DeployOptions extends Definition {
  /** The flow to be replaced; a new one is made without it. */
  readonly sid?: string
  /** Whether calls get it at once. A draft is heard by test users only. */
  readonly publish: boolean
  readonly commitMessage?: string
}

/** Lets Studio check a definition. Nothing is kept there. */
export async function validateFlow(
  client: Twilio,
  { friendlyName, definition }: Definition,
): Promise<StudioOutcome<undefined>> {
  return outcomeOf(async () => {
    await client.studio.v2.flowValidate.update({ friendlyName, status: 'published', definition })
    return undefined
  })
}

/** Creates a flow, or replaces one as a whole; a draft unless it is to be published. */
export async function deployFlow(
  client: Twilio,
  options: DeployOptions,
): Promise<StudioOutcome<DeployedFlow>> {
  const { sid, friendlyName, definition, publish, commitMessage } = options
  const body = {
    friendlyName,
    definition,
    status: publish ? ('published' as const) : ('draft' as const),
    ...(commitMessage !== undefined && { commitMessage }),
  }
  return outcomeOf(async () => {
    const { flows } = client.studio.v2
    const flow = sid === undefined ? await flows.create(body) : await flows(sid).update(body)
    return { sid: flow.sid, revision: flow.revision, status: flow.status, webhookUrl: flow.webhookUrl }
  })
}

/** An invalid definition is refused with a list of problems; every other refusal is a fault. */
async function outcomeOf<T>(work: () => Promise<T>): Promise<StudioOutcome<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    const problems = problemsIn(error)
    if (problems.length > 0) return { ok: false, problems }
    throw faultOf(error)
  }
}

function problemsIn(error: unknown): readonly StudioProblem[] {
  const details = isFields(error) ? error['details'] : undefined
  const errors = isFields(details) ? details['errors'] : undefined
  if (!Array.isArray(errors)) return []
  return errors.filter(isFields).map((one) => ({
    path: textOf(one['property_path']) || 'the definition',
    message: textOf(one['message']) || 'is not valid',
  }))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

// The library's error carries the request with its credentials: only status and code are kept.
function faultOf(error: unknown): CallerMemoryError {
  const status = isFields(error) ? error['status'] : undefined
  const code = isFields(error) ? error['code'] : undefined
  const known = typeof status === 'number' ? `Twilio answered ${status}` : 'Twilio could not be reached'
  const reason = typeof code === 'number' ? `${known} (error ${code})` : known
  const hints: Readonly<Record<string, string>> = {
    '401': ': check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
    '404': ': there is no flow with this SID in the account',
  }
  return new CallerMemoryError('CM_USAGE', `${reason}${hints[String(status)] ?? ''}`)
}
