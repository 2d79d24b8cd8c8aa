import { newSid } from '../../sid.ts'
import type { Workspace } from '../taskrouter/model.ts'
import type { TaskRouter } from '../taskrouter/store.ts'

/** The one floor of the local system. */
export interface LocalFloor {
  readonly workspace: Workspace
  readonly workflowSid: string
  readonly queueSid: string
  /** Desktops that are attached. */
  attached: number
}

// Invented people. The first takes calls at once; the others once they are set to Available.
const PEOPLE = [
  { email: 'avery@example.com', name: 'Avery Agent', phone: '+12025550150', roles: ['agent'] },
  { email: 'sam@example.com', name: 'Sam Second', phone: '+12025550151', roles: ['agent'] },
  { email: 'robin@example.com', name: 'Robin Lead', phone: '+12025550152', roles: ['supervisor'] },
]

/** Opens a floor with invented people on it. Its events go to the functions at this address. */
export function openFloor(router: TaskRouter, functionsUrl: string): LocalFloor {
  const workspace = router.createWorkspace(
    'Flex on this machine',
    `${functionsUrl}/task-event#rc=5&rp=4xx,5xx,ct,rt`,
  )
  const offline = workspace.activities.at(-1)?.sid
  for (const [place, { email, name, phone, roles }] of PEOPLE.entries()) {
    // With a telephone as contact the browser need not carry the sound, which it cannot here.
    const attributes = JSON.stringify({ full_name: name, email, contact_uri: phone, roles })
    router.createWorker(workspace, email, attributes, place === 0 ? undefined : offline)
  }
  return { workspace, workflowSid: newSid('WW'), queueSid: newSid('WQ'), attached: 0 }
}
