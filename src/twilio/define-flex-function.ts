import { within } from '../clock.ts'
import { asCallerMemoryError, CallerMemoryError } from '../errors.ts'
import type { Log } from '../log.ts'
import { headerOf } from './bearer.ts'
import { defineFunction, reportFault } from './define-function.ts'
import type { FlexAgent, FlexTokens } from './flex-tokens.ts'
import {
  jsonReply,
  type Reply,
  type RuntimeContext,
  type RuntimeEvent,
  type RuntimeHandler,
} from './runtime.ts'

/** What every function for the Flex plugin works with. */
export interface FlexServices {
  readonly config: { readonly flexOrigins: readonly string[] }
  readonly flexTokens: FlexTokens
}

/** A function that the Flex plugin calls from an agent's browser. */
export interface FlexFunctionDefinition<Services extends FlexServices> {
  readonly name: string
  readonly services: (context: RuntimeContext) => Services
  readonly answer: (event: RuntimeEvent, services: Services, agent: FlexAgent, log: Log) => Promise<object>
}

/** Roles of Flex that may ask at all. */
export const FLEX_ROLES: readonly string[] = ['agent', 'supervisor', 'admin']

/** Roles that may have a customer forgotten. */
export const FORGETTING_ROLES: readonly string[] = ['supervisor', 'admin']

const ANSWER_MS = 8_000
const LIMIT_MS = 9_000

/**
 * Wraps a function for the Flex plugin: a form body with a field `Token`, so that the browser sends it without
 * asking first; the token checked with Twilio, the role and the address that the request comes from. Every
 * answer carries the headers that let the browser read it, and no answer tells more than a code.
 *
 * TWILIO: OPTIONS is answered by the runtime itself and reaches no function (observed 2026-11).
 */
export function defineFlexFunction<Services extends FlexServices>(
  definition: FlexFunctionDefinition<Services>,
): RuntimeHandler {
  const { name, services: build, answer } = definition
  return defineFunction({
    name,
    services: build,
    fallback: refusal('CM_BUG', 500),
    timeoutMs: LIMIT_MS,
    answer: async (event, services, log) => {
      const headers = corsHeaders(event, services.config.flexOrigins)
      try {
        const work = async (): Promise<object> =>
          answer(event, services, await admit(event, services, headers !== undefined), log)
        const body = await within(ANSWER_MS, work(), () => {
          throw new CallerMemoryError('CM_FUNCTION_TIMEOUT', `the function took longer than ${ANSWER_MS} ms`)
        })
        return { ...jsonReply(body), headers: headers ?? {} }
      } catch (error) {
        reportFault(log, 'request refused', error)
        const { code, status, retryable } = asCallerMemoryError(error)
        return { ...refusal(code, retryable ? 503 : status), headers: headers ?? { Vary: 'Origin' } }
      }
    },
  })
}

async function admit(
  event: RuntimeEvent,
  { flexTokens }: FlexServices,
  isOrigin: boolean,
): Promise<FlexAgent> {
  if (!isOrigin) throw forbidden('the request comes from an address that is not allowed')
  const token = event['Token']
  const agent = await flexTokens.check(typeof token === 'string' ? token : '')
  requireRole(agent, FLEX_ROLES)
  return agent
}

/**
 * Lets only agents on who have one of these roles.
 *
 * @throws CM_TOKEN_FORBIDDEN
 */
export function requireRole({ roles }: FlexAgent, allowed: readonly string[]): void {
  if (!roles.some((role) => allowed.includes(role))) throw forbidden('the role may not do this')
}

function forbidden(message: string): CallerMemoryError {
  return new CallerMemoryError('CM_TOKEN_FORBIDDEN', message)
}

/** Undefined for an address that may not ask. What is no browser sends none, and needs its token all the same. */
function corsHeaders(
  event: RuntimeEvent,
  allowed: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const origin = headerOf(event, 'origin')
  if (origin === undefined) return { Vary: 'Origin' }
  return allowed.includes(origin) ? { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' } : undefined
}

function refusal(code: string, status: number): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify({ error: code }) }
}
