import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const FUNCTIONS: Readonly<Record<string, string>> = {
  'open.js': `exports.handler = (context, event, callback) => callback(null, context.GREETING)`,
  'echo.js': `exports.handler = (context, event, callback) => {
    const { request, ...params } = event
    callback(null, { params, account: context.ACCOUNT_SID, domain: context.DOMAIN_NAME, path: context.PATH })
  }`,
  'voice.protected.js': `exports.handler = (context, event, callback) => {
    const twiml = new Twilio.twiml.VoiceResponse()
    twiml.say('Hello ' + event.Name)
    callback(null, twiml)
  }`,
  'flow/deep.protected.js': `exports.handler = (context, event, callback) => callback(null, 'deep')`,
  'lib/shared.private.js': `exports.handler = (context, event, callback) => callback(null, 'private')`,
  'hang.js': `exports.handler = (context, event, callback) => {
    setTimeout(() => callback(null, 'too late'), Number(event.ms))
  }`,
  'twice.js': `exports.handler = (context, event, callback) => { callback(null, 'first'); callback(null, 'second') }`,
  'throws.js': `exports.handler = () => { throw new RangeError('thrown at once') }`,
  'rejects.js': `exports.handler = async (context, event) => {
    await null
    throw new RangeError('no account for ' + event.Name + ' ' + event.From)
  }`,
  'timer.js': `exports.handler = (context, event) => {
    setTimeout(() => { throw new TypeError('lost ' + event.Name + ' ' + event.From) }, 5)
  }`,
}

const ASSETS: Readonly<Record<string, string>> = {
  'page.txt': 'a public page',
  'notes.protected.txt': 'protected notes',
  'flow.private.json': '{"secret":true}',
}

/** A project as a build leaves it, in a temporary folder. */
export interface FixtureProject {
  readonly functionsFolder: string
  readonly assetsFolder: string
  readonly remove: () => void
}

/** Writes the fixture's functions and assets. */
export function writeFixtureProject(): FixtureProject {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'functions-fixture-'))
  const functionsFolder = path.join(folder, 'functions')
  const assetsFolder = path.join(folder, 'assets')
  writeAll(functionsFolder, FUNCTIONS)
  writeAll(assetsFolder, ASSETS)
  return { functionsFolder, assetsFolder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
