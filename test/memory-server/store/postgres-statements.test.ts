import type { PoolClient } from 'pg'
import {
  createStatementNames,
  createStatements,
} from '../../../memory-server/src/store/postgres-statements.ts'

/** A connection that answers when it is told to. A server cannot be made to refuse a BEGIN. */
function slowClient(pipeline: boolean): {
  client: PoolClient
  sent: string[]
  answer: (sql: string, error?: Error) => Promise<void>
} {
  const sent: string[] = []
  const waiting = new Map<string, (error?: Error) => void>()
  const query = ({ text }: { text: string }): Promise<{ rows: object[] }> => {
    sent.push(text)
    return new Promise((resolve, reject) => {
      waiting.set(text, (error) => (error ? reject(error) : resolve({ rows: [] })))
    })
  }
  const answer = async (sql: string, error?: Error): Promise<void> => {
    waiting.get(sql)?.(error)
    await new Promise((resolve) => void setImmediate(resolve))
  }
  return { client: { pipeline, query } as unknown as PoolClient, sent, answer }
}

const nameOf = createStatementNames(false)

test('statements that are asked for together are sent together, in their order, once the transaction has begun', async () => {
  const { client, sent, answer } = slowClient(true)
  const { transaction } = createStatements(client, nameOf, 'BEGIN')
  const asked = [
    transaction.read('read a', []),
    transaction.run('change b', []),
    transaction.read('read c', []),
  ]
  expect(sent).toEqual(['BEGIN', 'read a'])
  await answer('BEGIN')
  expect(sent).toEqual(['BEGIN', 'read a', 'change b', 'read c'])
  for (const sql of ['read a', 'change b', 'read c']) await answer(sql)
  await Promise.all(asked)
})

test('nothing is changed when the transaction cannot begin', async () => {
  const { client, sent, answer } = slowClient(true)
  const { transaction, failure, close } = createStatements(client, nameOf, 'BEGIN')
  const asked = Promise.allSettled([transaction.read('read a', []), transaction.run('change b', [])])
  const reason = new Error('no memory')
  await answer('BEGIN', reason)
  await answer('read a')
  const [, changed] = await asked
  expect(changed).toMatchObject({ status: 'rejected', reason: { code: 'CM_STORE_UNAVAILABLE' } })
  await close()
  expect(sent).toEqual(['BEGIN', 'read a'])
  expect(failure()).toBe(reason)
})

test('after a failure nothing more is sent, and the first one is the reason', async () => {
  const { client, sent, answer } = slowClient(true)
  const { transaction, failure, close } = createStatements(client, nameOf)
  const asked = Promise.allSettled([transaction.run('change a', []), transaction.run('change b', [])])
  const reason = new Error('conflict')
  await answer('change a', reason)
  await answer('change b', new Error('the transaction is aborted'))
  await asked
  await expect(transaction.run('change c', [])).rejects.toMatchObject({ code: 'CM_STORE_UNAVAILABLE' })
  await close()
  expect(sent).toEqual(['change a', 'change b'])
  expect(failure()).toBe(reason)
})

test('on a connection that is not pipelined each statement waits for the one before it', async () => {
  const { client, sent, answer } = slowClient(false)
  const { transaction } = createStatements(client, nameOf, 'BEGIN')
  const asked = [transaction.read('read a', []), transaction.run('change b', [])]
  expect(sent).toEqual(['BEGIN'])
  await answer('BEGIN')
  expect(sent).toEqual(['BEGIN', 'read a'])
  await answer('read a')
  expect(sent).toEqual(['BEGIN', 'read a', 'change b'])
  await answer('change b')
  await Promise.all(asked)
})
