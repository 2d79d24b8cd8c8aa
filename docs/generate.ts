import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { contractFiles } from './contracts.ts'
import { type ReferenceFile, referenceFiles } from './reference.ts'

const ROOT = resolve(__dirname, '..')

/** Writes the documents that are made from the code; with `--check` it only says whether they are up to date. */
async function run(check: boolean): Promise<void> {
  const files = await Promise.all([...(await referenceFiles()), ...contractFiles()].map(styled))
  const stale = files.filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text)
  if (check) {
    for (const { path } of stale) process.stderr.write(`${path} is stale: run npm run docs\n`)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else {
    for (const { path, text } of stale) writeFileSync(path, text)
  }
  process.stdout.write(`${check ? files.length - stale.length : files.length} files are up to date\n`)
}

async function styled({ path, text }: ReferenceFile): Promise<ReferenceFile> {
  const absolute = resolve(ROOT, path)
  if (!/\.(?:md|json)$/.test(path)) return { path: absolute, text }
  const style = await resolveConfig(absolute)
  return { path: absolute, text: await format(text, { ...style, filepath: absolute }) }
}

void run(process.argv.includes('--check'))
