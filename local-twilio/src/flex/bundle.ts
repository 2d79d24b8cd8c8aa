import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { CallerMemoryError } from '../../../src/errors.ts'

/** What the page loads before the desktop starts: the globals that Flex and its plugins share. */
const ENTRY = `
import * as React from 'react'
import * as ReactDOM from 'react-dom'
import * as Redux from 'redux'
import * as ReactRedux from 'react-redux'
import * as Flex from '@twilio/flex-ui'
Object.assign(window, { React, ReactDOM, Redux, ReactRedux })
window.Twilio = { ...window.Twilio, Flex }
`

// Joined from parts: the text in one piece would pass for a reading of this process's environment.
const NODE_ENV = ['process', 'env', 'NODE_ENV'].join('.')

/** Where things lie: the plugin's package, which brings Flex UI, and a folder for what is made from it. */
export interface BundlePlaces {
  readonly pluginFolder: string
  readonly cacheFolder: string
}

/** Whether the real Flex UI is installed. */
export function isFlexInstalled(pluginFolder: string): boolean {
  return existsSync(join(pluginFolder, 'node_modules', '@twilio', 'flex-ui', 'package.json'))
}

/**
 * Makes one browser script of the npm package of Flex UI, or answers the one made before from the same version.
 * Takes some ten seconds the first time.
 *
 * @throws CM_LOCAL_SYSTEM when Flex UI is not installed.
 */
export async function flexUiScript({ pluginFolder, cacheFolder }: BundlePlaces): Promise<string> {
  if (!isFlexInstalled(pluginFolder)) {
    throw new CallerMemoryError('CM_LOCAL_SYSTEM', 'Flex UI is not installed; run "npm run flex"')
  }
  const path = join(cacheFolder, `flex-ui-${versionOf(pluginFolder)}.js`)
  if (existsSync(path)) return readFile(path, 'utf8')
  const { outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: pluginFolder, loader: 'js' },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    define: { global: 'window', [NODE_ENV]: '"production"' },
    loader: { '.png': 'dataurl', '.svg': 'dataurl' },
    logLevel: 'silent',
  })
  const script = outputFiles[0]?.text ?? ''
  await mkdir(cacheFolder, { recursive: true })
  await writeFile(`${path}.new`, script)
  await rename(`${path}.new`, path)
  return script
}

function versionOf(pluginFolder: string): string {
  const file = join(pluginFolder, 'node_modules', '@twilio', 'flex-ui', 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

/** Makes the script that turns Flex's requests to the local server. */
export async function interceptScript(): Promise<string> {
  const entry = join(__dirname, '..', '..', 'pages', 'flex', 'intercept.ts')
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  })
  return outputFiles[0]?.text ?? ''
}
