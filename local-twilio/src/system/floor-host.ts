import type { FloorHost } from '../rest/floor/floor-routes.ts'

/** The floor's hold on the functions, once they run. */
export interface FunctionsFloorHost extends FloorHost {
  readonly functionsReady: (url: string) => void
}

/**
 * Lets the floor change the environment of running functions: while agents are there, calls go to their workflow
 * and their desktops may ask. Afterwards everything is as the developer set it.
 */
export function createFloorHost(environment: Record<string, string>): FunctionsFloorHost {
  const { WORKFLOW_SID: workflow, FLEX_ORIGINS: origins } = environment
  const state = { functionsUrl: '' }
  return {
    functionsReady: (url) => {
      state.functionsUrl = url
    },
    functionsUrl: () => state.functionsUrl,
    staff: ({ workspaceSid, workflowSid }, desks) => {
      // Stays: a wrap-up may come when the last desktop has gone.
      environment['TASKROUTER_WORKSPACE_SID'] = workspaceSid
      environment['WORKFLOW_SID'] = isSet(workflow) ? workflow : workflowSid
      environment['FLEX_ORIGINS'] = [...(isSet(origins) ? [origins] : []), ...desks].join(',')
    },
    close: () => {
      environment['WORKFLOW_SID'] = workflow ?? ''
      environment['FLEX_ORIGINS'] = origins ?? ''
    },
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value !== 'none'
}
