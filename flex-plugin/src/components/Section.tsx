import { Box } from '@twilio-paste/core/box'
import { Heading } from '@twilio-paste/core/heading'
import * as React from 'react'

/** A part of the panel under its own heading. */
export function Section(props: {
  readonly title: string
  readonly children: React.ReactNode
}): React.ReactElement {
  return (
    <Box>
      <Box marginBottom="space30">
        <Heading as="h3" variant="heading40" marginBottom="space0">
          {props.title}
        </Heading>
      </Box>
      {props.children}
    </Box>
  )
}
