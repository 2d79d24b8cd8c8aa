import fc from 'fast-check'
import type { Arbitrary } from 'fast-check'

/** Names that mean something to JavaScript, and names of real fields in wrong places. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'toJSON',
  'then',
  'length',
  'call_id',
  'customer_ref',
  'variables',
  'identity_hints',
  'external_ids',
  '',
  '\u0000',
  '$where',
]

const WORDS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfff',
  '\u202e\u200b\ufeff',
  "'; DROP TABLE customers; --",
  '$1',
  '${7*7}{{7*7}}%s%n',
  '../../../etc/passwd',
  'anonymous',
  '+266696687',
  '+12025550100;isub=1',
  '<script>alert(1)</script>',
  '-1',
  '1e309',
  'null',
  '🤷'.repeat(40),
]

// Each limit of the API, and one more.
const LENGTHS = [64, 65, 128, 129, 256, 257, 4096, 4097]

/** JSON texts of values that a field does not expect. Some cannot be made by `JSON.stringify`. */
const strange: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...WORDS).map((word) => JSON.stringify(word)),
  fc.constantFrom(...LENGTHS).map((length) => JSON.stringify('é'.repeat(length))),
  fc.constantFrom(
    '1e400',
    '-1e400',
    '-0',
    '9007199254740993',
    '0.1e-400',
    'true',
    'false',
    'null',
    '[]',
    '{}',
  ),
  fc.constantFrom('[[]]', '[null]', '{"":""}', '{"toString":1}', '["a","b"]', '{"length":1e9}'),
  fc.constantFrom('"\\ud800"', '"\\u0000"', String.raw`"\uDFFF\uD800"`, '"\\u002e"'),
  fc.constantFrom(50, 2000, 12_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.constantFrom(50, 5000).map((depth) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)),
  fc.constantFrom(21, 65).map((count) => mapText(count)),
)

/** Spoils a value in one or two places and writes it as JSON. */
export function spoiled(value: unknown): Arbitrary<string> {
  const once = fc.oneof(
    fc.tuple(fc.nat(), strange).map(
      ([place, text]) =>
        (json: string) =>
          replaceLeaf(json, place, text),
    ),
    fc.tuple(fc.constantFrom(...NAMES), strange).map(
      ([name, text]) =>
        (json: string) =>
          addField(json, name, text),
    ),
    fc.nat().map((place) => (json: string) => dropField(json, place)),
    fc.tuple(fc.nat(), fc.constantFrom(...NAMES)).map(
      ([place, name]) =>
        (json: string) =>
          renameField(json, place, name),
    ),
  )
  return fc
    .array(once, { minLength: 1, maxLength: 2 })
    .map((steps) => steps.reduce((json, step) => step(json), JSON.stringify(value)))
}

/** Bytes in place of a body that is no JSON, or no text, or too much of either. */
export function garbled(json: string): Arbitrary<Buffer> {
  return fc.oneof(
    fc.nat().map((at) => Buffer.from(json.slice(0, at % (json.length + 1)))),
    fc
      .constantFrom('', ' ', '\n', 'null', '1', '"x"', '[]', 'NaN', "{'a':1}", '{"a":1}}', '{"a":1,}', '//x')
      .map((text) => Buffer.from(text)),
    fc.constant(Buffer.from(`\ufeff${json}`)),
    fc.constant(Buffer.from(json, 'utf16le')),
    fc.constant(Buffer.concat([Buffer.from(json.slice(0, -1)), Buffer.from([0xc3, 0x28, 0xff, 0x7d])])),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        `${json.slice(0, -1)},"filler":"${'x'.repeat(66_000)}"}`,
        ' '.repeat(65_537),
        '['.repeat(60_000),
      )
      .map((text) => Buffer.from(text)),
    fc.constant(Buffer.from(json + json)),
  )
}

/** Texts to put into an address. */
export const addressParts: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e%2f',
    '..%2f..%2fetc%2fpasswd',
    '%00',
    '%zz',
    '%',
    '%ED%A0%80',
    '%ff',
    '~',
    ';a=b',
    '*',
  ),
  fc.constantFrom(
    'a'.repeat(100),
    'a'.repeat(101),
    'a'.repeat(3000),
    '%C3%A9',
    '%20',
    '%0d%0aX-A:%20b',
    '{}',
    '[]',
    '$&',
  ),
  fc.constantFrom('__proto__', 'constructor', 'export', 'start', 'null', '0', '-1', "'%20OR%201=1--"),
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
)

/** Query strings that a route may not expect. */
export const queries: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '?',
    '??',
    '?limit=0',
    '?limit=51',
    '?limit=1e1',
    '?limit=-1',
    '?limit=1&limit=2',
    '?limit[]=1',
  ),
  fc.constantFrom(
    '?query=%00',
    '?query=%ED%A0%80',
    '?query=%zz',
    `?query=${'q'.repeat(257)}`,
    '?query=a&query=b',
  ),
  fc.constantFrom(
    '?__proto__=1',
    '?constructor[a]=b',
    `?${'a=b&'.repeat(1500)}`,
    '?query=%27%22%3b--',
    '?limit=99999999999',
  ),
  fc
    .string({ maxLength: 20 })
    .map((text) => `?query=${encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, ''))}`),
)

function mapText(count: number): string {
  return JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v'])))
}

const LEAF = /:(?:"(?:[^"\\]|\\.)*"|[-\d.eE+]+|true|false|null)/g

function replaceLeaf(json: string, place: number, text: string): string {
  const leaves = Array.from(json.matchAll(LEAF))
  const leaf = leaves[place % Math.max(1, leaves.length)]
  if (!leaf) return text
  return `${json.slice(0, leaf.index + 1)}${text}${json.slice(leaf.index + leaf[0].length)}`
}

/** At the end, so that a name that is there already stands twice. */
function addField(json: string, name: string, text: string): string {
  return json.endsWith('}')
    ? `${json.slice(0, -1)}${json === '{}' ? '' : ','}${JSON.stringify(name)}:${text}}`
    : text
}

function dropField(json: string, place: number): string {
  const leaves = Array.from(json.matchAll(/"[^"\\]*":(?:"(?:[^"\\]|\\.)*"|[-\d.eE+]+|true|false|null),?/g))
  const leaf = leaves[place % Math.max(1, leaves.length)]
  return leaf
    ? `${json.slice(0, leaf.index)}${json.slice(leaf.index + leaf[0].length)}`.replace(/,\}/g, '}')
    : json
}

function renameField(json: string, place: number, name: string): string {
  const names = Array.from(json.matchAll(/"[^"\\]*":/g))
  const found = names[place % Math.max(1, names.length)]
  if (!found) return json
  return `${json.slice(0, found.index)}${JSON.stringify(name)}:${json.slice(found.index + found[0].length)}`
}
