import { CATALOGUE } from '../../catalogue/catalogue.ts'
import { FlowStop } from '../run-end.ts'
import { type Moment, settle, type WidgetOutcome } from './moment.ts'
import { hangUp } from './speech.ts'

/** A widget whose event somebody else decides: the run's `outside`, or what usually happens. */
export function outsideEvent(moment: Moment): WidgetOutcome {
  const { state, execution, visit } = moment
  if (execution.hungUp && CATALOGUE.get(state.type)?.twiml) return hangUp(moment)
  const events = state.transitions.map(({ event }) => event)
  const told = execution.outside({ widget: state.name, type: state.type, events, visit })
  if (told?.event === 'hang-up') return hangUp(moment)
  const usual = told ?? { event: Object.keys(CATALOGUE.get(state.type)?.events ?? {})[0] ?? '' }
  if (usual.event === '') {
    throw new FlowStop({ kind: 'broken', widget: state.name, why: 'no event is known for this widget' })
  }
  return { event: usual.event, output: usual.output ?? {} }
}

/** A widget of a type that is not modelled. */
export function unmodelled(moment: Moment): WidgetOutcome {
  settle(moment, 'unmodelled-widget', `the type ${moment.state.type} is not modelled`)
  const [first] = moment.state.transitions
  const told = moment.execution.outside({
    widget: moment.state.name,
    type: moment.state.type,
    events: moment.state.transitions.map(({ event }) => event),
    visit: moment.visit,
  })
  return { event: told?.event ?? first?.event ?? '', output: told?.output ?? {} }
}
