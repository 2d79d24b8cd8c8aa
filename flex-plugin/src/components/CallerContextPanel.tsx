import { Box } from '@twilio-paste/core/box'
import { SkeletonLoader } from '@twilio-paste/core/skeleton-loader'
import { Stack } from '@twilio-paste/core/stack'
import { useUID } from '@twilio-paste/core/uid-library'
import * as React from 'react'
import { isSomebody } from '../core/view.ts'
import type { CallerView } from '../core/view.ts'
import type { Say } from '../strings/say.ts'
import { Contacts } from './Contacts.tsx'
import { Facts } from './Facts.tsx'
import { IdentityHeader } from './IdentityHeader.tsx'
import { OpenMatters, SettledMatters } from './OpenMatters.tsx'
import { Remembered } from './Remembered.tsx'
import { Suggested } from './Suggested.tsx'
import { Why } from './Why.tsx'

/** What the panel shows. */
export interface CallerContextPanelProps {
  readonly view: CallerView
  /** Whether more than the task carries is being loaded. */
  readonly isLoading: boolean
  readonly say: Say
  readonly now: Date
  /** Buttons and forms, where there are any: a supervisor only looks. */
  readonly actions?: React.ReactNode
  readonly wrapUp?: React.ReactNode
  /** Whether the talk is over: then the form comes first. */
  readonly isWrappingUp?: boolean
  /** Said above everything else: a history that could not be loaded, saves that wait. */
  readonly notice?: React.ReactNode
}

/** Everything that is known of a caller, in the order in which an agent needs it. */
export function CallerContextPanel(props: CallerContextPanelProps): React.ReactElement {
  const { view, isLoading, say, now, actions, wrapUp, isWrappingUp = false, notice } = props
  const headingId = useUID()
  const hasPast = view.customerRef !== undefined && isSomebody(view.kind)
  return (
    <Box
      as="section"
      aria-labelledby={headingId}
      aria-busy={isLoading}
      padding="space60"
      overflowY="auto"
      height="100%"
      element="CALLER_CONTEXT"
    >
      <Stack orientation="vertical" spacing="space60">
        <IdentityHeader view={view} say={say} headingId={headingId} />
        {notice}
        <Suggested suggestion={view.suggestion} say={say} />
        {actions}
        {isWrappingUp ? wrapUp : null}
        <OpenMatters matters={view.openMatters} say={say} />
        <SettledMatters matters={view.settledMatters} say={say} />
        <Facts view={view} say={say} />
        <Why evidence={view.evidence} say={say} />
        <Remembered values={view.values} say={say} />
        {isWrappingUp ? null : wrapUp}
        {hasPast && !isLoading ? <Contacts contacts={view.contacts} say={say} now={now} /> : null}
        {hasPast && isLoading ? <Loading say={say} /> : null}
      </Stack>
    </Box>
  )
}

function Loading(props: { readonly say: Say }): React.ReactElement {
  return (
    <Box role="status" aria-label={props.say.text('loading')}>
      <Stack orientation="vertical" spacing="space40">
        <SkeletonLoader height="24px" width="40%" />
        <SkeletonLoader height="64px" />
      </Stack>
    </Box>
  )
}
