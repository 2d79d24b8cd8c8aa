import type { Say } from './say.ts'
import type { Disposition } from '../core/settings.ts'

/** The outcomes to pick from where the settings name none. */
export function defaultDispositions(say: Say): readonly Disposition[] {
  return [
    { value: 'resolved', label: say.text('disposition_resolved') },
    { value: 'follow_up', label: say.text('disposition_follow_up') },
    { value: 'escalated', label: say.text('disposition_escalated') },
    { value: 'caller_left', label: say.text('disposition_caller_left') },
  ]
}
