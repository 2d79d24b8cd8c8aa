import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CallerMemoryError } from '../../../../src/errors.ts'
import { BUILT_IN_CALL_FLOW } from '../../../../src/voice/built-in-call-flow.ts'
import type { Contracts } from '../lint/contract-schema.ts'
import {
  type Fields,
  flowOf,
  isFields,
  MAX_FLOW_BYTES,
  type ReadFlow,
  readFlow,
  tooLarge,
} from '../read-flow.ts'
import { asText, type Flow } from '../flow.ts'
import { renderFlow } from '../render-flow.ts'
import { spokenValues } from '../spoken-values.ts'

/** A flow file that can be worked with. */
export interface LoadedFlow {
  readonly file: string
  readonly flow: Flow
  readonly raw: Fields
}

/** An input that a command cannot use. Its message is one line. */
export function unusable(file: string, problem: string): CallerMemoryError {
  return new CallerMemoryError('CM_USAGE', `${file}: ${problem.replace(/\s+/g, ' ')}`)
}

/**
 * Reads a flow file.
 *
 * @throws CM_USAGE with one line when it is no flow.
 */
export function loadFlow(file: string): LoadedFlow {
  return usable(file, tooLargeIn(file) ?? readFlow(readText(file)))
}

/**
 * Fills the placeholders of a loaded flow.
 *
 * @throws CM_USAGE naming every placeholder without a value.
 */
export function fillFlow({ file, raw }: LoadedFlow, values: Fields): LoadedFlow {
  const filled = renderFlow(raw, values)
  if (!filled.ok) throw unusable(file, filled.problems.join('; '))
  return usable(file, flowOf(filled.value))
}

/**
 * Reads a file of placeholder values: a path, or the name of a file in the folder `env` beside the flow. The call
 * flow's sentences come with them, in the language that `LANGUAGE` names.
 *
 * @throws CM_USAGE
 */
export function loadValues(flowFile: string, name: string): Fields {
  const beside = join(dirname(resolve(flowFile)), 'env', `${name}.json`)
  const file = existsSync(beside) ? beside : name
  let values: unknown
  try {
    values = JSON.parse(readText(file))
  } catch (error) {
    if (error instanceof CallerMemoryError) throw error
    throw unusable(file, 'is no JSON')
  }
  if (!isFields(values)) throw unusable(file, 'expected an object of placeholder names and their values')
  return { ...spokenIn(file, values['LANGUAGE']), ...values }
}

/** The call flow's sentences, in the language that the values name. */
function spokenIn(file: string, language: unknown): Fields {
  const { languages, defaultLanguage } = BUILT_IN_CALL_FLOW
  const spoken = spokenValues(BUILT_IN_CALL_FLOW, language === undefined ? defaultLanguage : asText(language))
  if (spoken) return spoken
  throw unusable(
    file,
    `LANGUAGE: expected a language of the call flow, one of ${Object.keys(languages).join(', ')}`,
  )
}

/** The contracts in the folder of a flow: every `<path>.contract.json`. */
export function loadContracts(flowFile: string, folder: string = dirname(resolve(flowFile))): Contracts {
  const end = '.contract.json'
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(end)) : []
  return new Map(
    names.map((name) => {
      const file = join(folder, name)
      try {
        return [name.slice(0, -end.length), JSON.parse(readText(file)) as Fields]
      } catch {
        throw unusable(file, 'is no JSON')
      }
    }),
  )
}

function usable(file: string, read: ReadFlow): LoadedFlow {
  if (!read.ok) throw unusable(file, read.problem)
  return { file, flow: read.flow, raw: read.raw }
}

function tooLargeIn(file: string): ReadFlow | undefined {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return bytes > MAX_FLOW_BYTES ? { ok: false, problem: tooLarge(bytes) } : undefined
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw unusable(file, 'cannot be read')
  }
}
