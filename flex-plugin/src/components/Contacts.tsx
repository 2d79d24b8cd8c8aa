import { Box } from '@twilio-paste/core/box'
import { Text } from '@twilio-paste/core/text'
import * as React from 'react'
import { contactsPerMonth } from '../core/contact-months.ts'
import type { Contact } from '../core/view.ts'
import type { TextKey } from '../strings/en.ts'
import type { Say } from '../strings/say.ts'
import { Section } from './Section.tsx'

const BAR = 14
const GAP = 4
const HEIGHT = 36

/** Earlier contacts, the newest first, with a small plot of how many there were in each month. */
export function Contacts(props: {
  readonly contacts: readonly Contact[]
  readonly say: Say
  readonly now: Date
}): React.ReactElement {
  const { contacts, say, now } = props
  return (
    <Section title={say.text('contacts')}>
      {contacts.length === 0 ? (
        <Text as="p" color="colorTextWeak">
          {say.text('no_contacts')}
        </Text>
      ) : (
        <>
          <Plot counts={contactsPerMonth(contacts, now)} say={say} />
          <Box as="ol" margin="space0" marginTop="space40" paddingLeft="space60">
            {contacts.map((contact, place) => (
              <Box as="li" key={`${contact.startedAt}-${place}`} marginBottom="space20">
                <Text as="span">{lineOf(contact, say)}</Text>
              </Box>
            ))}
          </Box>
        </>
      )}
    </Section>
  )
}

function lineOf({ startedAt, durationSeconds, matters }: Contact, say: Say): string {
  const minutes =
    durationSeconds === undefined
      ? []
      : [say.text('minutes', { count: Math.max(1, Math.round(durationSeconds / 60)) })]
  return [say.date(startedAt), ...minutes, ...matters.map((matter) => matterText(matter, say))].join(' · ')
}

/** A matter with what became of it. */
export function matterText(
  { intent, status }: { readonly intent: string; readonly status: string },
  say: Say,
): string {
  const words = STATUS_KEYS.get(status)
  return words ? `${say.label(intent)}: ${say.text(words)}` : say.label(intent)
}

const STATUS_KEYS: ReadonlyMap<string, TextKey> = new Map([
  ['open', 'status_open'],
  ['resolved', 'status_resolved'],
  ['abandoned', 'status_abandoned'],
  ['expired', 'status_expired'],
])

/** One bar a month, in the colour of the text, so that it is seen in the light and in the dark. */
function Plot(props: { readonly counts: readonly number[]; readonly say: Say }): React.ReactElement {
  const { counts, say } = props
  const most = Math.max(1, ...counts)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const width = counts.length * (BAR + GAP)
  return (
    <Box color="colorTextLink">
      <svg
        role="img"
        aria-label={say.text('contacts_plot', { count: total })}
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
      >
        {counts.map((count, month) => {
          const height = count === 0 ? 1 : Math.max(4, (HEIGHT * count) / most)
          // Months have no name of their own: their place is what tells them apart.
          return (
            <rect
              key={month}
              x={month * (BAR + GAP)}
              y={HEIGHT - height}
              width={BAR}
              height={height}
              fill="currentColor"
            />
          )
        })}
      </svg>
    </Box>
  )
}
