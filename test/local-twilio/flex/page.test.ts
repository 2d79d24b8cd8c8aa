import { accountConfiguration, loginOf, tokenAnswer } from '../../../local-twilio/src/flex/account.ts'
import { pagePolicy, renderFlexPage } from '../../../local-twilio/src/flex/page.ts'
import { localAddress } from '../../../local-twilio/pages/flex/outside.ts'
import { floorWith, sidOf, WORKER } from './floor.ts'

const PAGE = 'http://127.0.0.1:4100'
const FUNCTIONS = 'http://127.0.0.1:4200'

describe('an address that the page asks', () => {
  test.each([
    [
      'https://flex-api.twilio.com/v1/Configuration?x=1',
      `${PAGE}/twilio/flex-api.twilio.com/v1/Configuration?x=1`,
    ],
    [
      'wss://event-bridge.twilio.com/v1/wschannels',
      'ws://127.0.0.1:4100/twilio/event-bridge.twilio.com/v1/wschannels',
    ],
    ['//cdn.example.com/a.js', `${PAGE}/twilio/cdn.example.com/a.js`],
    ['https://user:secret@example.com/a', `${PAGE}/twilio/example.com/a`],
    ['http://127.0.0.1:4101/other', `${PAGE}/twilio/127.0.0.1:4101/other`],
    ['HTTPS://EXAMPLE.com', `${PAGE}/twilio/example.com/`],
  ])('%s is turned to the local server', (address, expected) => {
    expect(localAddress(address, PAGE, FUNCTIONS)).toBe(expected)
  })

  test.each([
    '/flex/plugins',
    `${PAGE}/x`,
    `${FUNCTIONS}/save-context`,
    'data:text/plain,x',
    'blob:x',
    'http://',
    'about:blank',
  ])('%s stays as it is', (address) => {
    expect(localAddress(address, PAGE, FUNCTIONS)).toBeUndefined()
  })
})

describe('the page', () => {
  const page = renderFlexPage({
    accountSid: sidOf('AC', 1),
    login: { identity: '</script><script>alert(1)</script>' },
    title: 'Flex',
    functionsUrl: FUNCTIONS,
    isDark: true,
  })

  test('lets nothing that it is filled with end a script', () => {
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('\\u003c/script>')
    expect(page).toContain('"theme":{"isLight":false}')
  })

  test('may ask itself and the functions, and load from itself', () => {
    const policy = pagePolicy(FUNCTIONS)
    expect(policy).toContain("default-src 'self' data: blob:")
    expect(policy).toContain(`connect-src 'self' data: blob: ${FUNCTIONS}`)
    expect(policy).not.toMatch(/\*|https:/)
  })
})

describe('the account', () => {
  const user = { workerSid: WORKER.workerSid, identity: 'avery', roles: ['agent'], token: 'local-token' }
  const expiresAt = new Date('2026-11-21T00:00:00Z')

  test('has its user logged in, and vouches for the token', () => {
    expect(loginOf(floorWith([]), user, expiresAt)).toMatchObject({
      token: 'local-token',
      roles: ['agent'],
      accountSid: sidOf('AC', 1),
      expiration: '2026-11-21T00:00:00.000Z',
    })
    expect(tokenAnswer(user, expiresAt)).toMatchObject({ valid: true, worker_sid: WORKER.workerSid })
  })

  test("carries the plugin's settings, and what Flex does not start without", () => {
    const customData = { caller_context: { slot: 'tab' } }
    const places = { offlineActivitySid: 'WA', queueSid: 'WQ', workflowSid: 'WW', functionsUrl: FUNCTIONS }
    expect(accountConfiguration(floorWith([]), { ...places, customData })).toMatchObject({
      custom_data: customData,
      ui_attributes: { version_compatibility: 'yes' },
      agent_conv_end_methods: { enabled: [] },
      taskrouter_workspace_sid: sidOf('WS', 1),
    })
  })
})
