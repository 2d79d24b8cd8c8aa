import { Badge } from '@twilio-paste/core/badge'
import { Box } from '@twilio-paste/core/box'
import { Heading } from '@twilio-paste/core/heading'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import type { CallerKind, CallerView } from '../core/view.ts'
import type { Say } from '../strings/say.ts'

type BadgeVariant = 'success' | 'info' | 'warning' | 'neutral' | 'error'

const VARIANTS: Readonly<Record<CallerKind, BadgeVariant>> = {
  recognized: 'success',
  likely: 'info',
  possible: 'warning',
  confirmed: 'success',
  unlinked: 'warning',
  shared: 'warning',
  new: 'neutral',
  withheld: 'neutral',
  unavailable: 'error',
  unasked: 'neutral',
}

/** The API's bands, in words. */
function levelKey(confidence: number): 'very_high' | 'high' | 'medium' | 'low' {
  if (confidence >= 0.9) return 'very_high'
  if (confidence >= 0.7) return 'high'
  return confidence >= 0.5 ? 'medium' : 'low'
}

/** Who is calling and how sure that is, at first glance. */
export function IdentityHeader(props: {
  readonly view: CallerView
  readonly say: Say
  readonly headingId: string
}): React.ReactElement {
  const { view, say, headingId } = props
  const { kind, confidence, isVip } = view
  return (
    <Box>
      <Box
        display="flex"
        alignItems="center"
        justifyContent="space-between"
        flexWrap="wrap"
        columnGap="space40"
        rowGap="space30"
      >
        <Heading as="h2" variant="heading30" marginBottom="space0" id={headingId}>
          {say.text(`kind_${kind}`)}
        </Heading>
        {isVip ? (
          <Badge as="span" variant="neutral">
            {say.text('vip')}
          </Badge>
        ) : null}
        {confidence === undefined ? null : (
          <Badge as="span" variant={VARIANTS[kind]}>
            {`${say.text('confidence', { percent: Math.round(confidence * 100) })} · ${say.text(`level_${levelKey(confidence)}`)}`}
          </Badge>
        )}
      </Box>
      <Box role="status" aria-live="polite">
        <Text as="p" color="colorTextWeak" marginTop="space20">
          {say.text(`explain_${kind}`)}
        </Text>
      </Box>
    </Box>
  )
}
