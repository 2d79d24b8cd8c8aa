import type { AgentLine, Agents, QueuedCall } from '../voice/agents.ts'
import { type LocalApi, openLines } from './local-lines.ts'

/** The agents of a running local system: those at the desktops that are attached to its floor. */
export function agentsOf(api: LocalApi): Agents {
  return {
    queue: async ({ callSid, from, to, workflowSid, taskAttributes, taskPriority }: QueuedCall) => {
      if (workflowSid === undefined) return undefined
      const opened = await openLines(api, '/_local/floor/calls', {
        call_sid: callSid,
        from,
        to,
        workflow_sid: workflowSid,
        task_attributes: taskAttributes ?? '{}',
        priority: taskPriority ?? 0,
      })
      if (opened.status !== 200) {
        opened.close()
        return undefined
      }
      return lineOf(opened.lines, opened.close)
    },
  }
}

function lineOf(lines: AsyncIterable<unknown>, hangUp: () => void): AgentLine {
  const states = lines[Symbol.asyncIterator]()
  const reach = async (wanted: readonly string[]): Promise<boolean> => {
    for (let next = await states.next(); !next.done; next = await states.next()) {
      const { state } = next.value as { readonly state: string }
      if (wanted.includes(state)) return state === 'answered'
    }
    return false
  }
  const answered = reach(['answered', 'over'])
  const end = async (): Promise<void> => {
    if (await answered) await reach(['over'])
  }
  return { answered, over: end(), hangUp }
}
