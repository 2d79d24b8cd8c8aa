import { newSid } from '../../local-twilio/src/sid.ts'
import type { CallPlan, Course } from './plan.ts'

type Form = Readonly<Record<string, string>>

/** What TaskRouter tells of a call's task, and what its agents send. */
export interface TaskStory {
  readonly messages: readonly Form[]
  readonly wrapUps: readonly Form[]
  /** The notes of the wrap-ups. */
  readonly notes: readonly string[]
}

/** The words of one agent about one task. */
function noteOf(taskSid: string, agent: string): string {
  return `note ${taskSid.slice(2)} ${agent}`
}

/** Tells the story of a task in the order in which it would come without mishap. */
export function tellTask(taskSid: string, attributes: object, { course, label }: CallPlan): TaskStory {
  const sids = { anna: newSid('WR'), boris: newSid('WR'), task: taskSid }
  const draft = course === 'tab-closed' ? { conversations: { content: noteOf(taskSid, 'draft') } } : {}
  const agents = course === 'transferred' ? (['anna', 'boris'] as const) : (['anna'] as const)
  const writers = course === 'wrapped-up' || course === 'transferred' ? agents : []
  return {
    messages: STEPS[course].map(([type, of]) => ({
      EventType: type,
      TaskSid: taskSid,
      ResourceSid: sids[of],
      TaskAttributes: JSON.stringify({ ...attributes, ...draft }),
    })),
    wrapUps: writers.map((agent) => ({
      reservation_sid: sids[agent],
      save_id: `${agent}-1`,
      notes: noteOf(taskSid, agent),
      intent: label,
      intent_status: 'open',
    })),
    notes: writers.map((agent) => noteOf(taskSid, agent)),
  }
}

type Step = readonly [string, 'anna' | 'boris' | 'task']

const ANNA_TAKES: Step = ['reservation.accepted', 'anna']
const ANNA_WRAPS: Step = ['reservation.wrapup', 'anna']
const ANNA_LEAVES: Step = ['reservation.completed', 'anna']
const OVER: Step = ['task.completed', 'task']

const STEPS: Readonly<Record<Course, readonly Step[]>> = {
  alone: [],
  'gave-up': [['task.canceled', 'task']],
  'wrapped-up': [ANNA_TAKES, ANNA_WRAPS, ANNA_LEAVES, OVER],
  'tab-closed': [ANNA_TAKES, ANNA_WRAPS, ANNA_LEAVES, OVER],
  'auto-wrapped': [ANNA_TAKES, ANNA_LEAVES, OVER],
  transferred: [
    ANNA_TAKES,
    ['reservation.accepted', 'boris'],
    ANNA_LEAVES,
    ['reservation.completed', 'boris'],
    OVER,
  ],
}
