import type { TwimlElement, TwimlNode } from './parse-twiml.ts'

// Between these the voice makes a break, so their texts are words apart even without a space.
const BREAKING: ReadonlySet<string> = new Set(['break', 'p', 's'])

/** What a `<Say>` sounds like as text: markup for the voice is left out, a `<sub>` is read as its alias. */
export function spokenText(say: TwimlElement): string {
  return say.children.map(spokenNode).join('').replace(/\s+/g, ' ').trim()
}

function spokenNode(node: TwimlNode): string {
  if (typeof node === 'string') return node
  const alias = node.name === 'sub' ? node.attributes['alias'] : undefined
  const text = alias ?? node.children.map(spokenNode).join('')
  return BREAKING.has(node.name) ? ` ${text} ` : text
}
