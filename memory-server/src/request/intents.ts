import type { IntentStatus } from '../../../src/contract.ts'
import { asFields, fieldOf, readText, readWord } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'
import { MAX_INTENT_LENGTH } from './intent.ts'
import type { IntentWrite } from './intent.ts'

/** How many intents one end may name. */
export const MAX_INTENTS = 20

const STATUS_WORDS = ['open', 'resolved', 'abandoned', 'closed'] as const

/**
 * Reads why the customer called: the one intent of the vendor's form, then those of `intents`. A label that
 * comes twice must come with the same status.
 */
export function readIntents(list: IssueList, body: Fields): IntentWrite[] {
  const single = readIntent(list, [], body)
  const given = fieldOf(body, 'intents')
  const all = [...(single ? [single] : []), ...(given === undefined ? [] : readList(list, given))]
  const byLabel = new Map<string, IntentWrite>()
  for (const write of all) {
    const earlier = byLabel.get(write.intent)
    if (earlier && earlier.status !== write.status) {
      list.add(['intents'], 'intents must name each intent once, or with the same status')
      break
    }
    byLabel.set(write.intent, write)
  }
  return [...byLabel.values()]
}

function readList(list: IssueList, given: unknown): IntentWrite[] {
  if (!Array.isArray(given)) {
    list.add(['intents'], 'intents must be a list of objects')
    return []
  }
  if (given.length > MAX_INTENTS) {
    list.add(['intents'], `intents must have at most ${MAX_INTENTS} entries`)
    return []
  }
  return (given as readonly unknown[]).flatMap((entry, index) => {
    const path = ['intents', String(index)]
    const fields = asFields(entry)
    if (fields === undefined) {
      list.add(path, `${path.join('.')} must be an object`)
      return []
    }
    if (fieldOf(fields, 'intent') === undefined) list.add([...path, 'intent'], 'an entry needs an intent')
    const intent = readIntent(list, path, fields)
    return intent ? [intent] : []
  })
}

function readIntent(list: IssueList, path: readonly string[], fields: Fields): IntentWrite | undefined {
  const intent = readText(list, [...path, 'intent'], fieldOf(fields, 'intent'), MAX_INTENT_LENGTH)
  const status = readStatus(list, path, fields)
  return intent === undefined ? undefined : { intent, status }
}

/** An intent without a status stays open: forgetting one by mistake is worse than asking once more. */
function readStatus(list: IssueList, path: readonly string[], fields: Fields): IntentStatus {
  const word = readWord(list, [...path, 'intent_status'], fieldOf(fields, 'intent_status'), STATUS_WORDS)
  const isOpen = fieldOf(fields, 'intent_is_open')
  if (isOpen !== undefined && typeof isOpen !== 'boolean') {
    const flag = [...path, 'intent_is_open']
    list.add(flag, `${flag.join('.')} must be a boolean`)
  }
  if (word !== undefined) return word === 'closed' ? 'resolved' : word
  return isOpen === false ? 'resolved' : 'open'
}
