import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isSid } from '../../sid.ts'
import { formOf } from '../form.ts'
import { type FormSchema, refusalOf } from '../form-schema.ts'
import { isoSeconds } from '../iso-seconds.ts'
import { lineTypeOf } from '../lookups/line-types.ts'
import { notFound, type Refusal, sendRefusal } from '../twilio-error.ts'
import type { Verification, VerificationStore } from './verification-store.ts'

/** What the routes work on. */
export interface VerifyOptions {
  readonly accountSid: string
  readonly store: VerificationStore
}

type ServiceRequest = FastifyRequest<{ Params: { service: string } }>

const PHONE_NUMBER = /^\+[1-9]\d{6,14}$/
const SEND: FormSchema = {
  To: { required: true },
  Channel: { required: true, oneOf: ['sms'] },
  Locale: { pattern: /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/ },
}
const CHECK: FormSchema = { To: { required: true }, Code: { required: true } }

// Status and code after the error reference of Verify (read 2026-11).
const INVALID_PARAMETER: Refusal = { status: 400, code: 60200, message: 'Invalid parameter' }
const MAX_CHECKS: Refusal = { status: 429, code: 60202, message: 'Max check attempts reached' }
const MAX_SENDS: Refusal = { status: 429, code: 60203, message: 'Max send attempts reached' }
const NO_SMS: Refusal = { status: 403, code: 60205, message: 'SMS is not supported by landline phone number' }

/**
 * Serves Verify as far as one-time codes by text message go. The code of a number can be read at
 * `GET /_local/codes/<number>`: nobody gets a text message from here. No such path exists at Twilio.
 */
export function serveVerify(app: FastifyInstance, options: VerifyOptions): void {
  app.post('/verify/v2/Services/:service/Verifications', sendCode(options))
  app.post('/verify/v2/Services/:service/VerificationCheck', checkCode(options))
  app.get<{ Params: { number: string } }>('/_local/codes/:number', (request, reply) => {
    const code = options.store.codeOf(request.params.number)
    return code === undefined ? sendRefusal(reply, notFound()) : reply.send({ code })
  })
}

function sendCode({ accountSid, store }: VerifyOptions) {
  return (request: ServiceRequest, reply: FastifyReply): FastifyReply => {
    const { service } = request.params
    if (!isSid('VA', service)) return sendRefusal(reply, notFound())
    const form = formOf(request.body)
    const to = form.get('To') ?? ''
    if (refusalOf(form, SEND) || !PHONE_NUMBER.test(to)) return sendRefusal(reply, INVALID_PARAMETER)
    if (lineTypeOf(to) === 'landline') return sendRefusal(reply, NO_SMS)
    const outcome = store.send(service, to)
    if (outcome.kind === 'too-many') return sendRefusal(reply, MAX_SENDS)
    return reply.code(201).send(verificationJson(outcome.verification, accountSid, 'pending'))
  }
}

function checkCode({ accountSid, store }: VerifyOptions) {
  return (request: ServiceRequest, reply: FastifyReply): FastifyReply => {
    const { service } = request.params
    if (!isSid('VA', service)) return sendRefusal(reply, notFound())
    const form = formOf(request.body)
    const code = form.get('Code') ?? ''
    const isCode = code.length >= 4 && code.length <= 10
    if (refusalOf(form, CHECK) || !isCode) return sendRefusal(reply, INVALID_PARAMETER)
    const outcome = store.check(service, form.get('To') ?? '', code)
    switch (outcome.kind) {
      case 'not-found':
        return sendRefusal(reply, notFound())
      case 'too-many':
        return sendRefusal(reply, MAX_CHECKS)
      case 'approved':
      case 'pending':
        return reply.code(201).send(verificationJson(outcome.verification, accountSid, outcome.kind))
    }
  }
}

function verificationJson(
  { sid, serviceSid, to, createdAt }: Verification,
  accountSid: string,
  status: 'approved' | 'pending',
): object {
  return {
    sid,
    service_sid: serviceSid,
    account_sid: accountSid,
    to,
    channel: 'sms',
    status,
    valid: status === 'approved',
    amount: null,
    payee: null,
    date_created: isoSeconds(createdAt),
    date_updated: isoSeconds(createdAt),
    sna_attempts_error_codes: [],
  }
}
