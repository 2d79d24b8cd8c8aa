import type { IncomingMessage } from 'node:http'
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import express from 'express'
import type { Clock } from '../../../src/clock.ts'
import type { Log } from '../../../src/log.ts'
import { sealAfterEnd } from './seal.ts'
import { isSignedByTwilio } from './signature.ts'
import { runInvocation } from './stray-errors.ts'
import type { Route } from './twilio-runtime.ts'

/** What stands between the network and Twilio's local runtime. */
export interface FrontOptions {
  readonly routes: readonly Route[]
  readonly runtime: RequestHandler
  readonly authToken: string
  /** The address that Twilio signs, without a trailing slash. */
  readonly url: string
  readonly clock: Clock
  readonly log: Log
  readonly functionTimeoutMs: number
}

/** Largest body that a function is given: 6 MB, the limit of Twilio's own runtime. */
export const BODY_LIMIT_BYTES: number = 6 * 1024 * 1024

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'OPTIONS'])

/** The request handlers, in order, that make the local runtime as strict as the deployed one. */
export function frontHandlers(options: FrontOptions): (RequestHandler | ErrorRequestHandler)[] {
  const routes = new Map(options.routes.map((route) => [route.path, route]))
  const jsonTexts = new WeakMap<IncomingMessage, string>()
  return [
    requireReachable(routes),
    express.urlencoded({ extended: false, limit: BODY_LIMIT_BYTES }),
    express.json({
      limit: BODY_LIMIT_BYTES,
      verify: (request, _response, body) => jsonTexts.set(request, body.toString('utf8')),
    }),
    requireSignature(options, routes, jsonTexts),
    answerInTime(options, routes),
    answerFault(options.log),
  ]
}

// The look-up is exact, on the path as it was sent: an encoded letter, a second slash or another case names
// nothing, so no spelling of a path can have less protection than the path itself.
function routeOf(routes: ReadonlyMap<string, Route>, request: Request): Route | undefined {
  return request.originalUrl.startsWith('/') ? routes.get(request.path) : undefined
}

function requireReachable(routes: ReadonlyMap<string, Route>): RequestHandler {
  return (request, response, next) => {
    const route = routeOf(routes, request)
    if (route === undefined || route.access === 'private') {
      response.status(404).type('text/plain').send('not found')
    } else if (METHODS.has(request.method)) {
      next()
    } else {
      response
        .status(405)
        .set('Allow', [...METHODS].join(', '))
        .type('text/plain')
        .send('method not allowed')
    }
  }
}

function requireSignature(
  { authToken, url, log }: FrontOptions,
  routes: ReadonlyMap<string, Route>,
  jsonTexts: WeakMap<IncomingMessage, string>,
): RequestHandler {
  return (request, response, next) => {
    const json = jsonTexts.get(request)
    // The runtime acknowledges OPTIONS by itself, here as on Twilio, and no function sees it.
    const open = request.method === 'OPTIONS' || routeOf(routes, request)?.access !== 'protected'
    const signed =
      open ||
      isSignedByTwilio({
        authToken,
        signature: request.get('X-Twilio-Signature'),
        url: url + request.originalUrl,
        form: json === undefined ? ((request.body ?? {}) as Record<string, unknown>) : {},
        json: json === '' ? undefined : json,
      })
    if (signed) return next()
    log('warn', 'request refused', { code: 'CM_SIGNATURE_INVALID', function: request.path })
    // Twilio's documentation speaks of 400, its users of 401 and 403 (read 2026-11): a caller may rely on
    // nothing but "not 2xx".
    response.status(403).type('text/plain').send('forbidden')
  }
}

function answerInTime(options: FrontOptions, routes: ReadonlyMap<string, Route>): RequestHandler {
  return (request, response, next) => {
    const route = routeOf(routes, request)
    if (route?.kind !== 'function' || request.method === 'OPTIONS') {
      options.runtime(request, response, next)
      return
    }
    sealAfterEnd(response)
    watchAnswer(options, route.path, response)
    const timer = setTimeout(() => {
      options.log('error', 'function timed out', { code: 'CM_FUNCTION_TIMEOUT', function: route.path })
      response.status(504).type('text/plain').send('runtime application timed out')
    }, options.functionTimeoutMs)
    response.once('close', () => clearTimeout(timer))
    const onStrayError = (kind: string): void => {
      options.log('error', 'function left an error unhandled', { code: 'CM_BUG', function: route.path, kind })
      if (response.writableEnded) return
      // The deployed runtime ends with such an error; the status it answers is not documented (read 2026-11).
      response.status(500).type('text/plain').send('runtime application error')
    }
    runInvocation({ onStrayError }, () => options.runtime(request, response, next))
  }
}

function watchAnswer({ clock, log }: FrontOptions, name: string, response: Response): void {
  const startedAt = clock().getTime()
  response.once('finish', () => {
    const elapsedMs = clock().getTime() - startedAt
    log('info', 'function answered', { function: name, status: response.statusCode, elapsedMs })
  })
}

/** Answers what body parsers and the runtime report as errors. Express knows it by its four parameters. */
function answerFault(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const claimed = error instanceof Error && 'status' in error ? error.status : undefined
    const status = typeof claimed === 'number' && claimed >= 400 && claimed < 500 ? claimed : 500
    if (status === 500) log('error', 'local runtime failed', { code: 'CM_BUG', status })
    response
      .status(status)
      .type('text/plain')
      .send(status === 500 ? 'server error' : 'bad request')
  }
}
