import { FAULTS, isFaultName } from '../../../local-twilio/src/faults/fault-names.ts'
import { createFaultRegistry } from '../../../local-twilio/src/faults/registry.ts'

it('a call has the fault that was registered last, other calls have none', () => {
  const registry = createFaultRegistry()
  registry.register('CA1', 'memory-down')
  registry.register('CA1', 'memory-429')
  expect(registry.find('CA1')).toBe('memory-429')
  expect(registry.find('CA2')).toBeUndefined()
})

it('the 1,000 calls that were registered last are kept', () => {
  const registry = createFaultRegistry()
  for (let at = 0; at < 1_000; at += 1) registry.register(`CA${at}`, 'memory-500')
  registry.register('CA0', 'memory-503')
  registry.register('CA1000', 'memory-500')
  expect(registry.find('CA0')).toBe('memory-503')
  expect(registry.find('CA1')).toBeUndefined()
  expect(registry.find('CA2')).toBe('memory-500')
  expect(registry.find('CA1000')).toBe('memory-500')
})

it('a fault that is ended is met no more', () => {
  const registry = createFaultRegistry()
  registry.register('CA1', 'memory-500')
  registry.end('CA1')
  registry.end('CA2')
  expect(registry.find('CA1')).toBeUndefined()
})

it('every fault has its own name and a summary of one line', () => {
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length)
  for (const { name, summary } of FAULTS) {
    expect(name).toMatch(/^memory-[a-z0-9-]+$/)
    expect(summary).toMatch(/^[^\n]{10,80}$/)
    expect(isFaultName(name)).toBe(true)
  }
  expect(isFaultName('memory-on-fire')).toBe(false)
  expect(isFaultName('toString')).toBe(false)
})
