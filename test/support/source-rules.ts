import { posix } from 'node:path'

/** A source file: its path from the project's root with `/`, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

// The layers of the house, each with what it may import beside itself. The first prefix that fits decides.
const BASE = ['base']
const CORE = [...BASE, 'caller', 'memory']
const SRC = [...CORE, 'voice', 'call', 'log', 'config', 'twilio', 'adapter', 'services']

const LAYERS: readonly {
  readonly prefix: string
  readonly layer: string
  readonly may: readonly string[]
}[] = [
  { prefix: 'src/contract.ts', layer: 'base', may: BASE },
  { prefix: 'src/flex-contract.ts', layer: 'base', may: BASE },
  { prefix: 'src/errors.ts', layer: 'base', may: BASE },
  { prefix: 'src/clock.ts', layer: 'base', may: BASE },
  { prefix: 'src/settings.ts', layer: 'base', may: BASE },
  { prefix: 'src/log.ts', layer: 'log', may: BASE },
  { prefix: 'src/config.ts', layer: 'config', may: BASE },
  { prefix: 'src/caller/', layer: 'caller', may: BASE },
  { prefix: 'src/memory/sticky-calls/', layer: 'adapter', may: CORE },
  { prefix: 'src/memory/', layer: 'memory', may: [...BASE, 'caller'] },
  { prefix: 'assets/', layer: 'assets', may: [] },
  { prefix: 'src/voice/', layer: 'voice', may: [...CORE, 'assets'] },
  { prefix: 'src/call/', layer: 'call', may: CORE },
  { prefix: 'src/twilio/', layer: 'twilio', may: [...CORE, 'voice', 'call', 'log', 'config'] },
  { prefix: 'src/services.ts', layer: 'services', may: SRC },
  { prefix: 'functions/', layer: 'functions', may: SRC },
  { prefix: 'memory-server/', layer: 'memory-server', may: [...BASE, 'log', 'caller'] },
  { prefix: 'local-twilio/', layer: 'local-twilio', may: SRC },
  {
    prefix: 'bench/',
    layer: 'bench',
    may: [...SRC, 'functions', 'memory-server', 'local-twilio', 'test-support'],
  },
  { prefix: 'test/support/', layer: 'test-support', may: SRC },
  { prefix: 'docs/', layer: 'docs', may: [...SRC, 'memory-server'] },
]

// One door for each outside thing: what may be written only in the files named.
const DOORS: readonly { readonly what: string; readonly sign: RegExp; readonly only: RegExp }[] = [
  { what: 'process.env', sign: /process\.env\b/, only: /^(?:memory-server|local-twilio)\/src\/config\.ts$/ },
  { what: 'the console', sign: /\bconsole\./, only: /^src\/log\.ts$/ },
  { what: 'the time', sign: /new Date\(\)|Date\.now\(/, only: /^src\/clock\.ts$/ },
  {
    what: 'axios',
    sign: /from 'axios'/,
    // The sample is measured as people write it.
    only: /^(?:src\/memory\/sticky-calls\/send-request|bench\/functions\/usual-sample)\.ts$/,
  },
  { what: 'the TwiML builder', sign: /from 'twilio\/lib\/twiml/, only: /^src\/voice\/twiml\.ts$/ },
  {
    what: 'SQL',
    sign: /\b(?:SELECT .+ FROM|INSERT INTO|DELETE FROM|CREATE TABLE)\b/,
    only: /^(?:memory-server\/src\/store|bench\/memory)\//,
  },
  {
    what: 'PostgreSQL',
    sign: /from 'pg'/,
    only: /^(?:memory-server\/src\/store|bench\/memory)\//,
  },
  {
    what: 'SQLite',
    sign: /['"](?:node:sqlite|@photostructure\/sqlite)['"]/,
    only: /^memory-server\/src\/store\//,
  },
]

const MOST_LINES_OF_A_FUNCTION = 40

/** Every breach of the house's rules in these files, one line each. */
export function breachesOf(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => [...layerBreaches(file), ...doorBreaches(file), ...lengthBreaches(file)])
}

function layerBreaches({ path, text }: SourceFile): readonly string[] {
  const own = layerOf(path)
  if (!own) return [`${path}: belongs to no layer`]
  return importsOf(text)
    .map((specifier) => posix.join(posix.dirname(path), specifier))
    .flatMap((target) => {
      const layer = layerOf(target)?.layer ?? 'no layer'
      const allowed = layer === own.layer || own.may.includes(layer)
      return allowed ? [] : [`${path}: ${own.layer} may not import ${target} (${layer})`]
    })
}

function doorBreaches({ path, text }: SourceFile): readonly string[] {
  const code = withoutComments(text)
  return DOORS.flatMap(({ what, sign, only }) =>
    sign.test(code) && !only.test(path) ? [`${path}: reaches for ${what}, which has a door of its own`] : [],
  )
}

function lengthBreaches({ path, text }: SourceFile): readonly string[] {
  const lines = text.trimEnd().split('\n').length
  const tooLong = path.startsWith('functions/') && lines > MOST_LINES_OF_A_FUNCTION
  return tooLong ? [`${path}: ${lines} lines, more than ${MOST_LINES_OF_A_FUNCTION}`] : []
}

function layerOf(path: string): (typeof LAYERS)[number] | undefined {
  return LAYERS.find(({ prefix }) => path.startsWith(prefix))
}

/** The relative imports of a file, types included. */
function importsOf(text: string): readonly string[] {
  const pattern = /\b(?:from|import|require\()\s*['"](\.[^'"]+)['"]/g
  return Array.from(withoutComments(text).matchAll(pattern), ([, specifier = '']) => specifier)
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}
