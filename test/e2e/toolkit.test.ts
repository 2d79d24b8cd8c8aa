import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(__dirname, '../..')
const COPIED = [
  'src',
  'functions',
  'assets',
  'docs/call-flow.schema.json',
  'package.json',
  '.twilioserverlessrc.js',
]
const TWILIO_RUN = join(ROOT, 'test/toolkit/node_modules/twilio-run/bin/twilio-run.js')

// The toolkit is a quarter as large as everything else together, so it is installed apart.
const describeWithToolkit = existsSync(TWILIO_RUN) ? describe : describe.skip

const folder = mkdtempSync(join(tmpdir(), 'caller-memory-toolkit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(() => {
  for (const name of COPIED) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
})

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })
}

async function answerOf(url: string): Promise<Response> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(url, { method: 'POST' }).catch(() => undefined)
    if (answer) return answer
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('the toolkit did not start to listen')
}

describeWithToolkit("Twilio's Serverless Toolkit (needs npm ci --prefix test/toolkit)", () => {
  test('serves the functions as they are, without a build before', async () => {
    const port = await freePort()
    const toolkit = spawn(
      process.execPath,
      [TWILIO_RUN, 'start', '--port', String(port), '--no-fork-process'],
      {
        cwd: folder,
        stdio: 'ignore',
      },
    )
    try {
      const answer = await answerOf(`http://127.0.0.1:${port}/identify-caller`)
      expect(answer.headers.get('content-type')).toContain('text/xml')
      expect(await answer.text()).toContain('Welcome to our support line.')
    } finally {
      toolkit.kill('SIGTERM')
    }
  }, 30_000)

  test('deploys nothing when no function is left: one clear line and exit code 1', () => {
    rmSync(join(folder, 'functions'), { recursive: true })
    mkdirSync(join(folder, 'functions'))
    const credentials = ['--username', `AC${'0'.repeat(32)}`, '--password', '0'.repeat(32)]
    const { status, stderr } = spawnSync(process.execPath, [TWILIO_RUN, 'deploy', ...credentials], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect(stderr).toContain('functions/ holds no .ts file: refusing to ship an empty service')
    expect(status).toBe(1)
  }, 30_000)
})
