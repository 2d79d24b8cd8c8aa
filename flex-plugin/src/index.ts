import * as FlexPlugin from '@twilio/flex-plugin'
import { CallerContextPlugin } from './plugin.tsx'

FlexPlugin.loadPlugin(CallerContextPlugin)
