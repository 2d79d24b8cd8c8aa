import { resolveUrl } from '../../../../local-twilio/src/voice/verbs/attributes.ts'

const DOCUMENT = "https://example.com/calls/voice?it's=1#rc=2"

test.each([
  ['', DOCUMENT],
  ['next', 'https://example.com/calls/next'],
  ['/next?a=1#rp=5xx', 'https://example.com/next?a=1#rp=5xx'],
  ['?step=2', 'https://example.com/calls/voice?step=2'],
  ["https://example.org/it's//here?a='b'", "https://example.org/it's//here?a='b'"],
  ['//example.org/x', 'https://example.org/x'],
  ['http://[', 'http://['],
])('the URL %j in a document is %s', (reference, resolved) => {
  expect(resolveUrl(` ${reference}\n`, DOCUMENT)).toBe(resolved)
})
