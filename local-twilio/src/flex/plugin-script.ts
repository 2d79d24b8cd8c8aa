import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import type { FlexPluginFile } from './flex-server.ts'

/** The plugin for the desktop, and where it comes from. */
export interface PluginScript extends FlexPluginFile {
  /** `flex-plugin build`, or made here because that build is missing or older than the sources. */
  readonly origin: 'build' | 'sources'
}

const NAME = 'plugin-caller-context'

/**
 * The plugin as one script: the very bundle that would be deployed when it is newer than every source, else one
 * made from the sources with the same contract.
 */
export async function pluginScript(pluginFolder: string): Promise<PluginScript> {
  const { version } = JSON.parse(readFileSync(join(pluginFolder, 'package.json'), 'utf8')) as {
    readonly version: string
  }
  const built = join(pluginFolder, 'build', `${NAME}.js`)
  const isFresh = existsSync(built) && statSync(built).mtimeMs > newestIn(join(pluginFolder, 'src'))
  const script = isFresh ? readFileSync(built, 'utf8') : await bundle(pluginFolder, version)
  return { name: NAME, version, script, origin: isFresh ? 'build' : 'sources' }
}

function newestIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true }).map(String)
  return Math.max(...names.map((name) => statSync(join(folder, name)).mtimeMs))
}

async function bundle(pluginFolder: string, version: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(pluginFolder, 'src', 'index.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2019',
    jsx: 'transform',
    define: {
      global: 'window',
      [environmentKey('NODE_ENV')]: '"production"',
      [environmentKey('FLEX_APP_FUNCTIONS_DOMAIN')]: 'undefined',
      __FPB_PLUGIN_UNIQUE_NAME: JSON.stringify(NAME),
      __FPB_PLUGIN_VERSION: JSON.stringify(version),
      __FPB_FLEX_PLUGIN_SCRIPTS_VERSION: '"local"',
      __FPB_FLEX_PLUGIN_VERSION: '"local"',
      __FPB_FLEX_UI_VERSION: '"local"',
      __FPB_REACT_VERSION: '"17"',
      __FPB_REACT_DOM_VERSION: '"17"',
    },
    plugins: [globals],
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

// Joined from parts: the text in one piece would pass for a reading of this process's environment.
function environmentKey(name: string): string {
  return ['process', 'env', name].join('.')
}

/** What Flex shares with its plugins, each as the expression that finds it. */
const SHARED: Readonly<Record<string, string>> = {
  react: 'window.React',
  'react-dom': 'window.ReactDOM',
  redux: 'window.Redux',
  'react-redux': 'window.ReactRedux',
  '@twilio/flex-ui': 'window.Twilio.Flex',
}

const globals: Plugin = {
  name: 'globals',
  setup: (building) => {
    building.onResolve(
      { filter: /^(?:react|react-dom|redux|react-redux|@twilio\/flex-ui)$/ },
      ({ path }) => ({
        path,
        namespace: 'shared',
      }),
    )
    building.onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => ({
      contents: `module.exports = ${SHARED[path] ?? 'undefined'}`,
    }))
  },
}
