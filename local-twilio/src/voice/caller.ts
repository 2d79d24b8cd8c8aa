/** The ways in which a `<Gather>` can listen. */
export type InputKind = 'dtmf' | 'speech'

/** What the line waits for, and what the caller has heard since the last time it waited. */
export type Prompt =
  | {
      readonly kind: 'gather'
      readonly accepts: readonly InputKind[]
      /** Number of keys after which the line stops listening. Absent: it waits for the finish key or a pause. */
      readonly numDigits?: number
      /** The key that ends the input, empty for none. */
      readonly finishOnKey: string
      readonly heard: readonly string[]
    }
  | {
      /** The caller is in a queue and, once `connected` resolves, talks to an agent. */
      readonly kind: 'agent'
      readonly connected: Promise<unknown>
      /** To be called when the caller has said everything to the agent. */
      readonly onDone?: () => void
      readonly heard: readonly string[]
    }
  | {
      readonly kind: 'record'
      readonly maxLengthSeconds: number
      /** The keys that end the recording. */
      readonly finishOnKey: string
      readonly heard: readonly string[]
    }

/** What a caller does when the line waits. */
export type CallerAction =
  | { readonly kind: 'press'; readonly digits: string }
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'hang-up' }

/** The person on the line: asked whenever a `<Gather>`, a `<Record>` or an agent waits, never in between. */
export interface Caller {
  readonly respond: (prompt: Prompt) => Promise<CallerAction>
}

/**
 * A caller who does what is written, one action per prompt, in order. Afterwards the caller stays silent, hangs up
 * rather than leave a recording, and stays with an agent until that one ends the call. Serves one call: a second one needs a new script.
 */
export function scriptedCaller(actions: readonly CallerAction[]): Caller {
  const script = actions.values()
  return {
    respond: async (prompt) => {
      if (prompt.kind === 'agent') await prompt.connected
      const next = script.next()
      if (!next.done) return next.value
      if (prompt.kind === 'agent') return stay(prompt)
      return prompt.kind === 'record' ? { kind: 'hang-up' } : { kind: 'silent' }
    },
  }
}

/** Says no more; the agent ends the call. */
function stay({ onDone }: Extract<Prompt, { kind: 'agent' }>): Promise<CallerAction> {
  onDone?.()
  return new Promise(() => {})
}
