import twilio from 'twilio'
import type {
  RuntimeContext,
  RuntimeEvent,
  RuntimeHandler,
  RuntimeResponse,
} from '../../src/twilio/runtime.ts'

/** What a function answered. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** Puts the runtime's global in place. */
export function setStage(): void {
  Object.assign(globalThis, { Twilio: { Response: StageResponse } })
}

/** The runtime's response, as far as the caller of a function sees it. It is made with `new`. */
function StageResponse(this: RuntimeResponse & { answer: Answer }): void {
  this.answer = { status: 0, body: '' }
  this.setStatusCode = (status) => void (this.answer = { ...this.answer, status })
  this.setBody = (body) => void (this.answer = { ...this.answer, body })
  // Nobody here looks at headers.
  this.appendHeader = () => undefined
}

/** Calls a function as the runtime does. */
export async function play(
  handler: RuntimeHandler,
  context: RuntimeContext,
  event: RuntimeEvent,
): Promise<Answer> {
  let answer: Answer = { status: 0, body: '' }
  await handler(context, event, (_error, response) => {
    answer = (response as RuntimeResponse & { answer: Answer }).answer
  })
  return answer
}

/** The context of functions whose requests go through a gate, in the name of a lane. */
export function contextOf(
  gateUrl: string,
  lane: string,
  settings: Readonly<Record<string, string>>,
): RuntimeContext {
  const { ACCOUNT_SID = '', AUTH_TOKEN = '' } = settings
  return {
    ...settings,
    STICKY_CALLS_API_URL: `${gateUrl}/${lane}/memory`,
    TWILIO_API_URL: `${gateUrl}/${lane}/twilio`,
    getTwilioClient: (options) => twilio(ACCOUNT_SID, AUTH_TOKEN, options),
  }
}
