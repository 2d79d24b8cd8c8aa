/** One thing that callers call about. */
export interface MenuEntry {
  /** Key to press. */
  readonly key: string
  /** Label under which it is remembered. */
  readonly intent: string
  /** How the menu offers it: "for ...". */
  readonly offer: string
  /** How a greeting names it: "you called about ...". Entries that say nothing have none. */
  readonly topic?: string
  /** Words that a caller uses for it; matched at the start of a spoken word. */
  readonly words: readonly string[]
}

/** Everything that callers hear, in one place. */
export const TEXTS = {
  language: 'en-US',
  // A neural voice that reads punctuation well. Twilio's older `alice` is a legacy voice.
  voice: 'Polly.Joanna-Neural',
  welcome: 'Welcome to our support line.',
  welcomeBack: 'Welcome back.',
  perhapsKnown: 'It looks as if you may have called before.',
  lastTimeAbout: (topic: string): string => `Last time, you called about ${topic}.`,
  youSaid: (words: string): string => `You told us: ${words}.`,
  ask: 'Please say in a few words what you are calling about.',
  orPress: (offers: readonly string[]): string => `Or ${offers.join(', ')}.`,
  pressFor: (key: string, offer: string): string => `press ${key} for ${offer}`,
  confirmTopic: (topic: string): string =>
    `Are you calling about ${topic} again? Press 1 or say yes. If not, say in a few words what it is about.`,
  confirmCaller: 'Is that right? Press 1 or say yes. If not, press 2 or say no.',
  notUnderstood: 'I did not understand that.',
  thanks: 'Thank you.',
  leaveMessage:
    'Nobody can take your call right now. Please leave a message after the tone, and press the pound key when you have finished.',
  messageKept: 'Thank you. We have your message, and you will not have to explain it again. Goodbye.',
  noMessage: 'We did not hear a message. Goodbye.',
  apology: 'We are sorry, something went wrong on our side. Please call again. Goodbye.',
} as const

/** The standard menu, in the order in which it is offered. */
export const MENU: readonly MenuEntry[] = [
  {
    key: '1',
    intent: 'billing',
    offer: 'billing',
    topic: 'your bill',
    words: ['bill', 'invoice', 'charge', 'payment'],
  },
  {
    key: '2',
    intent: 'refund',
    offer: 'a refund',
    topic: 'a refund',
    words: ['refund', 'money back', 'return'],
  },
  {
    key: '3',
    intent: 'order',
    offer: 'an order or a delivery',
    topic: 'an order',
    words: ['order', 'deliver', 'parcel', 'package', 'shipment'],
  },
  {
    key: '4',
    intent: 'technical_support',
    offer: 'technical help',
    topic: 'a technical problem',
    words: ['technical', 'broken', 'not working', 'does not work', 'error', 'support'],
  },
  {
    key: '0',
    intent: 'general_inquiry',
    offer: 'anything else',
    words: ['agent', 'operator', 'representative'],
  },
]
