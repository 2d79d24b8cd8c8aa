import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { CallerPanelResponse } from '../../../src/flex-contract.ts'
import type { Asked } from '../../src/core/functions-client.ts'
import { ANSWER } from '../support/answers.ts'
import { axe } from '../support/axe.ts'
import { openDesk, showTask, TASK } from '../support/desk.tsx'
import type { Desk } from '../support/desk.tsx'

const NEVER = new Promise<Asked<unknown>>(() => undefined)
const DOWN: Asked<unknown> = { failure: 'unavailable', code: 'network' }

/** A desktop whose Functions answer the panel like this, and corrections as the test says. */
function deskWith(panel: Partial<CallerPanelResponse>, correction: Asked<unknown> = DOWN): Desk {
  return openDesk((name) => (name === 'caller-context' ? { answer: { ...ANSWER, ...panel } } : correction))
}

const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name })

describe('the panel of a task', () => {
  it('shows the task at once, says that it loads, and then shows the rest', async () => {
    let answer: (asked: Asked<unknown>) => void = () => undefined
    const desk = openDesk(() => new Promise((resolve) => (answer = resolve)))
    const { container } = showTask(desk)
    expect(screen.getByRole('heading', { name: 'Recognized caller' })).toBeVisible()
    expect(screen.getByText('2 attempts')).toBeVisible()
    expect(screen.getByRole('status', { name: 'Loading the caller history' })).toBeVisible()
    expect(await axe(container)).toEqual([])
    answer({ answer: ANSWER })
    expect(await screen.findByText('3 attempts')).toBeVisible()
    expect(
      screen.getByText('Nov 14, 2026, 9:30 AM · 4 min · Refund: still open · Invoice: resolved'),
    ).toBeVisible()
    expect(screen.getByRole('img', { name: 'Contacts in the last 12 months: 1' })).toBeVisible()
    expect(screen.getByText('Ada Example (noted by an agent, forgotten in 1 day)')).toBeVisible()
    expect(screen.getByText('gold (said on the phone)')).toBeVisible()
    expect(screen.getByText(/Address change: expired/)).toBeInTheDocument()
    expect(await axe(container)).toEqual([])
  })

  it('says that more could not be loaded, and tries again when asked', async () => {
    let isUp = false
    const desk = openDesk(() => (isUp ? { answer: ANSWER } : DOWN))
    const { container } = showTask(desk)
    expect(await screen.findByText(/More could not be loaded/)).toBeVisible()
    expect(screen.getByRole('heading', { name: 'Recognized caller' })).toBeVisible()
    expect(await axe(container)).toEqual([])
    isUp = true
    await userEvent.click(button('Try again'))
    await waitFor(() => expect(screen.queryByText(/More could not be loaded/)).toBeNull())
  })

  it('names what waits on the server, what was set aside and what waits here', async () => {
    const desk = deskWith({ pending_saves: { pending: 2, set_aside: 1, more: false } })
    desk.services.outbox.add('WR9', { notes: 'x' })
    showTask(desk)
    const text = await screen.findByText(/2 saves wait on the server/)
    expect(text).toHaveTextContent('1 wrap-up waits in this browser')
    expect(text).toHaveTextContent('1 save was set aside on the server. Tell your administrator.')
  })

  it('shows what was not taken, why, and what can be done', async () => {
    const desk = openDesk((name) =>
      name === 'save-context' ? { failure: 'refused', code: 'CM_NOT_FOUND' } : { answer: ANSWER },
    )
    desk.services.outbox.add('WR9', { call_sid: 'CA9', notes: 'call back on Monday' })
    await desk.services.outbox.flush()
    const { container } = showTask(desk)
    expect(await screen.findByText(/1 wrap-up was not taken.*nobody knows whose call this was/)).toBeVisible()
    expect(await axe(container)).toEqual([])
    await userEvent.click(button('Copy notes'))
    expect(desk.copied).toEqual(['CA9\ncall back on Monday'])
    await userEvent.click(button('Throw away'))
    await waitFor(() => expect(screen.queryByText(/was not taken/)).toBeNull())
  })

  it('shows a supervisor everything, and no button or form', async () => {
    const desk = deskWith({ may_forget: true })
    const { container } = showTask(desk, { ...TASK, stage: 'wrapping' }, true)
    expect(await screen.findByText('3 attempts')).toBeVisible()
    expect(screen.queryByRole('button')).toBeNull()
    expect(screen.queryByRole('textbox')).toBeNull()
    expect(await axe(container)).toEqual([])
  })

  it('has no form while it rings, and puts the form first once the talk is over', async () => {
    const desk = deskWith({})
    const { unmount } = showTask(desk, { ...TASK, stage: 'ringing' })
    expect(await screen.findByText('3 attempts')).toBeVisible()
    expect(screen.queryByLabelText('Notes')).toBeNull()
    unmount()
    showTask(desk, { ...TASK, stage: 'wrapping' })
    const headings = screen.getAllByRole('heading').map(({ textContent }) => textContent)
    expect(headings.indexOf('Wrap-up')).toBeLessThan(headings.indexOf('Open'))
  })

  it('says so when it breaks, and starts anew with another task', async () => {
    const error = jest.spyOn(console, 'error').mockImplementation(() => undefined)
    const desk = deskWith({})
    const broken: Desk = {
      ...desk,
      services: {
        ...desk.services,
        contexts: {
          ...desk.services.contexts,
          read: (task) => {
            if (task.taskSid === 'WT1') throw new Error('broken')
            return desk.services.contexts.read(task)
          },
        },
      },
    }
    const { unmount, container } = showTask(broken)
    expect(screen.getByText('The caller context cannot be shown. The call is not affected.')).toBeVisible()
    expect(button('Try again')).toBeVisible()
    expect(await axe(container)).toEqual([])
    unmount()
    showTask(broken, { ...TASK, taskSid: 'WT2' })
    expect(screen.getByRole('heading', { name: 'Recognized caller' })).toBeVisible()
    error.mockRestore()
  })
})

describe('an agent', () => {
  it('confirms the caller', async () => {
    let isConfirmed = false
    const desk = openDesk((name) => {
      if (name === 'correct-caller') {
        isConfirmed = true
        return { answer: { customer_ref: 'ref-1', correction_id: null } }
      }
      const correction = isConfirmed ? ({ verdict: 'right_person', correction_id: null } as const) : null
      return { answer: { ...ANSWER, correction } }
    })
    showTask(desk)
    await screen.findByText('3 attempts')
    await userEvent.click(button('This is the caller'))
    expect(await screen.findByRole('heading', { name: 'Confirmed caller' })).toBeVisible()
    expect(screen.getByText('Confirmed.')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
    expect(desk.asked.find(({ name }) => name === 'correct-caller')?.fields).toEqual({
      call_sid: 'CA1',
      verdict: 'right_person',
    })
  })

  it('says that it is somebody else: nothing of the person is left at once, and it can be undone', async () => {
    let verdict = ''
    const desk = openDesk((name, fields) => {
      if (name === 'correct-caller') {
        verdict = fields['verdict'] ?? ''
        return { answer: { customer_ref: 'ref-9', correction_id: verdict === 'undo' ? null : 'c-1' } }
      }
      const correction = { verdict: 'wrong_person', correction_id: 'c-1' } as const
      return { answer: verdict === 'wrong_person' ? { ...ANSWER, identity: null, correction } : ANSWER }
    })
    const { container } = showTask(desk)
    await screen.findByText('3 attempts')
    await userEvent.click(button('Wrong person'))
    expect(await screen.findByRole('heading', { name: 'Somebody else' })).toBeVisible()
    expect(screen.queryByText(/Ada Example/)).toBeNull()
    expect(screen.queryByText(/attempts/)).toBeNull()
    expect(await axe(container)).toEqual([])
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(await screen.findByRole('heading', { name: 'Recognized caller' })).toBeVisible()
    expect(screen.getByText('Taken back.')).toBeVisible()
    expect(desk.asked.at(-2)?.fields).toEqual({ call_sid: 'CA1', verdict: 'undo', correction_id: 'c-1' })
  })

  it('has nothing of the person on the screen before anybody has answered', async () => {
    const desk = openDesk((name) => (name === 'correct-caller' ? NEVER : { answer: ANSWER }))
    showTask(desk)
    await screen.findByText('3 attempts')
    await userEvent.click(button('Wrong person'))
    expect(screen.getByRole('heading', { name: 'Somebody else' })).toBeVisible()
    expect(screen.getByText('One moment…')).toBeVisible()
  })

  it('chooses among the people of a shared number', async () => {
    const people = ['ref-1', 'ref-2'].map((customer_ref, place) => ({
      customer_ref,
      confidence: 0.5 - place / 10,
      last_contact_at: '2026-11-14T09:30:00.000Z',
    }))
    const desk = deskWith({ candidates: people })
    const { container } = showTask(desk)
    const second = await screen.findByText('Person 2, last contact Nov 14, 2026, 9:30 AM, 40 %')
    expect(await axe(container)).toEqual([])
    await userEvent.click(within(second.closest('li') as HTMLElement).getByRole('button'))
    expect(desk.asked.at(-1)?.fields).toEqual({ call_sid: 'CA1', verdict: 'another', customer_ref: 'ref-2' })
  })

  it.each([
    [{ failure: 'denied', code: 'CM_TOKEN_FORBIDDEN' }, 'You may not do this.'],
    [{ failure: 'unavailable', code: 'CM_MEMORY_UNSUPPORTED' }, 'The memory in use cannot do this.'],
    [{ failure: 'refused', code: 'CM_NOT_FOUND' }, 'This cannot be done for this call.'],
    [DOWN, 'That did not work. Try again.'],
  ])('is told in words why an action failed: %j', async (failure, words) => {
    const desk = deskWith({}, failure as Asked<unknown>)
    showTask(desk)
    await screen.findByText('3 attempts')
    await userEvent.click(button('Wrong person'))
    expect(await screen.findByText(words)).toBeVisible()
    expect(screen.getByRole('heading', { name: 'Recognized caller' })).toBeVisible()
  })

  it('copies the reference, and is told whether the browser did', async () => {
    const desk = deskWith({})
    const { unmount } = showTask(desk)
    await userEvent.click(button('Copy reference'))
    expect(await screen.findByText('Copied.')).toBeVisible()
    expect(desk.copied).toEqual(['ref-1'])
    unmount()
    showTask(openDesk(() => ({ answer: ANSWER }), { mayCopy: false }))
    await userEvent.click(button('Copy reference'))
    expect(await screen.findByText(/does not allow copying/)).toBeVisible()
  })

  it('opens the customer in the CRM', () => {
    showTask(deskWith({}))
    expect(screen.getByRole('link', { name: /Open in CRM/ })).toHaveAttribute(
      'href',
      'https://crm.example.com/ref-1',
    )
  })

  it('who is no supervisor cannot have anybody forgotten', async () => {
    showTask(deskWith({ may_forget: false }))
    await screen.findByText('3 attempts')
    expect(screen.queryByRole('button', { name: 'Forget this customer' })).toBeNull()
  })

  it.each([
    [true, /^Erased: 7 entries, Nov 20, 2026, 12:00 PM\.$/],
    [false, /Not everything was looked at in time/],
  ])(
    'who is a supervisor types a word to forget a customer, and gets a receipt (complete: %s)',
    async (complete, receipt) => {
      const counts = { calls: 6, customers: 1 }
      const desk = deskWith(
        { may_forget: true },
        {
          answer: {
            receipt: { customer_ref: 'ref-1', forgotten_at: '2026-11-20T12:00:00.000Z', counts },
            pending_saves_removed: 0,
            sessions_cleared: 1,
            complete,
          },
        },
      )
      const { container } = showTask(desk)
      await userEvent.click(await screen.findByRole('button', { name: 'Forget this customer' }))
      expect(button('Forget this customer')).toBeDisabled()
      expect(await axe(container)).toEqual([])
      await userEvent.type(screen.getByLabelText('Type FORGET to confirm'), 'FORGET')
      await userEvent.click(button('Forget this customer'))
      expect(await screen.findByText(receipt)).toBeVisible()
      expect(desk.asked.filter(({ fields }) => fields['verdict'] === 'forget')).toHaveLength(1)
    },
  )

  it('reaches every button with the keyboard', async () => {
    showTask(deskWith({ may_forget: true }))
    await screen.findByRole('button', { name: 'Forget this customer' })
    const reached: (string | null)[] = []
    for (let step = 0; step < 10; step += 1) {
      await userEvent.tab()
      reached.push(document.activeElement?.textContent ?? null)
    }
    for (const name of ['This is the caller', 'Wrong person', 'Copy reference', 'Forget this customer']) {
      expect(reached).toContain(name)
    }
  })
})

describe('the wrap-up form', () => {
  it('starts with what the call is about, and keeps what is typed through a reload', async () => {
    const desk = deskWith({})
    const { unmount } = showTask(desk, { ...TASK, stage: 'wrapping' })
    expect(screen.getByLabelText('Reason for the call')).toHaveValue('refund')
    await userEvent.type(screen.getByLabelText('Notes'), 'Paid on Monday')
    await userEvent.selectOptions(screen.getByLabelText('Outcome'), 'resolved')
    expect(screen.getByLabelText('Status')).toHaveValue('resolved')
    unmount()
    const later = openDesk(() => ({ answer: ANSWER }), { storage: desk.storage })
    const { container } = showTask(later, { ...TASK, stage: 'wrapping' })
    expect(screen.getByLabelText('Notes')).toHaveValue('Paid on Monday')
    expect(screen.getByLabelText('Status')).toHaveValue('resolved')
    await screen.findByText('3 attempts')
    expect(await axe(container)).toEqual([])
  })
})
