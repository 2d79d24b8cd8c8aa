import { join } from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'
import { MEMORY_SERVER_SETTINGS } from '../memory-server/src/config.ts'
import { SETTINGS } from '../src/config.ts'
import type { Setting } from '../src/settings.ts'
import { apiDescription } from './api-description.ts'

/** A file of the repository that is made from the code. */
export interface ReferenceFile {
  readonly path: string
  readonly text: string
}

/** Every file that is made from the code; `npm run docs` writes them and a test compares them. */
export async function referenceFiles(): Promise<readonly ReferenceFile[]> {
  return [
    { path: '.env.example', text: envExample() },
    { path: 'docs/configuration.md', text: configurationPage() },
    { path: 'docs/memory-api.openapi.json', text: await apiDescription() },
    { path: 'docs/call-flow.schema.json', text: callFlowSchema() },
  ]
}

function callFlowSchema(): string {
  const path = join(__dirname, '../src/voice/call-flow.ts')
  const generator = createGenerator({ path, skipTypeCheck: true, additionalProperties: false })
  return `${JSON.stringify(generator.createSchema('CallFlow'), null, 2)}\n`
}

const settingsOf = (table: object): readonly Setting<unknown>[] => Object.values(table)

function envExample(): string {
  const head = [
    '# Settings of the functions. Copy to .env and fill in; `twilio serverless:deploy` uploads what is set there.',
    '# Written by `npm run docs` from src/config.ts.',
  ]
  const entries = settingsOf(SETTINGS).map((setting) => {
    const { name, defaultText } = setting
    const line = defaultText === undefined ? `${name}=` : `# ${name}=${defaultText}`
    const requirement = defaultText === undefined ? 'required' : 'optional'
    return `# ${setting.summary}\n# format: ${setting.expected}\n# ${requirement}\n${line}`
  })
  return `${head.join('\n')}\n\n${entries.join('\n\n')}\n`
}

function configurationPage(): string {
  return `# Configuration

Written by \`npm run docs\` from the code. An empty value counts as unset. A wrong one stops the process at its
start with a list of every problem; a function that is already deployed logs \`CM_CONFIG_INVALID\` and gives its
fallback answer.

## The functions

On Twilio these are the environment variables of the service; for a deploy they stand in \`.env\`
(\`.env.example\` is a template). \`npm start\` and \`npm run call\` read the same file and the shell, but always
use the local memory server and a key of their own.

${settingsTable(settingsOf(SETTINGS))}

## The memory server

Environment variables of its process.

${settingsTable(settingsOf(MEMORY_SERVER_SETTINGS))}
`
}

function settingsTable(settings: readonly Setting<unknown>[]): string {
  const rows = settings.map(({ name, summary, expected, defaultText, secret }) =>
    [`\`${name}\``, summary, expected, preset(defaultText), secret ? 'yes' : 'no'].join(' | '),
  )
  const head = 'Name | What it is for | Expected form | Default | Secret'
  return [head, '--- | --- | --- | --- | ---', ...rows].map((row) => `| ${row} |`).join('\n')
}

function preset(text: string | undefined): string {
  return text === undefined ? 'none: required' : `\`${text}\``
}
