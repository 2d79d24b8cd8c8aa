import type { FastifyInstance } from 'fastify'

/** Fields of a form body by name. Of a repeated field the last one counts. */
export type Form = ReadonlyMap<string, string>

/** Teaches the server to read Twilio's form bodies. A handler gets them through `formOf`. */
export function readForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new Map(new URLSearchParams(body.toString()))),
  )
}

/** The form of a request; empty when its body is none. */
export function formOf(body: unknown): Form {
  return body instanceof Map ? (body as Form) : new Map()
}
