import { Box } from '@twilio-paste/core/box'
import * as React from 'react'
import type { RememberedValue } from '../core/view.ts'
import type { TextKey } from '../strings/en.ts'
import type { Say } from '../strings/say.ts'
import { FactList } from './Facts.tsx'
import { Section } from './Section.tsx'

const SHOWN = 4
const LONG_CHARS = 120
const SOON_DAYS = 7
const SOURCES: ReadonlyMap<string, TextKey> = new Map([
  ['agent', 'source_agent'],
  ['ivr', 'source_ivr'],
])
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/
const CODE = /^[a-z]+(?:_[a-z]+)+$/

/** A value as an agent reads it: local dates, `pending_approval` as words, all else as it is. */
function readable(value: string, say: Say): string {
  if (ISO_TIME.test(value)) return say.date(value)
  return CODE.test(value) ? say.label(value) : value
}

/** The value, who wrote it, and how long it stays when that is not long any more. */
function describe({ value, source, daysLeft }: RememberedValue, say: Say): string {
  const by = source === undefined ? undefined : SOURCES.get(source)
  const notes = [
    ...(by ? [say.text(by)] : []),
    ...(daysLeft === undefined || daysLeft > SOON_DAYS ? [] : [leftText(daysLeft, say)]),
  ]
  return notes.length === 0 ? readable(value, say) : `${readable(value, say)} (${notes.join(', ')})`
}

function leftText(days: number, say: Say): string {
  return days < 1 ? say.text('days_left_zero') : say.counted('days_left', days)
}

/** What is remembered: the first few short values at once, the rest folded. */
export function Remembered(props: {
  readonly values: readonly RememberedValue[]
  readonly say: Say
}): React.ReactElement | null {
  const { values, say } = props
  if (values.length === 0) return null
  const facts = values.map((one) => [say.label(one.name), describe(one, say)] as const)
  const short = facts.filter(([, value]) => value.length <= LONG_CHARS).slice(0, SHOWN)
  const folded = facts.filter((fact) => !short.includes(fact))
  return (
    <Section title={say.text('remembered')}>
      <FactList facts={short} />
      {folded.length === 0 ? null : (
        // The browser's own, for Paste's Disclosure would add a fifth to the plugin's size.
        <Box as="details" marginTop="space40">
          <Box as="summary" cursor="pointer" marginBottom="space30" color="colorTextLink">
            {say.text('show_more', { count: folded.length })}
          </Box>
          <FactList facts={folded} />
        </Box>
      )}
    </Section>
  )
}
