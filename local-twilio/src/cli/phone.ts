import { type Caller, type CallerAction, scriptedCaller } from '../voice/caller.ts'

/** What a caller of a script does: an action on the line, or typing the code that has just been texted to the phone. */
export type ScriptedAction = CallerAction | { readonly kind: 'enter-code' }

/** Reads the one-time code that was texted to the caller last; undefined when there is none. */
export type CodeReader = () => Promise<string | undefined>

/** A caller who does what is written and reads text messages. Without a message, zeros are typed for the code. */
export function phoneCaller(actions: readonly ScriptedAction[], readCode: CodeReader): Caller {
  const script = actions.values()
  const afterwards = scriptedCaller([])
  return {
    respond: async (prompt) => {
      if (prompt.kind === 'agent') await prompt.connected
      const next = script.next()
      if (next.done) return afterwards.respond(prompt)
      if (next.value.kind !== 'enter-code') return next.value
      return { kind: 'press', digits: `${(await readCode()) ?? '000000'}#` }
    },
  }
}

/** A caller who is told of every new text message before the line waits for an answer. */
export function withTextMessages(caller: Caller, readCode: CodeReader, tell: (code: string) => void): Caller {
  let told: string | undefined
  return {
    respond: async (prompt) => {
      const code = await readCode()
      if (code !== undefined && code !== told) tell(code)
      told = code
      return caller.respond(prompt)
    },
  }
}
