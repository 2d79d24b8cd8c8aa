import type { FastifyInstance } from 'fastify'
import type { ServiceFaults } from '../faults/service-faults.ts'
import { sendRefusal } from './twilio-error.ts'

const MESSAGES: Readonly<Record<string, string>> = {
  '401': 'Authenticate',
  '429': 'Too Many Requests',
  '500': 'Internal Server Error',
  '503': 'Service Unavailable',
}

/** Lets requests meet the fault of the product that they are for, before anything else looks at them. */
export function meetServiceFaults(app: FastifyInstance, faults: ServiceFaults): void {
  app.addHook('onRequest', (request, reply, done) => {
    const fault = faults.take(request.url)
    if (fault === undefined) return done()
    if (fault === 'down') request.raw.socket.destroy()
    if (fault === 'down' || fault === 'slow') return
    const status = Number(fault)
    sendRefusal(reply, { status, code: 20000 + status, message: MESSAGES[fault] ?? 'Error' })
  })
}
