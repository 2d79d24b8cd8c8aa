import type { FloorEvent } from '../../flex/floor.ts'
import type { Task, Worker } from '../taskrouter/model.ts'
import { viewReservation, viewWorker } from './floor-view.ts'

/** Tells desktops and callers what happens in TaskRouter. */
export interface FloorFeed {
  /** To be told of every event of a task. */
  readonly noteTask: (task: Task) => void
  readonly noteWorker: (worker: Worker) => void
  /** Answers how to stop. */
  readonly listen: (listener: FloorListener) => () => void
}

/** What a listener is told of. */
export interface FloorListener {
  readonly onEvent?: (event: FloorEvent) => void
  readonly onTask?: (task: Task) => void
}

/**
 * Creates a feed. An event is passed on when the change that caused it is complete, with everything as it then is:
 * TaskRouter tells of a reservation before its task has followed.
 */
export function createFloorFeed(): FloorFeed {
  const listeners = new Set<FloorListener>()
  const told = new WeakMap<object, string>()
  const changed = new Set<Task>()
  const flush = (): void => {
    const tasks = [...changed]
    changed.clear()
    for (const task of tasks) {
      for (const event of eventsOf(task, told)) for (const { onEvent } of listeners) onEvent?.(event)
      for (const { onTask } of listeners) onTask?.(task)
    }
  }
  return {
    noteTask: (task) => {
      if (changed.size === 0) queueMicrotask(flush)
      changed.add(task)
    },
    noteWorker: (worker) => {
      for (const { onEvent } of listeners) onEvent?.({ kind: 'worker', worker: viewWorker(worker) })
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** What is new about each reservation of a task. A finished one hears nothing more of its task. */
function eventsOf(task: Task, told: WeakMap<object, string>): readonly FloorEvent[] {
  return [...task.reservations.values()].flatMap((held): readonly FloorEvent[] => {
    const before = told.get(held)
    told.set(held, held.status)
    const reservation = viewReservation(held, task)
    if (before !== held.status) return [{ kind: 'reservation', reservation }]
    return OPEN.has(held.status) ? [{ kind: 'task', reservation }] : []
  })
}

/** States of a reservation that a desktop still shows. */
export const OPEN: ReadonlySet<string> = new Set(['pending', 'accepted', 'wrapping'])
