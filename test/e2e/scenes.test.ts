import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SCENES } from '../../local-twilio/src/cli/scenes.ts'
import type { CallResult } from '../../local-twilio/src/voice/events.ts'
import { createTranscript, renderEntry } from '../../local-twilio/src/voice/transcript.ts'
import {
  type LocalSystem,
  newFolder,
  removeFolder,
  startLocalSystem,
  webhooksOf,
} from '../support/local-system.ts'

// The scene of the closed centre needs another call flow; test/functions/connect-agent.test.ts has it.
const PLAYED = Object.entries(SCENES).filter(([, { changeFlow }]) => changeFlow === undefined)
const ACCOUNT = '48151623'

let system: LocalSystem
const folder = newFolder()
const codes = new Set<string>()
beforeAll(async () => {
  system = await startLocalSystem(folder, { WORKFLOW_SID: `WW${'0'.repeat(32)}` })
}, 60_000)
afterAll(async () => {
  await system.stop()
  removeFolder(folder)
}, 30_000)

/** A call, and what the terminal shows of it. */
interface Played {
  readonly result: CallResult
  readonly text: string
}

/** The call as it reads, without what is another each time: the code, and how long an agent took to answer. */
function readable(title: string, { result, text }: Played): string {
  for (const { input } of result.events.flatMap((event) => (event.kind === 'caller' ? [event] : []))) {
    if (input.kind === 'digits' && input.digits.length === 6) codes.add(input.digits)
  }
  const isMade = (digits: string): boolean => /^(\d)\1+$/.test(digits)
  return `${title}\n${text.replace(/presses (\d{6})#/g, (all, code: string) => (isMade(code) ? all : 'presses CODE#')).replace(/after \d+ s: bridged/g, 'after N s: bridged')}`
}

/** Compares with the text that a person has read; UPDATE_GOLDEN=yes writes it anew, to be read again. */
function expectGolden(name: string, text: string): void {
  const file = join(__dirname, 'scenes', `${name}.txt`)
  if (process.env['UPDATE_GOLDEN'] === 'yes') writeFileSync(file, text)
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(text)
}

async function playAll(name: string, from: string): Promise<readonly Played[]> {
  const played: Played[] = []
  for (const { actions, agent, stirVerstat = 'TN-Validation-Passed-A' } of SCENES[name]?.calls ?? []) {
    const lines: string[] = []
    const transcript = createTranscript()
    const result = await system.call({
      from,
      actions,
      ...(agent && { agent }),
      ...(stirVerstat && { stirVerstat }),
      onEvent: (event) => lines.push(...transcript(event)),
      onMoment: (moment) => lines.push(...renderEntry(moment)),
    })
    played.push({ result, text: lines.map((line) => `${line}\n`).join('') })
  }
  return played
}

const play = async (name: string, from: string): Promise<readonly CallResult[]> =>
  (await playAll(name, from)).map(({ result }) => result)

function taskOf(result: CallResult | undefined): Record<string, unknown> {
  const event = result?.events.find(({ kind }) => kind === 'enqueue') as
    { taskAttributes?: string } | undefined
  return JSON.parse(event?.taskAttributes ?? '{}') as Record<string, unknown>
}

describe('the scenes of npm run call', () => {
  const numbers = new Map(PLAYED.map(([name], index) => [name, `+1${310 + index}5550142`]))
  const results = new Map<string, readonly CallResult[]>()

  test.each(PLAYED)(
    '(%s) sound as they were read',
    async (name, { calls }) => {
      const all = await playAll(name, numbers.get(name) ?? '')
      const played = all.map(({ result }) => result)
      results.set(name, played)
      expectGolden(name, all.map((each, index) => readable(calls[index]?.title ?? '', each)).join('\n'))
      expect(played.flatMap(webhooksOf).filter(({ status }) => status !== 200 && status !== 204)).toEqual([])
    },
    30_000,
  )

  test('tell the agent how far the caller is assured, and why', () => {
    const assured = (name: string): unknown[] =>
      (results.get(name) ?? []).map((result) => {
        const { assurance, verification } = taskOf(result)
        return `${String(assurance)} ${String(verification)}`
      })
    expect(assured('verified')).toEqual(['verified code', 'attested not_asked'])
    expect(assured('spoofed')).toEqual(['verified code', 'none code_wrong'])
    expect(assured('account')).toEqual(['verified code'])
    expect(taskOf(results.get('spanish')?.[1])).toMatchObject({
      language: 'es-US',
      intent: 'order',
      attempt: 2,
    })
  })

  test('know the account number of the first call on the second', async () => {
    const [again] = await play('account', numbers.get('account') ?? '')
    expect(taskOf(again)).toMatchObject({ intent: 'account_change' })
    const { actions = [] } = SCENES['account']?.calls[0] ?? {}
    const unvouched = await system.call({
      from: numbers.get('account') ?? '',
      actions: [{ kind: 'press', digits: '1' }, ...actions.slice(1)],
    })
    expect(taskOf(unvouched)).toMatchObject({ assurance: 'verified', verification: 'code_and_account' })
  })

  test('do not hand the account to somebody who knows its number but calls from elsewhere', async () => {
    const [stranger] = await play('account', '+13295550142')
    expect(taskOf(stranger)).toMatchObject({ assurance: 'none', verification: 'number_not_on_file' })
    expect(taskOf(stranger)).not.toMatchObject({
      customer_ref: taskOf(results.get('account')?.[0])['customer_ref'],
    })
  })

  test('keep what the agent wrote while the memory is away, and say that it waits', async () => {
    const said: string[] = []
    const onMoment = ({ text }: { readonly text: string }): unknown => said.push(text)
    const agent = { note: 'Invoice 7 was sent twice', disposition: 'resolved' } as const
    const actions = [{ kind: 'press', digits: '2' }] as const
    await system.call({ from: '+14295550142', actions, agent, fault: 'memory-down', onMoment })
    expect(said).toEqual([
      'sees: memory unavailable, assurance none (not_asked)',
      'sees: calls about refund',
      'ends the call',
      'writes: "Invoice 7 was sent twice", resolved',
      'sends the wrap-up: pending',
      'the save waits, 1 in all',
    ])
  })

  test('leave the agent to wrap up when the caller hangs up first', async () => {
    const said: string[] = []
    const onMoment = ({ text }: { readonly text: string }): unknown => said.push(text)
    const actions = [
      { kind: 'press', digits: '2' },
      { kind: 'say', text: 'Never mind' },
      { kind: 'hang-up' },
    ] as const
    await system.call({ from: '+14395550142', actions, agent: { note: 'Changed their mind' }, onMoment })
    expect(said).toEqual(expect.arrayContaining(['sends the wrap-up: saved', 'the call is saved']))
    expect(said).not.toContain('ends the call')
  })

  test('leave no code and no account number behind: in no log, session or database', async () => {
    expect(codes.size).toBeGreaterThan(2)
    const credentials = Buffer.from(`${system.accountSid}:${system.authToken}`).toString('base64')
    const sessions = await fetch(`${system.twilioApiUrl}/sync/v1/Services/default/Documents?PageSize=100`, {
      headers: { authorization: `Basic ${credentials}` },
    })
    const kept = await sessions.text()
    expect(kept).toContain('account_change')
    expect(kept).not.toContain('sealedAccount')
    const files = readdirSync(folder).filter((name) => name.startsWith('memory.db'))
    const database = files.map((name) => readFileSync(join(folder, name), 'latin1')).join('')
    expect(database).toContain('account_change')
    for (const secret of [ACCOUNT, ...codes]) {
      for (const text of [system.logs(), kept, database]) expect(text).not.toContain(secret)
    }
    expect(database).not.toContain('four eight one five')
  })
})
