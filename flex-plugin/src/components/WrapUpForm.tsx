import { Box } from '@twilio-paste/core/box'
import { HelpText } from '@twilio-paste/core/help-text'
import { Input } from '@twilio-paste/core/input'
import { Label } from '@twilio-paste/core/label'
import { Option, Select } from '@twilio-paste/core/select'
import { TextArea } from '@twilio-paste/core/textarea'
import { useUID } from '@twilio-paste/core/uid-library'
import * as React from 'react'
import type { Draft } from '../core/drafts.ts'
import type { Disposition } from '../core/settings.ts'
import type { Say } from '../strings/say.ts'
import { Section } from './Section.tsx'

interface WrapUpFormProps {
  readonly draft: Draft
  readonly dispositions: readonly Disposition[]
  readonly say: Say
  readonly change: (draft: Draft) => void
}

/** What the agent leaves for the next call. It has no button: completing the task saves it. */
export function WrapUpForm({ draft, dispositions, say, change }: WrapUpFormProps): React.ReactElement {
  const id = useUID()
  const set = (part: Partial<Draft>): void => change({ ...draft, ...part })
  return (
    <Section title={say.text('wrap_up')}>
      <Box display="flex" flexDirection="column" rowGap="space40">
        <Box>
          <Label htmlFor={`${id}-disposition`}>{say.text('disposition')}</Label>
          <Select
            id={`${id}-disposition`}
            value={draft.disposition}
            onChange={(event) =>
              set({ disposition: event.target.value, isResolved: event.target.value === 'resolved' })
            }
          >
            {[{ value: '', label: say.text('disposition_none') }, ...dispositions].map(({ value, label }) => (
              <Option key={value} value={value}>
                {label}
              </Option>
            ))}
          </Select>
        </Box>
        <Box>
          <Label htmlFor={`${id}-intent`}>{say.text('intent_label')}</Label>
          <Input
            id={`${id}-intent`}
            type="text"
            value={draft.intent}
            maxLength={128}
            onChange={(event) => set({ intent: event.target.value })}
          />
        </Box>
        <Box>
          <Label htmlFor={`${id}-status`}>{say.text('status')}</Label>
          <Select
            id={`${id}-status`}
            value={draft.isResolved ? 'resolved' : 'open'}
            aria-describedby={`${id}-status-help`}
            onChange={(event) => set({ isResolved: event.target.value === 'resolved' })}
          >
            <Option value="open">{say.text('still_open')}</Option>
            <Option value="resolved">{say.text('resolved')}</Option>
          </Select>
          <HelpText id={`${id}-status-help`}>{say.text('status_help')}</HelpText>
        </Box>
        <Box>
          <Label htmlFor={`${id}-notes`}>{say.text('notes')}</Label>
          <TextArea
            id={`${id}-notes`}
            value={draft.notes}
            maxLength={4_000}
            aria-describedby={`${id}-help`}
            onChange={(event) => set({ notes: event.target.value })}
          />
          <HelpText id={`${id}-help`}>{say.text('notes_help')}</HelpText>
        </Box>
      </Box>
    </Section>
  )
}
