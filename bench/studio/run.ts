import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { blankSession } from '../../src/call/session.ts'
import { BUILT_IN_CALL_FLOW } from '../../src/voice/built-in-call-flow.ts'
import { callerContextAnswer, confirmCallerAnswer } from '../../src/twilio/caller-context-answer.ts'
import { loadContracts, loadValues } from '../../local-twilio/src/studio/cli/load-flow.ts'
import type { FlowHttp } from '../../local-twilio/src/studio/engine/http.ts'
import { runFlow } from '../../local-twilio/src/studio/engine/run-flow.ts'
import type { Flow } from '../../local-twilio/src/studio/flow.ts'
import { lintFlow } from '../../local-twilio/src/studio/lint/lint-flow.ts'
import { createTemplateEngine } from '../../local-twilio/src/studio/liquid/liquid.ts'
import { type Fields, flowOf } from '../../local-twilio/src/studio/read-flow.ts'
import { renderFlow } from '../../local-twilio/src/studio/render-flow.ts'
import { scriptedCaller } from '../../local-twilio/src/voice/caller.ts'
import { median, round } from '../support/statistics.ts'
import { drawTable } from '../support/table.ts'

// Measures the flow tool: the lint of a flow of 130 widgets, and 1,000 runs of our flow with the functions' answers
// made in process. Bounded: it stops by itself. Results go to bench/results/studio.json.

const ROOT = resolve(__dirname, '../..')
const FLOWS = join(ROOT, 'studio-flows')
const LINT_WIDGETS = 130
const RUNS = 1_000

function usable(value: unknown): { readonly flow: Flow; readonly raw: Fields } {
  const read = flowOf(value)
  if (!read.ok) throw new Error(read.problem)
  return read
}

/** Our flow, its widgets repeated under other names until there are enough, one copy after the other. */
function largeFlow(own: Flow): { readonly flow: Flow; readonly raw: Fields } {
  const body = own.states.filter(({ type }) => type !== 'trigger')
  const trigger = own.states.find(({ type }) => type === 'trigger')
  const names = body.map(({ name }) => name)
  const copies = Math.ceil((LINT_WIDGETS - 1) / body.length)
  const states = Array.from({ length: copies }, (_, copy) => {
    const text = names.reduce(
      (written, name) =>
        written
          .replaceAll(`widgets.${name}.`, `widgets.${name}_${copy}.`)
          .replaceAll(`"name":"${name}"`, `"name":"${name}_${copy}"`)
          .replaceAll(`"next":"${name}"`, `"next":"${name}_${copy}"`),
      JSON.stringify(body),
    )
    const after =
      copy + 1 < copies
        ? `"event":"audioComplete","next":"${names[0]}_${copy + 1}"`
        : '"event":"audioComplete"'
    return JSON.parse(text.replaceAll(/"event":"audioComplete"(?=\})/g, after)) as Flow['states']
  }).flat()
  const start = JSON.parse(
    JSON.stringify(trigger).replace(`"next":"${names[0]}"`, `"next":"${names[0]}_0"`),
  ) as Flow['states'][0]
  return usable({ ...own, states: [start, ...states].slice(0, LINT_WIDGETS) })
}

const parts = {
  session: {
    ...blankSession(`CA${'0'.repeat(32)}`, '2026-03-02T09:00:00.000Z'),
    tier: 'likely' as const,
    memory: 'available' as const,
  },
  flow: BUILT_IN_CALL_FLOW,
  from: '+12025550142',
  greeting: ['Welcome back.', 'Last time, you called about a refund.'],
  prompt: 'Are you calling about a refund again?',
}

/** Answers as the functions do, without the network. */
const inProcess: FlowHttp = async ({ url }) => {
  const isQuestion = url.endsWith('/get-caller-context')
  const answer = isQuestion ? callerContextAnswer(parts) : confirmCallerAnswer(parts, 'yes')
  return { kind: 'answered', status: 200, contentType: 'application/json', body: JSON.stringify(answer) }
}

async function measureRuns(flow: Flow): Promise<number> {
  const templates = createTemplateEngine()
  const startedAt = performance.now()
  for (let run = 0; run < RUNS; run += 1) {
    const { end } = await runFlow({
      flow,
      trigger: { event: 'incomingCall', call: { From: '+12025550142', To: '+12025550100', CallSid: 'CA' } },
      caller: scriptedCaller([{ kind: 'press', digits: '1' }]),
      http: inProcess,
      templates,
    })
    if (end.kind !== 'finished') throw new Error(`a run ended ${end.kind}`)
  }
  return performance.now() - startedAt
}

async function main(): Promise<void> {
  const written = JSON.parse(readFileSync(join(FLOWS, 'caller-memory.json'), 'utf8')) as Fields
  const values = loadValues(join(FLOWS, 'caller-memory.json'), 'example')
  const filled = renderFlow(written, values)
  if (!filled.ok) throw new Error(filled.problems.join())
  const { flow } = usable(filled.value)
  const large = largeFlow(usable(written).flow)
  const contracts = loadContracts(join(FLOWS, 'x.json'))
  const lints = Array.from({ length: 7 }, () => {
    const [startedAt, usedBefore] = [performance.now(), process.cpuUsage()]
    lintFlow({ ...large, contracts })
    const { user, system } = process.cpuUsage(usedBefore)
    return { ms: performance.now() - startedAt, processorMs: (user + system) / 1_000 }
  })
  const results = {
    lintWidgets: large.flow.states.length,
    firstLintMs: round(lints[0]?.ms ?? 0),
    firstLintProcessorMs: round(lints[0]?.processorMs ?? 0),
    medianLintMs: round(median(lints.map(({ ms }) => ms))),
    medianLintProcessorMs: round(median(lints.map(({ processorMs }) => processorMs))),
    runs: RUNS,
    runsMs: round(await measureRuns(flow)),
  }
  process.stdout.write(`${drawTable([results])}\n`)
  mkdirSync(join(ROOT, 'bench/results'), { recursive: true })
  const report = { node: process.version, cores: cpus().length, ...results }
  writeFileSync(join(ROOT, 'bench/results/studio.json'), `${JSON.stringify(report, null, 2)}\n`)
}

void main()
