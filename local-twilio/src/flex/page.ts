/** What the page of the desktop is filled with. */
export interface FlexPageParts {
  readonly accountSid: string
  /** Kept in the browser as somebody who has logged in. */
  readonly login: Readonly<Record<string, unknown>>
  readonly title: string
  /** Flex's dark theme. */
  readonly isDark: boolean
  /** Origin of the functions: what is asked there is not turned to the local server. */
  readonly functionsUrl: string
}

/** JSON that may stand inside a script element. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

/** Nothing may be loaded from elsewhere, by whatever way; only the functions may be asked too. */
export function pagePolicy(functionsUrl: string): string {
  return [
    "default-src 'self' data: blob:",
    `connect-src 'self' data: blob: ${functionsUrl}`,
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "frame-ancestors 'self'",
    "form-action 'self'",
  ].join('; ')
}

/** The page on which the real Flex UI runs against the local server. */
export function renderFlexPage({ accountSid, login, title, functionsUrl, isDark }: FlexPageParts): string {
  const config = {
    sso: { accountSid },
    pluginService: { enabled: true, url: '/flex/plugins' },
    logLevel: 'warn',
    disableTelemetry: true,
    // A browser that cannot reach Twilio's media servers must not take the call itself.
    disableBrowserVoice: true,
    ...(isDark && { theme: { isLight: false } }),
  }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>html, body, #container { height: 100%; margin: 0 } body { display: flex } #container { display: flex; flex: 1 1 auto }</style>
<script>
window.callerMemoryFunctions = ${inScript(functionsUrl)}
window.process = { env: { NODE_ENV: 'production' } }
localStorage.setItem('TWILIO_FLEX_SSO', ${inScript(JSON.stringify(login))})
</script>
<script src="/flex/intercept.js"></script>
<script src="/flex/flex-ui.js"></script>
</head>
<body>
<div id="container"></div>
<script>
Twilio.Flex.runDefault(${inScript(config)}, '#container')
</script>
</body>
</html>
`
}
