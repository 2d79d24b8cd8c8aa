import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'

const ROOT = resolve(__dirname, '../..')

/** Functions to measure, side by side in one folder. */
export interface BuiltFolder {
  readonly projectRoot: string
  readonly functionsFolder: string
  readonly assetsFolder: string
  readonly remove: () => void
}

/** Puts the function as it is deployed beside the usual sample and one that does nothing. */
export function buildFunctions(): BuiltFolder {
  const built = require(join(ROOT, '.twilioserverlessrc.js')) as {
    readonly functionsFolder: string
    readonly assetsFolder: string
  }
  // Within the project, so that `twilio` and `axios` are found.
  const folder = mkdtempSync(join(ROOT, '.twilioserverless', 'bench-'))
  const functionsFolder = join(folder, 'functions')
  mkdirSync(functionsFolder)
  cpSync(resolve(ROOT, built.functionsFolder), functionsFolder, { recursive: true })
  for (const name of ['usual-sample', 'empty']) {
    buildSync({
      entryPoints: [join(__dirname, `${name}.ts`)],
      outfile: join(functionsFolder, `${name}.protected.js`),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['twilio', 'axios'],
    })
  }
  const assetsFolder = resolve(ROOT, built.assetsFolder)
  return {
    projectRoot: ROOT,
    functionsFolder,
    assetsFolder,
    remove: () => rmSync(folder, { recursive: true }),
  }
}
