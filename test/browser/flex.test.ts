import type { BrowserContext, Page } from 'playwright-core'
import type { CustomerResponse } from '../../src/contract.ts'
import { openLocalFolder } from '../../local-twilio/src/system/local-folder.ts'
import { eventually } from '../support/eventually.ts'
import {
  accept,
  type CallInProgress,
  type FlexOnScreen,
  openDesk,
  panelOf,
  picture,
  selectTask,
  showFlex,
  watchSaves,
  whyNoFlex,
  wrappingUp,
} from './flex-browser.ts'
import { violationsIn } from './accessibility.ts'

const reason = whyNoFlex()
const inChromium = reason === undefined ? describe : describe.skip
jest.setTimeout(90_000)

inChromium(`the real Flex UI (${reason ?? 'in Chromium'})`, () => {
  let flex: FlexOnScreen
  let context: BrowserContext
  let page: Page
  let saves: ReturnType<typeof watchSaves>

  beforeAll(async () => {
    flex = await showFlex()
  })
  afterAll(() => flex.close())
  beforeEach(async () => {
    context = await flex.window()
    saves = watchSaves(context)
    page = await openDesk(context, flex.desk('Avery'))
  })
  afterEach(async () => {
    await context.close()
    // Whatever a test that failed has left open: the next one starts on an empty floor.
    const { floor, desks } = flex.desks
    for (const { reservationSid, task } of desks.flatMap(({ workerSid }) =>
      floor.reservationsOf(workerSid),
    )) {
      await floor.updateTask(task.taskSid, { status: 'canceled' })
      await floor.moveReservation(reservationSid, 'completed')
    }
  })

  const customerOf = async (from: string): Promise<CustomerResponse> => {
    const { memoryApiKey } = openLocalFolder(flex.system.folder).secrets
    const headers = { authorization: `Bearer ${memoryApiKey}`, 'content-type': 'application/json' }
    const started = await fetch(`${flex.system.memoryUrl}/v1/calls/start`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        call_id: `look-${from}-${saves.receipts().length}`,
        identity_hints: { ani: from },
      }),
    })
    const { customer_ref: ref } = (await started.json()) as { readonly customer_ref: string }
    const shown = await fetch(`${flex.system.memoryUrl}/v1/customers/${ref}`, { headers })
    return (await shown.json()) as CustomerResponse
  }

  /** A call that the agent has taken. */
  const takeCall = async (from: string, said?: string): Promise<CallInProgress> => {
    const call = flex.call(from, said, 'TN-Validation-Passed-A')
    await selectTask(page)
    await accept(page)
    return call
  }
  // Flex draws a notice twice: once to measure it.
  const noticeOn = (on: Page, text: string): Promise<void> => on.getByText(text).first().waitFor()
  const notesIn = (on: Page): ReturnType<Page['getByLabel']> => panelOf(on).getByLabel('Notes')
  const complete = async (on: Page): Promise<void> => {
    await (await wrappingUp(on)).click()
    await on.getByText('No active tasks').waitFor()
  }

  test('shows a call from ringing to completed, and the next call shows what was saved', async () => {
    const from = '+12025550161'
    const first = flex.call(from, undefined, 'TN-Validation-Passed-A')
    await selectTask(page)
    await panelOf(page).getByText('New caller').waitFor()
    await picture(page, 'new')
    await accept(page)
    await notesIn(page).fill('Refund of 40 dollars sent, arrives on Friday')
    await panelOf(page).getByLabel('Outcome').selectOption('follow_up')
    await page.getByRole('button', { name: 'Hang Up' }).first().click()
    const button = await wrappingUp(page)
    expect((await first.ended).outcome).toBe('completed')
    await button.click()
    await page.getByText('No active tasks').waitFor()
    await eventually(() => expect(saves.receipts()).toEqual(['saved']))

    const second = flex.call(from, undefined, 'TN-Validation-Passed-A')
    await selectTask(page)
    await panelOf(page).getByText('Refund of 40 dollars sent, arrives on Friday').waitFor()
    expect(
      await panelOf(page)
        .getByText(/Confidence \d+ %/)
        .count(),
    ).toBe(1)
    await picture(page, 'ringing')
    await accept(page)
    await picture(page, 'live')
    second.hangUp()
    await wrappingUp(page)
    await picture(page, 'wrap-up')
    await complete(page)
    await noticeOn(page, 'Saved for the next call.')
    await picture(page, 'completed')
  })

  test('wraps up when the caller hangs up first, and saves once', async () => {
    const from = '+12025550162'
    const call = await takeCall(from)
    await notesIn(page).fill('Caller was cut off')
    call.hangUp()
    await wrappingUp(page)
    expect((await call.ended).events.at(-1)).toMatchObject({
      kind: 'webhook',
      purpose: 'status',
      status: 204,
    })
    await complete(page)
    await eventually(() => expect(saves.receipts()).toEqual(['saved']))
    const customer = await customerOf(from)
    expect(customer.variables['agent_notes']?.value).toBe('Caller was cut off')
  })

  test('has the draft of the wrap-up after a reload', async () => {
    const call = await takeCall('+12025550163')
    call.hangUp()
    await wrappingUp(page)
    await notesIn(page).fill('Half a sentence')
    await page.reload()
    await selectTask(page)
    await notesIn(page).waitFor()
    expect(await notesIn(page).inputValue()).toBe('Half a sentence')
    await complete(page)
    await eventually(() => expect(saves.receipts()).toEqual(['saved']))
  })

  test('keeps a save while the functions are away, tells so, and saves it once when they are back', async () => {
    const from = '+12025550164'
    await context.route(/\/save-context$/, (route) => route.abort())
    const call = await takeCall(from)
    await notesIn(page).fill('Written while the service was down')
    call.hangUp()
    await complete(page)
    await noticeOn(page, 'Not saved yet. It is kept here and tried again.')
    await picture(page, 'save-waits')
    expect(saves.receipts()).toEqual([])
    await page.reload()
    await context.unroute(/\/save-context$/)
    await eventually(() => expect(saves.receipts()).toEqual(['saved']), 40_000)
    const customer = await customerOf(from)
    expect(customer.variables['agent_notes']?.value).toBe('Written while the service was down')
  })

  test('sends one save from two tabs', async () => {
    await context.route(/\/save-context$/, (route) => route.abort())
    const call = await takeCall('+12025550165')
    const other = await openDesk(context, flex.desk('Avery'))
    await notesIn(page).fill('Only once')
    call.hangUp()
    await complete(page)
    await context.unroute(/\/save-context$/)
    const wake = "window.dispatchEvent(new Event('online'))"
    const bothWake = (): Promise<unknown> => Promise.all([page.evaluate(wake), other.evaluate(wake)])
    await eventually(async () => {
      await bothWake()
      expect(saves.receipts().length).toBeGreaterThan(0)
    }, 40_000)
    await bothWake()
    expect(saves.receipts()).toEqual(['saved'])
  })

  test('hands a call over to the second agent; both wrap up, both are saved', async () => {
    const from = '+12025550166'
    const second = await flex.window()
    const otherSaves = watchSaves(second)
    const sam = flex.desk('Sam')
    const { floor } = flex.desks
    const other = await openDesk(second, sam)
    const available = floor.activities().find(({ isAvailable }) => isAvailable)?.activitySid ?? ''
    const call = await takeCall(from)
    await notesIn(page).fill('Needs somebody from billing')
    await floor.setActivity(sam.workerSid, available)
    await floor.transfer(floor.reservationsOf(flex.desk('Avery').workerSid)[0]?.task.taskSid ?? '')
    await selectTask(other)
    await accept(other)
    await complete(page)
    await eventually(() => expect(saves.receipts()).toEqual(['saved']))
    await panelOf(other).waitFor()
    await notesIn(other).fill('Billing has sent the refund')
    call.hangUp()
    await complete(other)
    await eventually(() => expect(otherSaves.receipts()).toEqual(['saved']))
    const offline = floor.activities().at(-1)?.activitySid ?? ''
    await floor.setActivity(sam.workerSid, offline)
    await second.close()
    expect((await customerOf(from)).variables).toMatchObject({
      agent_notes: { value: 'Needs somebody from billing' },
      agent_notes_2: { value: 'Billing has sent the refund' },
    })
  })

  test('shows a supervisor what the agent sees, without buttons or form', async () => {
    const call = await takeCall('+12025550167')
    const lead = await flex.window()
    const teams = await lead.newPage()
    await teams.goto(flex.desk('Robin').url)
    await teams.getByText('Avery Agent').first().waitFor()
    await teams.getByText('+1 202-555-0167').first().click()
    await teams.getByText('Caller context').first().click()
    await panelOf(teams).waitFor()
    // Flex lets one tab fade into the other.
    await teams.waitForTimeout(1_000)
    await picture(teams, 'supervisor')
    expect(
      await panelOf(teams)
        .getByRole('button', { name: /wrong person|this is the caller/i })
        .count(),
    ).toBe(0)
    expect(await panelOf(teams).getByRole('textbox').count()).toBe(0)
    expect(await violationsIn(teams)).toEqual([])
    await lead.close()
    call.hangUp()
    await complete(page)
  })

  test.each(['light', 'dark'] as const)(
    'breaks no rule of WCAG 2.2 AA in our element, %s',
    async (colorScheme) => {
      const own = await flex.window({ colorScheme })
      const desk = flex.desk('Avery')
      const shown = await openDesk(own, { ...desk, url: `${desk.url}?theme=${colorScheme}` })
      const call = flex.call('+12025550161', undefined, 'TN-Validation-Passed-A')
      await selectTask(shown)
      await panelOf(shown).getByText('Remembered').waitFor()
      expect(await violationsIn(shown)).toEqual([])
      await accept(shown)
      await panelOf(shown).getByLabel('Notes').waitFor()
      expect(await violationsIn(shown)).toEqual([])
      if (colorScheme === 'dark') await picture(shown, 'live-dark')
      call.hangUp()
      await wrappingUp(shown)
      expect(await violationsIn(shown)).toEqual([])
      await complete(shown)
      await own.close()
    },
  )

  test('lets the panel be read at once when Flex has drawn the call', async () => {
    const measured: number[] = []
    for (let round = 0; round < 5; round += 1) {
      await page.evaluate(SELECT_AND_MEASURE)
      const call = flex.call(`+1202555018${round}`)
      await panelOf(page).getByRole('heading').first().waitFor()
      measured.push(await page.evaluate<number>('window.readableAfterMs()'))
      await accept(page)
      call.hangUp()
      await complete(page)
    }
    const sorted = measured.toSorted((a, b) => a - b)
    process.stdout.write(`panel readable after Flex has drawn the task: ${sorted.join(', ')} ms\n`)
    // Ten times what is wanted, for a machine that is busy; the figure is what is printed.
    expect(sorted[2]).toBeLessThan(1_500)
  })

  test('reaches nothing beside this machine', async () => {
    const call = await takeCall('+12025550169')
    call.hangUp()
    await complete(page)
    expect(flex.reached()).toEqual([])
    const blank = await context.newPage()
    await blank.goto('http://example.com/').catch(() => undefined)
    expect(flex.reached().length).toBeGreaterThan(0)
  })
})

// In the page's own time: from the moment when Flex has drawn the task that rings, which is then selected at once,
// to the one when our panel has its heading.
const SELECT_AND_MEASURE = `{
  const seen = {}
  const look = () => {
    const item = document.querySelector('[class*=TaskListBaseItem]')
    if (item && seen.task === undefined) {
      seen.task = performance.now()
      item.click()
    }
    if (document.querySelector('[data-paste-element=CALLER_CONTEXT] h2')) seen.panel = performance.now()
    else setTimeout(look, 0)
  }
  look()
  window.readableAfterMs = () => Math.round(seen.panel - seen.task)
}`
