import { Alert } from '@twilio-paste/core/alert'
import { Anchor } from '@twilio-paste/core/anchor'
import { Box } from '@twilio-paste/core/box'
import { Button } from '@twilio-paste/core/button'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import type { ActionNote, CallerState } from '../core/caller-contexts.ts'
import type { TextKey } from '../strings/en.ts'
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

/** Only of somebody who was named can an agent say that it is them, or not. */
const CONFIRMABLE: ReadonlySet<string> = new Set(['recognized', 'likely', 'possible'])

/** Confirm, wrong person, choose among several, undo, copy, CRM, forget; and what came of the last of them. */
export function CallerActions({ state, say, handlers, crmUrl }: CallerActionsProps): React.ReactElement {
  const { view, note, correctionId, mayForget } = state
  const { customerRef } = view
  const isBusy = note?.kind === 'busy'
  const isNamed = customerRef !== undefined && (CONFIRMABLE.has(view.kind) || view.kind === 'confirmed')
  return (
    <Box>
      <Candidates candidates={choicesOf(view)} say={say} isBusy={isBusy} choose={handlers.choose} />
      <Box display="flex" flexWrap="wrap" columnGap="space30" rowGap="space30" alignItems="center">
        {isNamed && view.kind !== 'confirmed' ? (
          <Button variant="secondary" size="small" disabled={isBusy} onClick={handlers.confirm}>
            {say.text('confirm')}
          </Button>
        ) : null}
        {isNamed ? (
          <>
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
        {crmUrl === undefined || !isNamed ? null : (
          <Anchor href={crmUrl} showExternal>
            {say.text('crm')}
          </Anchor>
        )}
      </Box>
      <Box role="status" aria-live="polite">
        {note === undefined ? null : <NoteText note={note} say={say} />}
      </Box>
      {mayForget && customerRef !== undefined ? (
        <ForgetCustomer say={say} isBusy={isBusy} forget={handlers.forget} />
      ) : null}
    </Box>
  )
}

/** Somebody to choose from: one of several, or whoever is left when it was not the one. */
function choicesOf({ kind, candidates }: CallerState['view']): CallerState['view']['candidates'] {
  if (kind === 'shared' || kind === 'unlinked') return candidates
  return []
}

function NoteText({ note, say }: { readonly note: ActionNote; readonly say: Say }): React.ReactElement {
  switch (note.kind) {
    case 'forgotten': {
      const done = say.text('forget_done', { count: note.entries, date: say.date(note.at) })
      return <Text as="p">{note.complete ? done : `${done} ${say.text('forget_incomplete')}`}</Text>
    }
    case 'failed':
      return (
        <Box marginTop="space30">
          <Alert variant="error">
            <Text as="span">{say.text(failureText(note))}</Text>
          </Alert>
        </Box>
      )
    case 'busy':
    case 'confirmed':
    case 'unlinked':
    case 'undone':
    case 'copied':
    case 'copy_failed':
      return <Text as="p">{say.text(note.kind)}</Text>
  }
}

function failureText({ failure, code }: Extract<ActionNote, { kind: 'failed' }>): TextKey {
  if (code === 'CM_MEMORY_UNSUPPORTED') return 'action_unsupported'
  switch (failure) {
    case 'denied':
      return 'action_denied'
    case 'refused':
      return 'action_refused'
    case 'unavailable':
      return 'action_failed'
  }
}
