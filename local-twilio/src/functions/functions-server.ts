import http from 'node:http'
import express from 'express'
import type { Clock } from '../../../src/clock.ts'
import type { Log } from '../../../src/log.ts'
import { frontHandlers } from './front.ts'
import { listenLocally, type RunningServer } from '../http-listen.ts'
import { watchStrayErrors } from './stray-errors.ts'
import { loadProject, type FunctionsEnv, type ProjectFolders } from './twilio-runtime.ts'

/** How built functions are to be run. */
export interface FunctionsOptions extends ProjectFolders {
  /** What functions are given as `context`; AUTH_TOKEN is also what requests must be signed with. */
  readonly env: FunctionsEnv
  readonly clock: Clock
  readonly log: Log
  /** After how long a function counts as hung. 10,000 unless given, as on Twilio. */
  readonly functionTimeoutMs?: number
  /** 0, any free one, unless given. */
  readonly port?: number
}

/**
 * Runs built functions and assets under Twilio's own local runtime, behind the checks that only the deployed
 * one makes: signatures on `.protected`, no way in to `.private`, an end to functions that hang.
 *
 * The address that callers sign is the returned `url` followed by path and query. Functions share this
 * process and its `process.env`. At most one at a time per process: the runtime keeps its globals there.
 *
 * @throws CM_BUILD_FAILED when there is no function to run.
 * @throws CM_LOCAL_SYSTEM when the port cannot be had.
 */
export async function startFunctions(options: FunctionsOptions): Promise<RunningServer> {
  const { env, clock, log, functionTimeoutMs = 10_000, port = 0 } = options
  const project = await loadProject(options)
  const app = express()
  app.disable('x-powered-by')
  const running = await listenLocally(http.createServer(app), port)
  const runtime = project.serve(running.url, running.port, env)
  const { routes } = project
  const authToken = env.AUTH_TOKEN
  for (const handler of frontHandlers({
    routes,
    runtime,
    authToken,
    url: running.url,
    clock,
    log,
    functionTimeoutMs,
  })) {
    app.use(handler)
  }
  const unwatch = watchStrayErrors()
  log('info', 'functions are served', { port: running.port, count: routes.length })
  return {
    ...running,
    close: async () => {
      await running.close()
      unwatch()
    },
  }
}
