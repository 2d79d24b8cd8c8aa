import { Alert } from '@twilio-paste/core/alert'
import { Box } from '@twilio-paste/core/box'
import { Button } from '@twilio-paste/core/button'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import type { CallerContexts, CallerState, TaskFacts } from '../core/caller-contexts.ts'
import { crmLink } from '../core/crm-link.ts'
import type { Settings } from '../core/settings.ts'
import type { WrapUps, WrapUpTask } from '../core/wrap-ups.ts'
import type { Say } from '../strings/say.ts'
import { CallerActions } from './CallerActions.tsx'
import type { CallerActionHandlers } from './CallerActions.tsx'
import { CallerContextPanel } from './CallerContextPanel.tsx'
import { Contained } from './Contained.tsx'
import { useStore } from './use-store.ts'
import { WrapUpForm } from './WrapUpForm.tsx'

/** What every panel on this desktop works with. */
export interface PanelServices {
  readonly contexts: CallerContexts
  readonly wrapUps: WrapUps
  readonly settings: Settings
  readonly say: Say
  readonly now: () => Date
  readonly copy: (text: string) => void
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
  const { task, services } = props
  const crashed = (
    <Box padding="space60">
      <Alert variant="error">
        <Text as="span">{services.say.text('crashed')}</Text>
      </Alert>
    </Box>
  )
  return (
    <Contained instead={crashed} resetKey={task.taskSid}>
      <Live {...props} />
    </Contained>
  )
}

function Live({ task, services, readOnly = false }: CallerContextProps): React.ReactElement {
  const { contexts, wrapUps, settings, say, now } = services
  useStore(contexts)
  useStore(wrapUps)
  React.useEffect(() => {
    void contexts.load(task)
    // Another call on the same task would be another task: its SID is what matters.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [contexts, task.taskSid])
  const state = contexts.read(task)
  const { view } = state
  const handlers = handlersFor(task, services)
  const crmUrl =
    settings.crmUrl === undefined || view.customerRef === undefined
      ? undefined
      : crmLink(settings.crmUrl, settings.crmHosts, {
          customer_ref: view.customerRef,
          call_sid: task.callSid,
        })
  return (
    <CallerContextPanel
      view={view}
      isLoading={state.live === 'loading'}
      say={say}
      now={now()}
      notice={<Notice state={state} say={say} retry={() => void contexts.load(task)} />}
      {...(!readOnly && {
        actions: <CallerActions state={state} say={say} handlers={handlers} crmUrl={crmUrl} />,
        isWrappingUp: task.stage === 'wrapping',
        wrapUp:
          task.stage === 'ringing' ? null : (
            <WrapUpForm
              draft={wrapUps.draftOf(task)}
              dispositions={settings.dispositions}
              say={say}
              change={(draft) => wrapUps.change(task, draft)}
            />
          ),
      })}
    />
  )
}

function handlersFor(task: PanelTask, { contexts, copy }: PanelServices): CallerActionHandlers {
  return {
    confirm: () => void contexts.correct(task, 'right_person'),
    wrong: () => void contexts.correct(task, 'wrong_person'),
    undo: () => void contexts.correct(task, 'undo'),
    choose: (customerRef) => void contexts.correct(task, 'another', customerRef),
    forget: () => void contexts.forget(task),
    copy,
  }
}

function Notice(props: {
  readonly state: CallerState
  readonly say: Say
  readonly retry: () => void
}): React.ReactElement | null {
  const { state, say, retry } = props
  const waiting = (state.pendingSaves?.pending ?? 0) + (state.pendingSaves?.set_aside ?? 0)
  const isFailed = state.live !== 'loading' && state.live !== 'loaded'
  if (!isFailed && waiting === 0) return null
  return (
    <Alert variant={isFailed ? 'warning' : 'neutral'}>
      <Text as="span">
        {isFailed ? say.text('live_failed') : say.text('save_pending', { count: waiting })}
      </Text>{' '}
      {isFailed ? (
        <Button variant="link" size="small" onClick={retry}>
          {say.text('retry')}
        </Button>
      ) : null}
    </Alert>
  )
}
