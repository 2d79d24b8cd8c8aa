import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { flexUiScript, interceptScript, isFlexInstalled } from '../../local-twilio/src/flex/bundle.ts'
import { agentsOf } from '../../local-twilio/src/flex/agents.ts'
import { type Desk, type Desks, openDesks } from '../../local-twilio/src/flex/desks.ts'
import { pluginScript } from '../../local-twilio/src/flex/plugin-script.ts'
import { newSid } from '../../local-twilio/src/sid.ts'
import { openLocalFolder } from '../../local-twilio/src/system/local-folder.ts'
import type { CallerAction } from '../../local-twilio/src/voice/caller.ts'
import type { CallResult } from '../../local-twilio/src/voice/events.ts'
import { placeCall } from '../../local-twilio/src/voice/place-call.ts'
import { systemClock } from '../../src/clock.ts'
import { type LocalSystem, newFolder, removeFolder, startLocalSystem } from '../support/local-system.ts'

const ROOT = resolve(__dirname, '../..')
const PLUGIN_FOLDER = join(ROOT, 'flex-plugin')
const CHROMIUM = '/usr/bin/chromium'
const CACHE = join(ROOT, '.local', 'flex')

/** Why the browser tests cannot run here; undefined when they can. */
export function whyNoFlex(): string | undefined {
  if (process.env['TEST_POSTGRES'] !== 'yes') return 'only in the full check: TEST_POSTGRES=yes'
  if (!existsSync(CHROMIUM)) return `needs Chromium at ${CHROMIUM}: apt-get install chromium`
  return isFlexInstalled(PLUGIN_FOLDER) ? undefined : 'needs Flex UI: npm run plugin:install'
}

/** A caller on the line, from dialling to the end. */
export interface CallInProgress {
  readonly callSid: string
  readonly hangUp: () => void
  readonly ended: Promise<CallResult>
}

/** Flex on a local system, in a real browser. */
export interface FlexOnScreen {
  readonly system: LocalSystem
  readonly desks: Desks
  readonly desk: (name: string) => Desk
  /** Somebody calls and says what it is about. */
  readonly call: (from: string, said?: string, stirVerstat?: string) => CallInProgress
  /** A new window with a storage of its own. */
  readonly window: (options?: WindowOptions) => Promise<BrowserContext>
  /** Hosts that anything tried to reach beside this machine. */
  readonly reached: () => readonly string[]
  readonly close: () => Promise<void>
}

/** How a window looks. */
export interface WindowOptions {
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
}

/** Starts everything, with the plugin as it is now. */
export async function showFlex(
  pluginSettings: Readonly<Record<string, unknown>> = {},
): Promise<FlexOnScreen> {
  mkdirSync(CACHE, { recursive: true })
  const folder = newFolder()
  const system = await startLocalSystem(folder)
  const desks = await openDesks({
    system,
    secrets: openLocalFolder(folder).secrets,
    plugins: [await pluginScript(PLUGIN_FOLDER)],
    flexUiScript: await flexUiScript({ pluginFolder: PLUGIN_FOLDER, cacheFolder: CACHE }),
    interceptScript: await interceptScript(),
    pluginSettings,
    clock: systemClock,
  })
  const outside = await watchOutside()
  const browser = await launch(outside.port)
  return {
    system,
    desks,
    desk: (name) => {
      const found = desks.desks.find((desk) => desk.name.startsWith(name))
      if (!found) throw new Error(`there is no desk of ${name}`)
      return found
    },
    call: (from, said, stirVerstat) => dial(system, from, said, stirVerstat),
    window: ({ width = 1440, colorScheme = 'light' } = {}) =>
      browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: 'reduce',
        locale: 'en-US',
        timezoneId: 'UTC',
      }),
    reached: outside.reached,
    close: async () => {
      await browser.close()
      await desks.close()
      await system.stop()
      outside.close()
      removeFolder(folder)
    },
  }
}

// The browser asks its maker for updates and form hints by itself, whatever the page.
const CHROMIUM_ITSELF = /^\w+ (?:https?:\/\/)?[\w.-]+\.(?:googleapis|google)\.com\b/

/** A proxy for everything but this machine, which takes note and lets nothing through. */
async function watchOutside(): Promise<{
  port: number
  reached: () => readonly string[]
  close: () => void
}> {
  const hosts: string[] = []
  const server = createServer((socket) => {
    socket.once('data', (bytes) => {
      const asked = bytes.toString('latin1').split('\r\n')[0] ?? ''
      if (!CHROMIUM_ITSELF.test(asked)) hosts.push(asked)
      socket.destroy()
    })
    socket.on('error', () => {})
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return { port, reached: () => hosts, close: () => void server.close() }
}

function launch(proxyPort: number): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    proxy: { server: `http://127.0.0.1:${proxyPort}`, bypass: '127.0.0.1' },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}

const REFUND = 'My refund for order 1042 has not arrived'

function dial(system: LocalSystem, from: string, said = REFUND, stirVerstat?: string): CallInProgress {
  const callSid = newSid('CA')
  let hangUp = (): void => {}
  const left = new Promise<CallerAction>((resolveLeft) => {
    hangUp = () => resolveLeft({ kind: 'hang-up' })
  })
  const script: CallerAction[] = [{ kind: 'say', text: said }]
  const ended = placeCall({
    voiceUrl: `${system.functionsUrl}/identify-caller`,
    statusCallbackUrl: `${system.functionsUrl}/call-status#rc=5&rp=4xx,5xx,ct,rt`,
    from,
    to: '+12025550100',
    callSid,
    accountSid: system.accountSid,
    authToken: system.authToken,
    agents: agentsOf(system),
    caller: {
      respond: ({ kind }) => {
        if (kind === 'agent') return left
        // "Is this about ...?" and the like: yes, the same matter.
        return Promise.resolve(script.shift() ?? { kind: 'say', text: said })
      },
    },
    clock: systemClock,
    ...(stirVerstat && { stirVerstat }),
  })
  return { callSid, hangUp, ended }
}

/** An agent's window with Flex ready for calls. */
export async function openDesk(context: BrowserContext, { url }: Desk): Promise<Page> {
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  await page.goto(url)
  await page
    .getByText(/Available|Offline/)
    .first()
    .waitFor()
  await page.waitForFunction("'Twilio' in window")
  return page
}

/** The task that is on the screen, selected. */
export async function selectTask(page: Page): Promise<void> {
  await page.locator('[class*=TaskListBaseItem]').first().click()
}

/** Our panel. */
export function panelOf(page: Page): Locator {
  return page.locator('[data-paste-element=CALLER_CONTEXT]')
}

/** Writes a picture of the page for docs/flex.md, when FLEX_PICTURES=yes asks for that. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['FLEX_PICTURES'] !== 'yes') return
  const folder = join(ROOT, 'docs', 'images')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `flex-${name}.png`) })
}

/** Every request for a save in a window, with the receipt that came back, or undefined for none. */
export function watchSaves(context: BrowserContext): { readonly receipts: () => readonly string[] } {
  const receipts: string[] = []
  context.on('response', (response) => {
    if (!response.url().endsWith('/save-context')) return
    void response
      .json()
      .then((body: { readonly status?: string }) => receipts.push(body.status ?? String(response.status())))
      .catch(() => receipts.push('no answer'))
  })
  return { receipts: () => receipts }
}

/** The agent takes the call that rings. */
export async function accept(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /accept/i })
    .first()
    .click()
  await page.getByRole('button', { name: 'Hang Up' }).first().waitFor()
}

/** Waits for the wrap-up, and answers Flex's own button that ends it. */
export async function wrappingUp(page: Page): Promise<Locator> {
  const complete = page.getByRole('button', { name: 'Complete' })
  await complete.waitFor()
  return complete
}
