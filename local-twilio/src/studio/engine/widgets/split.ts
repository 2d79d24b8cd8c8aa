import { holds } from '../../predicates.ts'
import type { Condition } from '../../flow.ts'
import { type Moment, settle, type WidgetOutcome } from './moment.ts'

/** Takes the transition whose condition is true. */
export function splitBasedOn(moment: Moment): WidgetOutcome {
  const { transitions } = moment.state
  const hits = transitions.flatMap((transition, index) =>
    transition.event === 'match' &&
    transition.conditions?.length &&
    transition.conditions.every(isTrue(moment))
      ? [index]
      : [],
  )
  const [first] = hits
  if (first === undefined) return { event: 'noMatch' }
  const targets = new Set(hits.map((index) => transitions[index]?.next))
  if (targets.size > 1) settle(moment, 'match-order', `${hits.length} conditions are true at once`)
  return { event: 'match', transition: first }
}

function isTrue(moment: Moment): (condition: Condition) => boolean {
  const { templates, context, assumed } = moment.execution
  return (condition) => {
    const input = templates.evaluate(inputOf(moment, condition), context)
    return holds(condition.type, input, templates.render(condition.value, context), assumed)
  }
}

function inputOf(moment: Moment, { arguments: [argument] = [] }: Condition): string {
  const declared = moment.state.properties['input']
  const input = typeof declared === 'string' ? declared : ''
  if (argument === input) return input
  return settle(moment, 'split-argument', 'argument and input differ') === 'input' ? input : (argument ?? '')
}
