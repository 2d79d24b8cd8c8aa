import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { notFound, type Refusal, sendRefusal } from '../twilio-error.ts'
import { lineTypeOf, wasReassigned, wasSimSwapped } from './line-types.ts'

const FIELDS: ReadonlySet<string> = new Set(['line_type_intelligence', 'sim_swap', 'reassigned_number'])
// After the description of Lookups v2 (read 2026-11); the code is the general one for an invalid parameter.
const INVALID_FIELDS: Refusal = { status: 400, code: 60600, message: 'Invalid value for Fields' }

type LookupRequest = FastifyRequest<{
  Params: { number: string }
  Querystring: { Fields?: string; LastVerifiedDate?: string }
}>

/** Serves Lookup v2 for invented numbers: line type, SIM swap and reassignment, each only when it was asked for. */
export function serveLookups(app: FastifyInstance): void {
  app.get('/lookups/v2/PhoneNumbers/:number', (request: LookupRequest, reply: FastifyReply) => {
    const { number } = request.params
    if (!/^\+[1-9]\d{6,14}$/.test(number)) return sendRefusal(reply, notFound())
    const fields = (request.query.Fields ?? '').split(',').filter((field) => field !== '')
    if (fields.some((field) => !FIELDS.has(field))) return sendRefusal(reply, INVALID_FIELDS)
    return reply.send(lookupJson(number, new Set(fields), request.query.LastVerifiedDate ?? null))
  })
}

function lookupJson(number: string, fields: ReadonlySet<string>, lastVerified: string | null): object {
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
    reassigned_number: fields.has('reassigned_number') ? reassignedJson(number, lastVerified) : null,
    sms_pumping_risk: null,
    phone_number_quality_score: null,
    pre_fill: null,
    url: `https://lookups.twilio.com/v2/PhoneNumbers/${number}`,
  }
}

/** Without a date of the right form nothing can be told, in the words of the service. */
function reassignedJson(number: string, lastVerified: string | null): object {
  const isDated = lastVerified !== null && /^\d{8}$/.test(lastVerified)
  const told = wasReassigned(number) ? 'yes' : 'no'
  return {
    last_verified_date: lastVerified,
    is_number_reassigned: isDated ? told : 'no_data_available',
    error_code: null,
  }
}
