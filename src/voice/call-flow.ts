/**
 * What the file assets/call-flow.private.json holds: everything that a caller hears and where calls go.
 * docs/call-flow.schema.json is made from these types by `npm run docs`; docs/call-flow.md explains the file.
 */
export interface CallFlow {
  /** Where the schema lies, for editors. */
  readonly $schema?: string
  /** Language of callers of whom nothing else is known: a key of `languages`. */
  readonly defaultLanguage: string
  /** Everything that is said, by language tag such as en-US. */
  readonly languages: Readonly<Record<string, Language>>
  /** What callers call about, in the order in which it is offered. */
  readonly menu: readonly MenuEntry[]
  /** Variables that may be spoken to a recognized caller; all others are for agents only. */
  readonly spokenVariables: readonly string[]
  /**
   * What callers have to prove of whom the memory is not sure (tier `possible`), where an entry asks for `quick`: several
   * people may share the number, and a code alone does not tell them apart.
   */
  readonly verifyPossible: VerifyMethod
  /** When agents take calls. */
  readonly openingHours: OpeningHours
  readonly routing: Routing
  /** Address of the music that callers hear in the queue. Without it they hear silence between the words. */
  readonly holdMusicUrl?: string
}

/** One language. */
export interface Language {
  /** Voice of Twilio's <Say> that speaks this language, for example Polly.Joanna-Neural. */
  readonly voice: string
  /** How callers choose this language. Not offered to those who hear it already. */
  readonly choice?: LanguageChoice
  readonly texts: Texts
}

/** How a language is offered and chosen. */
export interface LanguageChoice {
  /**
   * Key to press.
   * @pattern ^[0-9]$
   */
  readonly key: string
  /**
   * The offer, in this language.
   * @minLength 1
   */
  readonly offer: string
}

/** One thing that callers call about. */
export interface MenuEntry {
  /**
   * Key to press.
   * @pattern ^[0-9]$
   */
  readonly key: string
  /**
   * Label under which it is remembered, in small letters.
   * @pattern ^[a-z][a-z0-9_]{0,59}$
   */
  readonly intent: string
  /** What the caller has to prove first. Nothing unless it says so. */
  readonly verify?: VerifyMethod
  /** Where these calls go; to `routing.default` unless it says so. */
  readonly route?: Route
  /** How it is spoken of, by language. */
  readonly texts: Readonly<Record<string, MenuTexts>>
}

/** `quick`: a code sent to the calling number. `full`: the account number too. */
export type VerifyMethod = 'quick' | 'full'

/** How one language speaks of a menu entry. */
export interface MenuTexts {
  /**
   * How the menu offers it, to complete `pressFor`.
   * @minLength 1
   */
  readonly offer: string
  /** How a greeting names it, to complete `lastTimeAbout`. Entries that say nothing have none. */
  readonly topic?: string
  /** Words that callers use for it, in small letters; matched at the start of a spoken word. */
  readonly words: readonly string[]
}

/** A TaskRouter workflow (for Flex) or a queue of `<Enqueue>`, by name. Exactly one of them. */
export interface Route {
  /** @pattern ^WW[0-9a-f]{32}$ */
  readonly workflowSid?: string
  /** @pattern ^[A-Za-z0-9 _-]{1,64}$ */
  readonly queue?: string
}

/** Where calls go and which come first. */
export interface Routing {
  /** Where calls go whose menu entry names no route. Without it: the setting WORKFLOW_SID, else voicemail. */
  readonly default?: Route
  /** Callers who call for the same matter again and again come first. */
  readonly repeated: RepeatedRule
  /** Callers who come first by what is remembered of them. */
  readonly vip: VipRule
}

/** When a matter counts as repeated, and what that changes. */
export interface RepeatedRule {
  /**
   * From which call about the same open matter on.
   * @minimum 2
   * @asType integer
   */
  readonly fromAttempt: number
  /**
   * Priority of the task; others have 0.
   * @minimum 0
   * @asType integer
   */
  readonly priority: number
}

/** Who is a VIP, and what that changes. */
export interface VipRule {
  /** Name of the remembered variable. */
  readonly variable: string
  /** Values that make a VIP, in small letters. */
  readonly values: readonly string[]
  /**
   * Priority of the task; others have 0.
   * @minimum 0
   * @asType integer
   */
  readonly priority: number
}

/** When agents take calls, by the clock of one time zone. */
export interface OpeningHours {
  /** IANA name, for example America/New_York. */
  readonly timeZone: string
  readonly weekly: WeeklyHours
  /** Days on which the centre is closed, as YYYY-MM-DD. */
  readonly holidays: readonly CalendarDay[]
}

/** Times of a week such as ["09:00-12:30", "13:00-17:00"]. A day that is not named is closed. */
export interface WeeklyHours {
  readonly monday?: readonly TimeRange[]
  readonly tuesday?: readonly TimeRange[]
  readonly wednesday?: readonly TimeRange[]
  readonly thursday?: readonly TimeRange[]
  readonly friday?: readonly TimeRange[]
  readonly saturday?: readonly TimeRange[]
  readonly sunday?: readonly TimeRange[]
}

/**
 * From and to, for example 09:00-17:30. The day ends at 24:00; write a night as two days.
 * @pattern ^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$
 */
export type TimeRange = string

/** @pattern ^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$ */
export type CalendarDay = string

/** Words by which callers answer yes, no and the like, in small letters. */
export interface AnswerWords {
  /** Go on with the open matter. */
  readonly goOn: readonly string[]
  /** Something else. */
  readonly other: readonly string[]
  readonly yes: readonly string[]
  readonly no: readonly string[]
  /** The digits from zero to nine, as they are spoken: ten lists. */
  readonly digits: readonly (readonly string[])[]
}

/** Everything that is said in one language. What stands in braces is filled in. */
export interface Texts {
  readonly welcome: string
  readonly welcomeBack: string
  readonly perhapsKnown: string
  /** Takes {topic}. */
  readonly lastTimeAbout: string
  /** Takes {words}: what the caller said on an earlier call. */
  readonly youSaid: string
  readonly ask: string
  /** Takes {offers}: the menu's offers, each by `pressFor`. */
  readonly orPress: string
  /** Takes {key} and {offer}. */
  readonly pressFor: string
  /** Takes {topic}. Key 1 goes on with the open matter, key 2 is for something else. */
  readonly goOnOrOther: string
  /** Asked in Studio flows. Takes {topic}. Key 1 says yes; anything else is what the call is about. */
  readonly confirmTopic: string
  /** Asked in Studio flows, after `perhapsKnown`. Key 1 says yes, key 2 no. */
  readonly confirmCaller: string
  readonly notUnderstood: string
  readonly thanks: string
  readonly codeSent: string
  readonly enterCode: string
  readonly codeWrong: string
  readonly verified: string
  /** Said when the caller could not be verified: an agent goes on. */
  readonly notVerified: string
  readonly enterAccount: string
  /** Takes {digits}, read one by one. Key 1 confirms, key 2 starts anew. */
  readonly confirmAccount: string
  readonly connecting: string
  /** Said in the queue to those of whom something is known. Takes {topic}. */
  readonly waitKnown: string
  readonly waiting: string
  readonly closed: string
  readonly nobodyFree: string
  readonly leaveMessage: string
  readonly messageKept: string
  readonly noMessage: string
  readonly words: AnswerWords
}
