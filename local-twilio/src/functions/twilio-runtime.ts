import path from 'node:path'
import { LocalDevelopmentServer } from '@twilio/runtime-handler/dev'
import { fsHelpers } from '@twilio-labs/serverless-api'
import type { RequestHandler } from 'express'
import { CallerMemoryError } from '../../../src/errors.ts'

/** Who may reach a function or an asset over HTTP; Twilio reads it from the file name. */
export type Access = 'public' | 'protected' | 'private'

/** One function or asset that was found on disk. */
export interface Route {
  readonly kind: 'function' | 'asset'
  /** Path of its URL, exact in case and form. */
  readonly path: string
  readonly access: Access
}

/** What functions are given as `context`, apart from what the runtime adds itself. */
export interface FunctionsEnv {
  readonly ACCOUNT_SID: string
  readonly AUTH_TOKEN: string
  readonly [name: string]: string
}

/** Where the built project lies. */
export interface ProjectFolders {
  /** Folder whose node_modules holds the `twilio` that functions are given. */
  readonly projectRoot: string
  /** Absolute, or relative to `projectRoot`. */
  readonly functionsFolder: string
  /** Absolute, or relative to `projectRoot`. May be missing. */
  readonly assetsFolder: string
}

/** The functions and assets of a project, not yet served. */
export interface LoadedProject {
  readonly routes: readonly Route[]
  /** Builds the request handler of Twilio's runtime; `url` is where it will be reached. */
  readonly serve: (url: string, port: number, env: FunctionsEnv) => RequestHandler
}

/**
 * Finds a project's functions and assets and prepares Twilio's own local runtime for them. Everything that
 * is loosely typed in that runtime stays in this file.
 *
 * The runtime keeps its routes and the globals `Twilio` and `Runtime` per process (2.0.1, observed 2026-11):
 * of two projects in one process, both see the `Runtime` of the one that was served last.
 *
 * @throws CM_BUILD_FAILED when there is no function, or two files have the same path.
 */
export async function loadProject(folders: ProjectFolders): Promise<LoadedProject> {
  const root = path.resolve(folders.projectRoot)
  const found = await fsHelpers.getListOfFunctionsAndAssets(root, {
    functionsFolderNames: [relativeTo(root, folders.functionsFolder)],
    assetsFolderNames: [relativeTo(root, folders.assetsFolder)],
  })
  const routes: readonly Route[] = [
    ...found.functions.map((file) => ({ kind: 'function' as const, path: file.path, access: file.access })),
    ...found.assets.map((file) => ({ kind: 'asset' as const, path: file.path, access: file.access })),
  ]
  assertServable(routes)
  return {
    routes,
    serve: (url, port, env) => {
      const server = new LocalDevelopmentServer(port, {
        baseDir: root,
        // The same object: the runtime reads it at every request, so a setting can change while it runs.
        env,
        port,
        url,
        detailedLogs: false,
        live: false,
        logs: false,
        legacyMode: false,
        appName: 'local-twilio',
        forkProcess: false,
        routes: found,
        enableDebugLogs: false,
      })
      return server.getApp()
    },
  }
}

// The finder joins every folder name onto the root, absolute ones too, and takes what is then missing for an
// empty project (serverless-api 5.7.0, observed 2026-11).
function relativeTo(root: string, folder: string): string {
  return path.relative(root, path.resolve(root, folder))
}

function assertServable(routes: readonly Route[]): void {
  if (!routes.some((route) => route.kind === 'function')) {
    throw new CallerMemoryError('CM_BUILD_FAILED', 'there is no built function in the functions folder')
  }
  const seen = new Set<string>()
  for (const route of routes) {
    if (seen.has(route.path)) {
      throw new CallerMemoryError('CM_BUILD_FAILED', `two files have the same path: ${route.path}`)
    }
    seen.add(route.path)
  }
}
