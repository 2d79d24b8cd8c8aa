import { systemClock } from '../../../src/clock.ts'
import { asCallerMemoryError } from '../../../src/errors.ts'
import { createLog } from '../../../src/log.ts'
import { startTwilio, type TwilioOptions } from './twilio.ts'

// The process that stands in for Twilio. It is told what to run by its parent's first message, says where it
// listens on its standard output, and ends with its parent.
const log = createLog()

async function run(options: TwilioOptions): Promise<void> {
  const { functionsUrl, twilioApiUrl, close } = await startTwilio({ ...options, clock: systemClock, log })
  log('info', `twilio listening ${functionsUrl} ${twilioApiUrl}`)
  const end = (): void => {
    void close().finally(() => process.exit(0))
  }
  process.once('SIGTERM', end).once('disconnect', end)
}

function reportFailure(error: unknown): void {
  const { code } = asCallerMemoryError(error)
  log('error', 'twilio did not start', { code, ...(error instanceof Error && { kind: error.name }) })
  process.exit(1)
}

// Ctrl-C reaches every process of the terminal; the parent stops this one when the calls are done with.
process.on('SIGINT', () => {})
process.once('message', (options: TwilioOptions) => {
  run(options).catch(reportFailure)
})
