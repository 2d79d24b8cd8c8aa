import { Box } from '@twilio-paste/core/box'
import { Button } from '@twilio-paste/core/button'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import type { CandidateView } from '../core/view.ts'
import type { Say } from '../strings/say.ts'

/** The people who may be calling from a shared number, to choose from. */
export function Candidates(props: {
  readonly candidates: readonly CandidateView[]
  readonly say: Say
  readonly isBusy: boolean
  readonly choose: (customerRef: string) => void
}): React.ReactElement | null {
  const { candidates, say, isBusy, choose } = props
  if (candidates.length === 0) return null
  return (
    <Box as="ol" margin="space0" marginBottom="space40" paddingLeft="space60">
      {candidates.map(({ customerRef, lastContactAt, confidence }, place) => {
        const person = say.text('candidate', {
          number: place + 1,
          date: say.date(lastContactAt),
          percent: Math.round(confidence * 100),
        })
        return (
          <Box as="li" key={customerRef} marginBottom="space30">
            <Text as="span">{person}</Text>{' '}
            <Button
              variant="secondary"
              size="small"
              disabled={isBusy}
              aria-label={`${say.text('choose')}: ${person}`}
              onClick={() => choose(customerRef)}
            >
              {say.text('choose')}
            </Button>
          </Box>
        )
      })}
    </Box>
  )
}
