import type * as Flex from '@twilio/flex-ui'
import * as React from 'react'
import { CallerContext } from '../components/CallerContext.tsx'
import type { PanelServices } from '../components/CallerContext.tsx'
import type { Settings } from '../core/settings.ts'
import { panelTaskOf } from './panel-task.ts'

interface SlotProps {
  readonly task?: Flex.ITask
  /** Flex reads both of a tab's element. */
  readonly label?: string
  readonly uniqueName?: string
}

const KEY = 'caller-context'
const hasCall = (props: { readonly task?: Flex.ITask }): boolean => panelTaskOf(props.task) !== undefined

/** Puts the panel where the settings say, and into the Teams view for supervisors. */
export function fillSlots(flex: typeof Flex, settings: Settings, services: PanelServices): void {
  const { say } = services
  const Panel = panelFor(flex, services, false)
  const Watched = panelFor(flex, services, true)
  const title = say.text('title')
  const first = { sortOrder: -1, if: hasCall }
  if (settings.slot === 'crm') flex.CRMContainer.Content.replace(<Panel key={KEY} />, first)
  if (settings.slot === 'crm-add') flex.CRMContainer.Content.add(<Panel key={KEY} />, first)
  if (settings.slot === 'tab') {
    flex.TaskCanvasTabs.Content.add(<Panel key={KEY} uniqueName="callerContext" label={title} />, first)
  }
  if (settings.slot === 'crm-tab') addCrmTab(flex, title, <Panel key={KEY} />)
  if (settings.supervisor) {
    flex.Supervisor.TaskCanvasTabs.Content.add(
      <Watched key={`${KEY}-supervisor`} uniqueName="callerContext" label={title} />,
      { sortOrder: 10, if: hasCall },
    )
  }
}

/** What flex-project-template's enhanced CRM container asks its listeners for. */
interface CrmTabsPayload {
  readonly task?: Flex.ITask
  readonly components?: unknown[]
}

/**
 * FLEX: with the feature enhanced-crm-container of Twilio's flex-project-template the CRM area belongs to that
 * plugin, which asks for tabs before it draws (its documentation, read 2026-11). Without it nobody ever asks.
 */
function addCrmTab(flex: typeof Flex, title: string, component: React.ReactElement): void {
  flex.Actions.addListener('beforeLoadCRMContainerTabs', ({ task, components }: CrmTabsPayload) => {
    if (Array.isArray(components) && panelTaskOf(task)) components.push({ title, order: -1, component })
  })
}

function panelFor(
  flex: typeof Flex,
  services: PanelServices,
  readOnly: boolean,
): React.ComponentType<SlotProps> {
  const Panel = ({ task }: SlotProps): React.ReactElement | null => {
    const shown = panelTaskOf(task)
    return shown ? (
      <CallerContext key={shown.taskSid} task={shown} services={services} readOnly={readOnly} />
    ) : null
  }
  return flex.withTaskContext(Panel)
}
