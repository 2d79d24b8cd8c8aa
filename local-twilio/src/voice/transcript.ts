import type { CallEvent, CallResult } from './events.ts'
import type { EntryOptions, TranscriptEntry } from './transcript-entry.ts'
import { describeEvent } from './transcript-entry.ts'

/** How a transcript looks. */
export interface TranscriptOptions extends Partial<EntryOptions> {
  /** Longest line, in characters: 100 unless told otherwise. A single longer word is not broken. */
  readonly width?: number
}

/** The lines of a transcript for one event, none if it is nothing to show. */
export type LiveTranscript = (event: CallEvent) => readonly string[]

const SPEAKER_WIDTH = 9
const INDENT = '  '

/**
 * Writes a call down as a text that can be read out: one column says who, the other what. Application errors, warnings
 * and failed status callbacks always appear. The same call gives the same text, unless `timings` are asked for.
 */
export function renderTranscript(
  call: CallResult | readonly CallEvent[],
  options: TranscriptOptions = {},
): string {
  const events = 'events' in call ? call.events : call
  const transcribe = createTranscript(options)
  return events
    .flatMap(transcribe)
    .map((line) => `${line}\n`)
    .join('')
}

/** Writes a call down while it lasts: hand it every event as it comes. */
export function createTranscript(options: TranscriptOptions = {}): LiveTranscript {
  const { webhooks = false, tasks = false, timings = false, width = 100 } = options
  return (event) => {
    const entry = describeEvent(event, { webhooks, tasks, timings })
    if (entry === undefined) return []
    const time = timings ? `${clockTime(event.atSeconds).padStart(7)}  ` : ''
    return renderEntry(entry, { time, width })
  }
}

/** The lines of one entry of a transcript. */
export function renderEntry(
  { speaker, text }: TranscriptEntry,
  { time = '', width = 100 }: { readonly time?: string; readonly width?: number } = {},
): readonly string[] {
  const head = `${INDENT}${time}${speaker.padEnd(SPEAKER_WIDTH)}`
  return wrap(text, width - head.length).map(
    (line, index) => `${index === 0 ? head : ' '.repeat(head.length)}${line}`,
  )
}

/** Breaks a text into lines of at most `width` characters, at spaces. White space in it stays as it is. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const word of text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .split(/(?<= )(?=\S)/)) {
    if (current !== '' && (current + word).trimEnd().length > width) {
      lines.push(current.trimEnd())
      current = ''
    }
    current += word
  }
  return [...lines, current.trimEnd()]
}

function clockTime(atSeconds: number): string {
  const seconds = Math.floor(atSeconds)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}
