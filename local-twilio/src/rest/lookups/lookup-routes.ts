import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound, type Refusal, sendRefusal } from '../twilio-error.ts'
import { lineTypeOf, wasSimSwapped } from './line-types.ts'

const FIELDS: ReadonlySet<string> = new Set(['line_type_intelligence', 'sim_swap'])
// After the description of Lookups v2 (read 2026-11); the code is the general one for an invalid parameter.
const INVALID_FIELDS: Refusal = { status: 400, code: 60600, message: 'Invalid value for Fields' }

type LookupRequest = FastifyRequest<{ Params: { number: string }; Querystring: { Fields?: string } }>

/** Serves Lookup v2 for invented numbers: line type and SIM swap, each only when it was asked for. */
export function serveLookups(app: FastifyInstance): void {
  app.get('/lookups/v2/PhoneNumbers/:number', (request: LookupRequest, reply: FastifyReply) => {
    const { number } = request.params
    if (!/^\+[1-9]\d{6,14}$/.test(number)) return sendRefusal(reply, notFound())
    const fields = (request.query.Fields ?? '').split(',').filter((field) => field !== '')
    if (fields.some((field) => !FIELDS.has(field))) return sendRefusal(reply, INVALID_FIELDS)
    return reply.send(lookupJson(number, new Set(fields)))
  })
}

function lookupJson(number: string, fields: ReadonlySet<string>): object {
  const carrier = { mobile_country_code: '310', mobile_network_code: '000', carrier_name: 'Invented Carrier' }
  const simSwap = {
    last_sim_swap_date: null,
    swapped_period: 'PT24H',
    swapped_in_period: wasSimSwapped(number),
  }
  return {
    calling_country_code: number.startsWith('+1') ? '1' : null,
    country_code: number.startsWith('+1') ? 'US' : null,
    phone_number: number,
    national_format: number,
    valid: true,
    validation_errors: null,
    caller_name: null,
    sim_swap: fields.has('sim_swap') ? { last_sim_swap: simSwap, ...carrier, error_code: null } : null,
    call_forwarding: null,
    line_status: null,
    line_type_intelligence: fields.has('line_type_intelligence')
      ? { ...carrier, type: lineTypeOf(number), error_code: null }
      : null,
    identity_match: null,
    reassigned_number: null,
    sms_pumping_risk: null,
    phone_number_quality_score: null,
    pre_fill: null,
    url: `https://lookups.twilio.com/v2/PhoneNumbers/${number}`,
  }
}
