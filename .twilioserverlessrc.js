// Read by the Serverless Toolkit (`twilio serverless:deploy`, `serverless:start`, `twilio-run`) and by this
// project's own commands. Building while it loads means that whatever is deployed or started is what lies in
// functions/ right now; the toolkit has no other hook (its `predeploy` scripts do not run, observed 2026-11).
const fs = require('node:fs')
const path = require('node:path')

const ROOT = __dirname
const SOURCE = path.join(ROOT, 'functions')
const OUTPUT = path.join(ROOT, '.twilioserverless')

// Far below what Twilio takes for one function; a bundle that grows past it has swallowed a library that
// belongs outside (the whole `twilio` package is 8 MB).
const MAX_BYTES = 400 * 1024

function findFunctions() {
  const files = fs.readdirSync(SOURCE, { recursive: true }).map(String)
  return files.filter((file) => file.endsWith('.ts') && !/\.(d|test)\.ts$/.test(file)).toSorted()
}

function build() {
  const names = findFunctions()
  if (names.length === 0) throw new Error('functions/ holds no .ts file: refusing to ship an empty service')
  const esbuild = require('esbuild')
  checkCallFlow()
  const staging = fs.mkdtempSync(path.join(OUTPUT, 'build-'))
  try {
    const { metafile } = esbuild.buildSync({
      absWorkingDir: ROOT,
      entryPoints: names.map((name) => path.join(SOURCE, name)),
      outbase: SOURCE,
      outdir: path.join(staging, 'functions'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['twilio', 'axios'],
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
      metafile: true,
    })
    for (const [file, { bytes }] of Object.entries(metafile.outputs)) refuseOversize(file, bytes)
    ship(staging)
  } finally {
    fs.rmSync(staging, { recursive: true, force: true })
  }
}

// The call flow is checked here and nowhere later: first its shape by its schema, then what a schema cannot say
// by the rules of src/, which are TypeScript and therefore bundled into memory.
function checkCallFlow() {
  const file = path.join(ROOT, 'assets', 'call-flow.private.json')
  const problems = problemsOfCallFlow(readJson(file))
  if (problems.length === 0) return
  throw new Error(`${path.relative(ROOT, file)} has problems\n  ${problems.join('\n  ')}`)
}

function problemsOfCallFlow(flow) {
  const Ajv = require('ajv')
  const validate = new Ajv({ allErrors: true }).compile(
    readJson(path.join(ROOT, 'docs/call-flow.schema.json')),
  )
  if (!validate(flow)) return validate.errors.map(describeShape)
  const { outputFiles } = require('esbuild').buildSync({
    absWorkingDir: ROOT,
    entryPoints: [path.join(ROOT, 'src/voice/call-flow-rules.ts')],
    bundle: true,
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  })
  const rules = { exports: {} }
  require('node:vm').runInNewContext(outputFiles[0].text, { module: rules, exports: rules.exports })
  return Array.from(rules.exports.problemsOf(flow))
}

function describeShape({ instancePath, params, message }) {
  const where = instancePath.slice(1).replaceAll('/', '.') || 'the file'
  const extra = params.additionalProperty ?? params.allowedValues?.join(', ')
  return `${where}: ${message}${extra === undefined ? '' : ` (${extra})`}`
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${path.relative(ROOT, file)}: expected a file of JSON; ${error.message}`, {
      cause: error,
    })
  }
}

function refuseOversize(file, bytes) {
  if (bytes <= MAX_BYTES) return
  throw new Error(`${path.basename(file)} is ${bytes} bytes, more than the ${MAX_BYTES} allowed`)
}

// A finished build replaces the last one as a whole, so that a failed one leaves nothing half built behind.
// One that changes nothing leaves the files alone: a server may be running from them.
function ship(staging) {
  const assets = path.join(ROOT, 'assets')
  fs.mkdirSync(path.join(staging, 'assets'))
  if (fs.existsSync(assets)) fs.cpSync(assets, path.join(staging, 'assets'), { recursive: true })
  for (const folder of ['functions', 'assets']) {
    const [built, shipped] = [path.join(staging, folder), path.join(OUTPUT, folder)]
    if (fingerprint(built) === fingerprint(shipped)) continue
    fs.rmSync(shipped, { recursive: true, force: true })
    fs.renameSync(built, shipped)
  }
}

function fingerprint(folder) {
  if (!fs.existsSync(folder)) return undefined
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
  const contents = files.map((file) => {
    const absolute = path.join(file.parentPath, file.name)
    return `${path.relative(folder, absolute)}\n${fs.readFileSync(absolute, 'latin1')}`
  })
  return contents.toSorted().join('\n')
}

function buildOrExit() {
  try {
    fs.mkdirSync(OUTPUT, { recursive: true })
    build()
  } catch (error) {
    const reason = error.errors?.map(describe).join('\n  ') ?? error.message
    process.stderr.write(`caller-memory: the build failed, nothing is shipped\n  ${reason}\n`)
    process.exit(1)
  }
}

function describe({ text, location }) {
  return location ? `${location.file}:${location.line}: ${text}` : text
}

buildOrExit()

module.exports = {
  functionsFolder: '.twilioserverless/functions',
  assetsFolder: '.twilioserverless/assets',
  runtime: 'node22',
}
