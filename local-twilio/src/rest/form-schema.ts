import type { Form } from './form.ts'
import type { Refusal } from './twilio-error.ts'

/** What one field of a request may be, as Twilio's API description says. */
export interface FieldRule {
  readonly required?: boolean
  readonly pattern?: RegExp
  readonly oneOf?: readonly string[]
  readonly maxLength?: number
}

/** The fields that a request may have, by name. */
export type FormSchema = Readonly<Record<string, FieldRule>>

/** Rules that many fields share. */
export const RULES: Readonly<Record<'any' | 'wholeNumber' | 'boolean' | 'url', FieldRule>> = {
  any: {},
  wholeNumber: { pattern: /^\d{1,9}$/ },
  boolean: { oneOf: ['true', 'false', 'True', 'False'] },
  url: { pattern: /^https?:\/\/\S+$/, maxLength: 2_048 },
}

/** A rule for an identifier of one kind. */
export function sidRule(prefix: string): FieldRule {
  return { pattern: new RegExp(`^${prefix}[0-9a-fA-F]{32}$`) }
}

/**
 * The first thing wrong with a form; undefined when nothing is. Twilio ignores fields that it does not know;
 * here they are refused, because nobody sends one on purpose.
 */
export function refusalOf(form: Form, schema: FormSchema): Refusal | undefined {
  for (const [name, rule] of Object.entries(schema)) {
    const value = form.get(name)
    if (value === undefined ? rule.required === true : !fits(value, rule)) return invalid(name)
  }
  const stray = [...form.keys()].find((name) => !(name in schema))
  return stray === undefined ? undefined : invalid(stray)
}

function fits(value: string, { pattern, oneOf, maxLength = Number.POSITIVE_INFINITY }: FieldRule): boolean {
  if (value.length > maxLength) return false
  return (pattern?.test(value) ?? true) && (oneOf?.includes(value) ?? true)
}

function invalid(name: string): Refusal {
  return { status: 400, code: 20001, message: `Invalid or missing parameter ${name}` }
}
