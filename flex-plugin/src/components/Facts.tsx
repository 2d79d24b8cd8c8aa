import {
  DescriptionList,
  DescriptionListDetails,
  DescriptionListSet,
  DescriptionListTerm,
} from '@twilio-paste/core/description-list'
import * as React from 'react'
import type { CallerView } from '../core/view.ts'
import type { TextKey } from '../strings/en.ts'
import type { Say } from '../strings/say.ts'

/** Terms with their details; nothing for an empty list. */
export function FactList(props: {
  readonly facts: readonly (readonly [string, string])[]
}): React.ReactElement | null {
  if (props.facts.length === 0) return null
  return (
    <DescriptionList>
      {props.facts.map(([term, details]) => (
        <DescriptionListSet key={term}>
          <DescriptionListTerm>{term}</DescriptionListTerm>
          <DescriptionListDetails>{details}</DescriptionListDetails>
        </DescriptionListSet>
      ))}
    </DescriptionList>
  )
}

/** Verification, number, last contact, customer, and what this call is about. */
export function Facts(props: { readonly view: CallerView; readonly say: Say }): React.ReactElement {
  const { view, say } = props
  const { phone, customerRef, lastContactAt, intent, said, language, preferredAgent } = view
  const facts: (readonly [TextKey, string | undefined])[] = [
    ['field_assurance', assuranceText(view, say)],
    ['field_phone', phone],
    ['field_intent', intent === undefined ? said : [say.label(intent), said].filter(Boolean).join(': ')],
    ['field_last_contact', lastContactAt === undefined ? undefined : say.date(lastContactAt)],
    ['field_language', language === undefined ? undefined : say.languageName(language)],
    ['field_preferred_agent', preferredAgent],
    ['field_customer', customerRef],
  ]
  const shown = facts.flatMap(([key, value]) => (value ? [[say.text(key), value] as const] : []))
  return <FactList facts={shown} />
}

/** How far the caller is verified, and how, or why not. */
function assuranceText({ assurance: { level, verification } }: CallerView, say: Say): string {
  const words = say.text(`assurance_${level}`)
  return level === 'attested' ? words : `${words}: ${say.text(`verification_${verification}`)}`
}
