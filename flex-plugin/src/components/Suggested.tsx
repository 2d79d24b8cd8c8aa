import { Callout, CalloutHeading, CalloutText } from '@twilio-paste/core/callout'
import * as React from 'react'
import type { Suggestion } from '../core/suggestion.ts'
import type { Say } from '../strings/say.ts'

/** What the agent may do first. */
export function Suggested(props: {
  readonly suggestion: Suggestion | undefined
  readonly say: Say
}): React.ReactElement | null {
  const { suggestion, say } = props
  if (!suggestion) return null
  const { key, intent, attempts } = suggestion
  const words = {
    ...(intent !== undefined && { intent: say.label(intent) }),
    ...(attempts !== undefined && { attempts }),
  }
  return (
    <Callout variant={key === 'escalate' ? 'warning' : 'neutral'}>
      <CalloutHeading as="h3">{say.text('suggested')}</CalloutHeading>
      <CalloutText>{say.text(`suggest_${key}`, words)}</CalloutText>
    </Callout>
  )
}
