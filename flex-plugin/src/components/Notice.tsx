import { Alert } from '@twilio-paste/core/alert'
import { Box } from '@twilio-paste/core/box'
import { Button } from '@twilio-paste/core/button'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import type { CallerState } from '../core/caller-contexts.ts'
import type { Outbox, RefusedJob } from '../core/outbox.ts'
import type { TextKey } from '../strings/en.ts'
import { refusalText } from '../strings/refusal.ts'
import type { Say } from '../strings/say.ts'
import { useStore } from './use-store.ts'

interface NoticeProps {
  readonly state: CallerState
  readonly outbox: Outbox
  readonly say: Say
  /** A supervisor looks on: what waits in this browser is not the agent's. */
  readonly readOnly: boolean
  readonly retry: () => void
  readonly copy: (text: string) => void
}

const FAILURES: Readonly<Record<'denied' | 'unavailable' | 'refused', TextKey>> = {
  denied: 'live_denied',
  unavailable: 'live_failed',
  refused: 'live_refused',
}

/** What the agent has to know before all else: what could not be loaded, and what is not saved yet. */
export function Notice(props: NoticeProps): React.ReactElement | null {
  const { state, outbox, say, readOnly, retry, copy } = props
  useStore(outbox)
  const { live } = state
  const waiting = waitingTexts(state, readOnly ? 0 : outbox.pending().length, say)
  const refused = readOnly ? [] : outbox.refused()
  const isFailed = live !== 'loading' && live !== 'loaded'
  if (!isFailed && waiting.length === 0 && refused.length === 0) return null
  return (
    <Box display="flex" flexDirection="column" rowGap="space40">
      {isFailed ? (
        <Alert variant="warning">
          <Text as="span">{say.text(FAILURES[live])}</Text>{' '}
          {live === 'refused' ? null : (
            <Button variant="link" size="small" onClick={retry}>
              {say.text('retry')}
            </Button>
          )}
        </Alert>
      ) : null}
      {waiting.length === 0 ? null : (
        <Alert variant="neutral">
          <Text as="span">{waiting.join(' ')}</Text>
        </Alert>
      )}
      {refused.length === 0 ? null : <Refused jobs={refused} outbox={outbox} say={say} copy={copy} />}
    </Box>
  )
}

function waitingTexts({ pendingSaves }: CallerState, here: number, say: Say): readonly string[] {
  const { pending = 0, set_aside = 0 } = pendingSaves ?? {}
  return [
    ...(here > 0 ? [say.counted('waiting_here', here)] : []),
    ...(pending > 0 ? [say.counted('waiting_server', pending)] : []),
    ...(set_aside > 0 ? [say.counted('set_aside', set_aside)] : []),
  ]
}

function Refused(props: {
  readonly jobs: readonly RefusedJob[]
  readonly outbox: Outbox
  readonly say: Say
  readonly copy: (text: string) => void
}): React.ReactElement {
  const { jobs, outbox, say, copy } = props
  const again = (): void => {
    outbox.retryRefused()
    void outbox.flush().catch(() => undefined)
  }
  const reasons = [...new Set(jobs.map(({ reason }) => refusalText(reason, say)))]
  return (
    <Alert variant="error">
      <Text as="span">{[say.counted('refused_here', jobs.length), ...reasons].join(' ')}</Text>
      <Box display="flex" flexWrap="wrap" columnGap="space30" rowGap="space20" marginTop="space30">
        <Button variant="secondary" size="small" onClick={() => copy(notesOf(jobs))}>
          {say.text('copy_notes')}
        </Button>
        <Button variant="secondary" size="small" onClick={again}>
          {say.text('retry')}
        </Button>
        <Button variant="destructive_secondary" size="small" onClick={outbox.discardRefused}>
          {say.text('discard')}
        </Button>
      </Box>
    </Alert>
  )
}

function notesOf(jobs: readonly RefusedJob[]): string {
  return jobs
    .map(({ fields }) => [fields['call_sid'], fields['intent'], fields['notes']].filter(Boolean).join('\n'))
    .join('\n\n')
}
