import { Alert } from '@twilio-paste/core/alert'
import { Box } from '@twilio-paste/core/box'
import { Button } from '@twilio-paste/core/button'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import type { CallerContexts, TaskFacts } from '../core/caller-contexts.ts'
import { crmLink } from '../core/crm-link.ts'
import type { Outbox } from '../core/outbox.ts'
import type { Disposition, Settings } from '../core/settings.ts'
import type { WrapUps, WrapUpTask } from '../core/wrap-ups.ts'
import type { Say } from '../strings/say.ts'
import { CallerActions } from './CallerActions.tsx'
import type { CallerActionHandlers } from './CallerActions.tsx'
import { CallerContextPanel } from './CallerContextPanel.tsx'
import { Contained } from './Contained.tsx'
import { Notice } from './Notice.tsx'
import { useStore } from './use-store.ts'
import { WrapUpForm } from './WrapUpForm.tsx'

/** What every panel on this desktop works with. */
export interface PanelServices {
  readonly contexts: CallerContexts
  readonly wrapUps: WrapUps
  readonly outbox: Outbox
  readonly settings: Pick<Settings, 'crmUrl' | 'crmHosts'>
  readonly dispositions: readonly Disposition[]
  readonly say: Say
  readonly now: () => Date
  /** Resolves to whether the browser let it. */
  readonly copy: (text: string) => Promise<boolean>
}

/** A task as the panel needs it. */
export interface PanelTask extends TaskFacts, WrapUpTask {
  readonly attributes: unknown
  /** How far the agent is with it. A ringing call has no form yet. */
  readonly stage: 'ringing' | 'live' | 'wrapping'
}

interface CallerContextProps {
  readonly task: PanelTask
  readonly services: PanelServices
  /** A supervisor looks on: no buttons, no form. */
  readonly readOnly?: boolean
}

/** The panel of one task, live. A fault inside shows a sentence and leaves Flex alone. */
export function CallerContext(props: CallerContextProps): React.ReactElement {
  const { say } = props.services
  const instead = (retry: () => void): React.ReactElement => (
    <Box padding="space60">
      <Alert variant="error">
        <Text as="span">{say.text('crashed')}</Text>{' '}
        <Button variant="link" size="small" onClick={retry}>
          {say.text('retry')}
        </Button>
      </Alert>
    </Box>
  )
  return (
    <Contained key={props.task.taskSid} instead={instead}>
      <Live {...props} />
    </Contained>
  )
}

function Live({ task, services, readOnly = false }: CallerContextProps): React.ReactElement {
  const { contexts, wrapUps, outbox, say, now } = services
  useStore(contexts)
  useStore(wrapUps)
  React.useEffect(() => {
    void contexts.load(task)
    // A task's attributes change all the time; what is asked for is the call.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [contexts, task.taskSid, task.callSid])
  const state = contexts.read(task)
  const handlers = handlersFor(task, services)
  const notice = (
    <Notice
      state={state}
      outbox={outbox}
      say={say}
      readOnly={readOnly}
      retry={() => void contexts.load(task)}
      copy={handlers.copy}
    />
  )
  const forAgents = readOnly
    ? {}
    : {
        actions: (
          <CallerActions
            state={state}
            say={say}
            handlers={handlers}
            crmUrl={crmUrlOf(task, state.view.customerRef, services)}
          />
        ),
        isWrappingUp: task.stage === 'wrapping',
        wrapUp: task.stage === 'ringing' ? null : <Form task={task} services={services} />,
      }
  return (
    <CallerContextPanel
      view={state.view}
      isLoading={state.live === 'loading'}
      say={say}
      now={now()}
      notice={notice}
      {...forAgents}
    />
  )
}

function Form({ task, services }: Omit<CallerContextProps, 'readOnly'>): React.ReactElement {
  const { wrapUps, dispositions, say } = services
  return (
    <WrapUpForm
      draft={wrapUps.draftOf(task)}
      dispositions={dispositions}
      say={say}
      change={(draft) => wrapUps.change(task, draft)}
    />
  )
}

function crmUrlOf(
  task: PanelTask,
  customerRef: string | undefined,
  { settings: { crmUrl, crmHosts } }: PanelServices,
): string | undefined {
  if (crmUrl === undefined || customerRef === undefined) return undefined
  return crmLink(crmUrl, crmHosts, { customer_ref: customerRef, call_sid: task.callSid })
}

function handlersFor(task: PanelTask, { contexts, copy }: PanelServices): CallerActionHandlers {
  return {
    confirm: () => void contexts.correct(task, 'right_person'),
    wrong: () => void contexts.correct(task, 'wrong_person'),
    undo: () => void contexts.correct(task, 'undo'),
    choose: (customerRef) => void contexts.correct(task, 'another', customerRef),
    forget: () => void contexts.forget(task),
    copy: (text) =>
      void copy(text).then((isCopied) => contexts.note(task, { kind: isCopied ? 'copied' : 'copy_failed' })),
  }
}
