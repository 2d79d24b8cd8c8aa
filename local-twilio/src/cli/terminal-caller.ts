import { createInterface, type Interface } from 'node:readline/promises'
import type { Caller, CallerAction, Prompt } from '../voice/caller.ts'

/** A caller at the keyboard, and the way to let go of it. */
export interface TerminalCaller extends Caller {
  readonly close: () => void
}

/** Lets the person at the terminal be the caller: words are said, keys pressed, an empty line is silence. */
export function terminalCaller(): TerminalCaller {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const left = new Promise<CallerAction>((resolve) => {
    terminal.once('close', () => resolve({ kind: 'hang-up' }))
  })
  return {
    respond: async (prompt) => {
      const action = await Promise.race([ask(terminal, prompt), left])
      if (prompt.kind === 'agent' && action.kind === 'silent') prompt.onDone?.()
      return action
    },
    close: () => terminal.close(),
  }
}

const WAYS: Readonly<Record<Prompt['kind'], string>> = {
  gather: 'words or keys, Enter for silence, "hang up"',
  agent: 'you wait for an agent, or talk to one; words, Enter when you are done, or "hang up"',
  record: 'your message, Enter for silence, "hang up"',
}

async function ask(terminal: Interface, { kind }: Prompt): Promise<CallerAction> {
  return readTyped(await terminal.question(`  You      (${WAYS[kind]}) > `))
}

/** What a typed line does on the phone. */
export function readTyped(typed: string): CallerAction {
  const text = typed.trim()
  if (text === '') return { kind: 'silent' }
  if (/^hang ?up$/i.test(text)) return { kind: 'hang-up' }
  return /^[0-9*#]+$/.test(text) ? { kind: 'press', digits: text } : { kind: 'say', text }
}
