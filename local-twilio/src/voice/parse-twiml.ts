import type { Element } from '@xmldom/xmldom'
import { DOMParser, Node } from '@xmldom/xmldom'

/** An element of a TwiML document. */
export interface TwimlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly TwimlNode[]
}

/** An element, or the text between elements. */
export type TwimlNode = TwimlElement | string

/** The root element of a document, or why it is not TwiML (Twilio's error 12100). */
export type ParsedTwiml =
  | { readonly kind: 'response'; readonly response: TwimlElement }
  | { readonly kind: 'malformed'; readonly reason: string }

/**
 * Parses a TwiML document, as strictly as XML demands: Twilio refuses what a browser would forgive. Comments and
 * processing instructions disappear. Entities that a document defines itself are refused.
 */
export function parseTwiml(text: string): ParsedTwiml {
  const document = text.replace(/^\uFEFF/, '')
  if (document.trim() === '') return malformed('the document is empty')
  const flaw = flawThatParserForgives(document)
  if (flaw !== undefined) return malformed(flaw)
  try {
    const parser = new DOMParser({ onError: refuse })
    const root = parser.parseFromString(document, 'text/xml').documentElement
    if (root?.nodeName !== 'Response') return malformed('the root element is not <Response>')
    return { kind: 'response', response: toElement(root) }
  } catch {
    return malformed('the document is not well-formed XML')
  }
}

/** The text of an element and everything within, with white space collapsed. */
export function textOf(element: TwimlElement): string {
  return rawText(element).replace(/\s+/g, ' ').trim()
}

/** The child elements of an element, without the text between them. */
export function elementsOf(element: TwimlElement): readonly TwimlElement[] {
  return element.children.filter((child): child is TwimlElement => typeof child !== 'string')
}

function rawText(element: TwimlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : rawText(child))).join('')
}

// xmldom 0.9.12 lets a bare "&", a "<" in an attribute and control characters pass. (observed 2026-11)
function flawThatParserForgives(document: string): string | undefined {
  const markup = document.replace(/<!\[CDATA\[.*?\]\]>|<!--.*?-->/gs, '')
  if (/&(?!(?:[A-Za-z_][\w.-]*|#\d+|#x[\da-f]+);)/i.test(markup)) return 'an ampersand is not escaped'
  if (/<\w[^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*(?:"[^"<]*<|'[^'<]*<)/.test(markup))
    return 'a "<" in an attribute is not escaped'
  if (/(?![\t\n\r\x7F-\x9F])\p{Cc}/u.test(document)) return 'a control character is not allowed in XML'
  return undefined
}

function refuse(): never {
  throw new Error('not well-formed')
}

function malformed(reason: string): ParsedTwiml {
  return { kind: 'malformed', reason }
}

function toElement(element: Element): TwimlElement {
  const attributes: [string, string][] = []
  for (const attribute of element.attributes) attributes.push([attribute.name, attribute.value])
  const children: TwimlNode[] = []
  for (const child of element.childNodes) {
    if (child.nodeType === Node.ELEMENT_NODE) children.push(toElement(child as Element))
    else if (child.nodeType === Node.TEXT_NODE || child.nodeType === Node.CDATA_SECTION_NODE) {
      children.push(child.nodeValue ?? '')
    }
  }
  return { name: element.nodeName, attributes: Object.fromEntries(attributes), children }
}
