import { Badge } from '@twilio-paste/core/badge'
import { Box } from '@twilio-paste/core/box'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import type { OpenMatter, SettledMatter } from '../core/view.ts'
import type { Say } from '../strings/say.ts'
import { matterText } from './Contacts.tsx'
import { Section } from './Section.tsx'

/** What is not settled, with how often the caller has tried. */
export function OpenMatters(props: {
  readonly matters: readonly OpenMatter[]
  readonly say: Say
}): React.ReactElement | null {
  const { matters, say } = props
  if (matters.length === 0) return null
  return (
    <Section title={say.text('open')}>
      <Box as="ul" margin="space0" paddingLeft="space60">
        {matters.map(({ intent, attempts }) => (
          <Box as="li" key={intent} marginBottom="space30">
            <Text as="span" fontWeight="fontWeightSemibold">
              {say.label(intent)}
            </Text>{' '}
            <Badge as="span" variant={attempts > 1 ? 'warning' : 'neutral'}>
              {say.counted('attempts', attempts)}
            </Badge>
          </Box>
        ))}
      </Box>
    </Section>
  )
}

/** What was settled lately or has expired, folded: it may come up again. */
export function SettledMatters(props: {
  readonly matters: readonly SettledMatter[]
  readonly say: Say
}): React.ReactElement | null {
  const { matters, say } = props
  if (matters.length === 0) return null
  return (
    <Box as="details">
      <Box as="summary" cursor="pointer" marginBottom="space30" color="colorTextLink">
        {say.text('settled')}
      </Box>
      <Box as="ul" margin="space0" paddingLeft="space60">
        {matters.map((matter) => (
          <Box as="li" key={`${matter.intent}-${matter.settledAt}`}>
            <Text as="span">{`${matterText(matter, say)} · ${say.date(matter.settledAt)}`}</Text>
          </Box>
        ))}
      </Box>
    </Box>
  )
}
