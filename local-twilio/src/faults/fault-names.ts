/** Every way in which the memory can be made to misbehave, with what happens then. */
export const FAULTS = [
  { name: 'memory-down', summary: 'the connection is cut before any answer' },
  { name: 'memory-slow', summary: 'no answer comes until the client gives up, at most 30 s' },
  { name: 'memory-401', summary: 'the key is refused' },
  { name: 'memory-402', summary: 'the monthly quota is used up' },
  { name: 'memory-409', summary: 'the call is known with another body' },
  { name: 'memory-429', summary: 'too many requests, Retry-After 60 s' },
  { name: 'memory-500', summary: 'the memory reports an error of its own' },
  { name: 'memory-503', summary: 'the memory is in maintenance' },
  { name: 'memory-html', summary: 'a login page with status 200, as captive networks send' },
  { name: 'memory-garbage', summary: 'status 200 and JSON that does not parse' },
  { name: 'memory-half-json', summary: 'the connection is cut in the middle of the JSON' },
  { name: 'memory-huge', summary: '10 MB of well-formed JSON' },
  { name: 'memory-empty', summary: 'status 200 without a body' },
  { name: 'memory-wrong-shape', summary: 'well-formed JSON of another API' },
] as const

/** The name of a way to misbehave. */
export type FaultName = (typeof FAULTS)[number]['name']

/** Whether a text names a fault. */
export function isFaultName(text: string): text is FaultName {
  return FAULTS.some((fault) => fault.name === text)
}
