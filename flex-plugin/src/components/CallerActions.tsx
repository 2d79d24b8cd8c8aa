import { Alert } from '@twilio-paste/core/alert'
import { Anchor } from '@twilio-paste/core/anchor'
import { Box } from '@twilio-paste/core/box'
import { Button } from '@twilio-paste/core/button'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import type { ActionNote, CallerState } from '../core/caller-contexts.ts'
import type { Say } from '../strings/say.ts'
import { Candidates } from './Candidates.tsx'
import { ForgetCustomer } from './ForgetCustomer.tsx'

/** What an agent can do about who is calling. */
export interface CallerActionHandlers {
  readonly confirm: () => void
  readonly wrong: () => void
  readonly undo: () => void
  readonly choose: (customerRef: string) => void
  readonly forget: () => void
  readonly copy: (text: string) => void
}

interface CallerActionsProps {
  readonly state: CallerState
  readonly say: Say
  readonly handlers: CallerActionHandlers
  /** Where the customer is found in the CRM, where one is set up. */
  readonly crmUrl: string | undefined
}

const CORRECTABLE: ReadonlySet<string> = new Set(['recognized', 'likely', 'possible'])

/** Confirm, wrong person, choose among several, undo, copy, CRM, forget; and what came of the last of them. */
export function CallerActions({ state, say, handlers, crmUrl }: CallerActionsProps): React.ReactElement {
  const { view, note, correctionId, mayForget } = state
  const { customerRef } = view
  const isBusy = note?.kind === 'busy'
  const isSomebody = customerRef !== undefined && CORRECTABLE.has(view.kind)
  return (
    <Box>
      <Candidates candidates={view.candidates} say={say} isBusy={isBusy} choose={handlers.choose} />
      <Box display="flex" flexWrap="wrap" columnGap="space30" rowGap="space30" alignItems="center">
        {isSomebody ? (
          <>
            <Button variant="secondary" size="small" disabled={isBusy} onClick={handlers.confirm}>
              {say.text('confirm')}
            </Button>
            <Button variant="destructive_secondary" size="small" disabled={isBusy} onClick={handlers.wrong}>
              {say.text('wrong')}
            </Button>
            <Button variant="link" size="small" onClick={() => handlers.copy(customerRef)}>
              {say.text('copy')}
            </Button>
          </>
        ) : null}
        {correctionId === undefined ? null : (
          <Button variant="secondary" size="small" disabled={isBusy} onClick={handlers.undo}>
            {say.text('undo')}
          </Button>
        )}
        {crmUrl === undefined || !isSomebody ? null : (
          <Anchor href={crmUrl} showExternal>
            {say.text('crm')}
          </Anchor>
        )}
      </Box>
      <Box role="status">{note === undefined || isBusy ? null : <NoteText note={note} say={say} />}</Box>
      {mayForget && customerRef !== undefined ? (
        <ForgetCustomer say={say} isBusy={isBusy} forget={handlers.forget} />
      ) : null}
    </Box>
  )
}

function NoteText({
  note,
  say,
}: {
  readonly note: ActionNote
  readonly say: Say
}): React.ReactElement | null {
  switch (note.kind) {
    case 'busy':
    case 'undone':
      return null
    case 'confirmed':
    case 'unlinked':
      return <Text as="p">{say.text(note.kind)}</Text>
    case 'forgotten':
      return <Text as="p">{say.text('forget_done', { count: note.entries })}</Text>
    case 'failed':
      return (
        <Box marginTop="space30">
          <Alert variant="error">
            <Text as="span">{say.text(note.failure === 'denied' ? 'action_denied' : 'action_failed')}</Text>
          </Alert>
        </Box>
      )
  }
}
