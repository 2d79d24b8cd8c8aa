import path from 'node:path'
import { createInterface } from 'node:readline'
import { startFunctions } from '../../../local-twilio/src/functions/functions-server.ts'
import { systemClock } from '../../../src/clock.ts'
import { createLog } from '../../../src/log.ts'

/**
 * Serves a fixture project in a process of its own: `node --require tsx/cjs serve-fixture.ts <functions> <assets>`.
 * Jest keeps unhandled rejections to itself, so what they do to a process can be seen only in another one.
 * A line on standard input ends it: `stray` by a rejection that belongs to no function, any other in order.
 */
async function main(): Promise<void> {
  const [functionsFolder = '', assetsFolder = ''] = process.argv.slice(2)
  const server = await startFunctions({
    projectRoot: path.resolve(__dirname, '../../..'),
    functionsFolder,
    assetsFolder,
    env: { ACCOUNT_SID: `AC${'0'.repeat(32)}`, AUTH_TOKEN: 'f'.repeat(32), GREETING: 'still here' },
    clock: systemClock,
    log: createLog(),
  })
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
  createInterface({ input: process.stdin }).once('line', (line) => {
    if (line === 'stray') void Promise.reject(new Error('a defect of the host'))
    else void server.close().then(() => process.stdin.destroy())
  })
}

void main()
