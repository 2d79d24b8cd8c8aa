import { createMemoryServer } from '../memory-server/src/server.ts'
import { CallerMemoryError } from '../src/errors.ts'

/** The description that a memory server serves of itself, taken from a real one without a database. */
export async function apiDescription(): Promise<string> {
  const server = await createMemoryServer({
    operations: {
      perform: async () => {
        throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'there is no database behind the description')
      },
      close: async () => undefined,
      broken: new Promise(() => undefined),
    },
    apiKeys: ['only-for-the-description-0000000'],
    hashKey: '00'.repeat(32),
    docs: true,
    clock: () => new Date(0),
    log: () => undefined,
  })
  const { body } = await server.inject('/docs/json')
  await server.close()
  return body
}
