// Builds the plugin as `twilio flex:plugins:deploy` does, says how large it has become, and fails when that is too
// much. FLEX: the builder writes ~/.twilio-cli/flex/plugins.json (observed 2026-11, flex-plugin-scripts 7.1.2), so it
// gets a home of its own that goes afterwards.
const { spawnSync } = require('node:child_process')
const { mkdtempSync, readFileSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { gzipSync } = require('node:zlib')

const MAX_GZIP_BYTES = 150_000
const ROOT = join(__dirname, '..')

const home = mkdtempSync(join(tmpdir(), 'flex-plugin-'))
try {
  const { status } = spawnSync(process.execPath, [builder(), 'build'], {
    cwd: ROOT,
    env: { ...process.env, HOME: home, USERPROFILE: home },
    stdio: 'inherit',
  })
  process.exitCode = status === 0 ? reportSize() : 1
} finally {
  rmSync(home, { recursive: true, force: true })
}

function builder() {
  const { bin } = require('@twilio/flex-plugin-scripts/package.json')
  return require.resolve(`@twilio/flex-plugin-scripts/${bin['flex-plugin']}`)
}

/** Prints the size of the bundle, and of what went into it before it was made small. */
function reportSize() {
  const bundle = readFileSync(join(ROOT, 'build/plugin-caller-context.js'))
  const gzipBytes = gzipSync(bundle).length
  const parts = JSON.parse(readFileSync(join(ROOT, 'build/parts.json'), 'utf8'))
  const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
  console.log('\nSource bytes by part, before minifying:')
  for (const [name, bytes] of parts) console.log(`  ${kb(bytes).padStart(10)}  ${name}`)
  console.log(`Bundle: ${kb(bundle.length)}, ${kb(gzipBytes)} gzip of at most ${kb(MAX_GZIP_BYTES)}\n`)
  if (gzipBytes <= MAX_GZIP_BYTES) return 0
  console.error('The bundle is too large: every agent loads it at every sign-in.')
  return 1
}
