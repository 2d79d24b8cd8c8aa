import { Box } from '@twilio-paste/core/box'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import type { Evidence } from '../core/evidence.ts'
import type { Say } from '../strings/say.ts'
import { Section } from './Section.tsx'

/** The reasons for the confidence, in plain words. */
export function Why(props: {
  readonly evidence: readonly Evidence[]
  readonly say: Say
}): React.ReactElement | null {
  const { evidence, say } = props
  if (evidence.length === 0) return null
  return (
    <Section title={say.text('why')}>
      <Box as="ul" margin="space0" paddingLeft="space60">
        {evidence.map((reason) => (
          <Box as="li" key={say.evidence(reason)}>
            <Text as="span">{say.evidence(reason)}</Text>
          </Box>
        ))}
      </Box>
    </Section>
  )
}
