import type { CustomerResponse } from '../../../src/contract.ts'
import type { CallerPanelResponse } from '../../../src/flex-contract.ts'

/** What the agent's panel shows of a caller, in words, a line each. */
export function describePanel(panel: CallerPanelResponse): readonly string[] {
  const { customer, intent, said, assurance, verification } = panel
  const about = said ?? intent
  return [
    `sees: ${identityOf(panel)}, assurance ${assurance} (${verification})`,
    ...(about === null ? [] : [`sees: calls about ${said === null ? intent : `"${said}"`}`]),
    ...matters(customer).map((matter) => `sees: ${matter}`),
    ...words(customer).map((word) => `sees: ${word}`),
  ]
}

/** What the memory has of a customer after the call, in words, a line each. */
export function describeMemory({
  saved,
  customer,
  pending_saves: waiting,
}: CallerPanelResponse): readonly string[] {
  if (saved) return ['the call is saved', ...matters(customer), ...words(customer)]
  return [waiting === null ? 'nothing is known of the save' : `the save waits, ${waiting.pending} in all`]
}

function identityOf({ memory, tier, customer, customer_state: state }: CallerPanelResponse): string {
  if (memory !== 'available') return `memory ${memory}`
  if (customer === null) return `tier ${tier}, customer ${state}`
  const calls = customer.calls.length
  return `tier ${tier}, ${calls === 1 ? 'first call' : `${calls} calls`}`
}

function matters(customer: CustomerResponse | null): readonly string[] {
  if (customer === null) return []
  const open = customer.open_intents.map(
    ({ intent, attempt_count: attempts }) =>
      `${intent} is open, ${attempts === 1 ? '1 call' : `${attempts} calls`}`,
  )
  return [...open, ...customer.settled_intents.map(({ intent, status }) => `${intent} is ${status}`)]
}

// What an agent reads; numbers and dates of earlier calls stand elsewhere in the panel.
const SHOWN = /^(?:last_issue|agent_notes(?:_\d+)?|disposition(?:_\d+)?)$/

function words(customer: CustomerResponse | null): readonly string[] {
  return Object.entries(customer?.variables ?? {}).flatMap(([name, { value }]) =>
    SHOWN.test(name) ? [`${name} "${value}"`] : [],
  )
}
