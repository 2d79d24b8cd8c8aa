import { Box } from '@twilio-paste/core/box'
import { Button } from '@twilio-paste/core/button'
import { Input } from '@twilio-paste/core/input'
import { Label } from '@twilio-paste/core/label'
import { Text } from '@twilio-paste/core/text'
import { useUID } from '@twilio-paste/core/uid-library'
import * as React from 'react'
import type { Say } from '../strings/say.ts'

/** Erases a customer after a word has been typed: it cannot be undone. */
export function ForgetCustomer(props: {
  readonly say: Say
  readonly isBusy: boolean
  readonly forget: () => void
}): React.ReactElement {
  const { say, isBusy, forget } = props
  const [isAsking, setAsking] = React.useState(false)
  const [typed, setTyped] = React.useState('')
  const inputId = useUID()
  if (!isAsking) {
    return (
      <Box marginTop="space40">
        <Button variant="destructive_link" size="small" onClick={() => setAsking(true)}>
          {say.text('forget')}
        </Button>
      </Box>
    )
  }
  const close = (): void => {
    setAsking(false)
    setTyped('')
  }
  const word = say.text('forget_word')
  return (
    <Box marginTop="space40">
      <Text as="p" marginBottom="space30">
        {say.text('forget_warning')}
      </Text>
      <Label htmlFor={inputId}>{say.text('forget_type', { word })}</Label>
      <Input
        id={inputId}
        type="text"
        value={typed}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
      />
      <Box display="flex" columnGap="space30" marginTop="space30">
        <Button
          variant="destructive"
          size="small"
          disabled={isBusy || typed.trim() !== word}
          onClick={() => {
            forget()
            close()
          }}
        >
          {say.text('forget')}
        </Button>
        <Button variant="secondary" size="small" onClick={close}>
          {say.text('cancel')}
        </Button>
      </Box>
    </Box>
  )
}
