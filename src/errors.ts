/** What an error code means to machines, and what a person does about it. */
export interface ErrorEntry {
  /** HTTP status when the fault is answered over HTTP. */
  readonly status: number
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** The next step, in one sentence. */
  readonly next: string
}

/**
 * Every fault that this project can name. `docs/errors.md` has one section per code; a test keeps the two equal.
 *
 * Not here on purpose: a caller whom we do not know, a withheld number, a shared line. Those are ordinary
 * outcomes and travel as values.
 */
export const ERRORS = {
  CM_CONFIG_INVALID: {
    status: 500,
    retryable: false,
    next: 'Correct the settings that the message lists; docs/configuration.md describes each.',
  },
  CM_USAGE: {
    status: 400,
    retryable: false,
    next: 'Run the command again with --help to see what it takes.',
  },
  CM_BUILD_FAILED: {
    status: 500,
    retryable: false,
    next: 'Mend what the message names, then run the command again.',
  },
  CM_LOCAL_SYSTEM: {
    status: 503,
    retryable: true,
    next: 'Stop the system, look at the files in .local/log, and start it again.',
  },
  CM_PAYLOAD_INVALID: {
    status: 400,
    retryable: false,
    next: 'Send what the message asks for at the place it names.',
  },
  CM_SIGNATURE_INVALID: {
    status: 403,
    retryable: false,
    next: 'Check that the auth token and the public URL are those with which Twilio signs.',
  },
  CM_KEY_INVALID: {
    status: 401,
    retryable: false,
    next: 'Send "Authorization: Bearer <key>" with a key that the memory server knows.',
  },
  CM_NOT_FOUND: {
    status: 404,
    retryable: false,
    next: 'Check the path and the reference.',
  },
  CM_CUSTOMER_NOT_FOUND: {
    status: 404,
    retryable: false,
    next: 'Use a customer_ref that an earlier answer returned, or send identity_hints.',
  },
  CM_CALL_CONFLICT: {
    status: 409,
    retryable: false,
    next: 'Use a new call_id, or repeat the first request unchanged.',
  },
  CM_BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    next: 'Send less: the limit stands in the message.',
  },
  CM_STORE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    next: 'Check the disk and the database of the memory server, then retry.',
  },
  CM_MEMORY_TIMEOUT: {
    status: 504,
    retryable: true,
    next: 'Check that the memory answers within MEMORY_TIMEOUT_MS; the call went on without it.',
  },
  CM_MEMORY_UNAVAILABLE: {
    status: 503,
    retryable: true,
    next: 'Check that the memory at STICKY_CALLS_API_URL can be reached; the call went on without it.',
  },
  CM_MEMORY_UNAUTHORIZED: {
    status: 401,
    retryable: false,
    next: 'Set STICKY_CALLS_API_KEY to a key that the memory accepts.',
  },
  CM_MEMORY_QUOTA: {
    status: 402,
    retryable: false,
    next: 'The monthly quota of the memory is used up: raise the plan or wait for its renewal.',
  },
  CM_MEMORY_RATE_LIMITED: {
    status: 429,
    retryable: true,
    next: 'The memory limits requests: raise its limit or spread the load.',
  },
  CM_MEMORY_CONFLICT: {
    status: 409,
    retryable: false,
    next: 'The memory has another record under this call: see what else writes with the same call_id.',
  },
  CM_MEMORY_REJECTED: {
    status: 502,
    retryable: false,
    next: 'The memory refused the request as invalid: compare versions, then report it.',
  },
  CM_MEMORY_GARBLED: {
    status: 502,
    retryable: true,
    next: 'The memory answered something that is not its API: check STICKY_CALLS_API_URL and what lies between.',
  },
  CM_SESSION_UNAVAILABLE: {
    status: 503,
    retryable: true,
    next: 'Check Twilio Sync and SYNC_SERVICE_SID; the call went on without its session.',
  },
  CM_FUNCTION_TIMEOUT: {
    status: 504,
    retryable: true,
    next: 'A function ran into its own limit and gave its fallback answer: look for a slow dependency.',
  },
  CM_BUG: {
    status: 500,
    retryable: false,
    next: 'This is a defect of the kit: please report it with the code and the time.',
  },
  CM_CUSTOMER_FORGOTTEN: {
    status: 410,
    retryable: false,
    next: 'The customer was forgotten: drop what was to be saved, and do not send it again.',
  },
  CM_SCOPE_MISSING: {
    status: 403,
    retryable: false,
    next: 'Use a key that has the scope which the message names.',
  },
  CM_RATE_LIMITED: {
    status: 429,
    retryable: true,
    next: 'Wait for the seconds in Retry-After, or raise RATE_LIMIT_PER_MINUTE of the memory server.',
  },
  CM_QUOTA_USED_UP: {
    status: 402,
    retryable: false,
    next: 'Raise MONTHLY_QUOTA of the memory server, or wait for the next month.',
  },
  CM_STORE_DAMAGED: {
    status: 500,
    retryable: false,
    next: "Run the memory server's command verify; restore a backup where it finds damage.",
  },
  CM_SAVE_UNREADABLE: {
    status: 500,
    retryable: false,
    next: 'Put the key that sealed the save back into SAVE_ENCRYPTION_KEYS, then run retry-saves with set_aside=retry.',
  },
  CM_SECRET_INVALID: {
    status: 401,
    retryable: false,
    next: 'Send "Authorization: Bearer <secret>" with the value of RETRY_SECRET.',
  },
  CM_CALL_FLOW_UNREADABLE: {
    status: 500,
    retryable: false,
    next: 'Deploy again with assets/call-flow.private.json: the call flow of the build was used.',
  },
  CM_TOKEN_INVALID: {
    status: 401,
    retryable: false,
    next: 'Sign in to Flex again: its token is missing, wrong or expired.',
  },
  CM_TOKEN_FORBIDDEN: {
    status: 403,
    retryable: false,
    next: 'Use a Flex role that may do this, from an address in FLEX_ORIGINS.',
  },
  CM_TOKEN_UNVERIFIED: {
    status: 503,
    retryable: true,
    next: "Twilio's token service did not answer: send the same request again.",
  },
  CM_MEMORY_UNSUPPORTED: {
    status: 501,
    retryable: false,
    next: 'This memory cannot do that: use the memory server for it.',
  },
  CM_NO_CANDIDATE: {
    status: 422,
    retryable: false,
    next: 'Open the panel again, and choose one of the people whom it shows for this call.',
  },
} as const

/** The name of a fault. */
export type ErrorCode = keyof typeof ERRORS

/** The entry of a code. */
export function describeError(code: ErrorCode): ErrorEntry {
  return ERRORS[code]
}

/** Further facts about a fault. None of them may hold a number, a name, a token or a body. */
export interface ErrorFacts {
  /** What the database or the system gave as the code of its failure: an SQLSTATE, `SQLITE_FULL`, `ECONNREFUSED`. */
  readonly databaseCode?: string
  /** HTTP status that another service answered with. */
  readonly upstreamStatus?: number
  /** Where a request is wrong, and what was expected there. */
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[]
  /** How long to wait before trying again. */
  readonly retryAfterMs?: number
}

/**
 * A fault that someone must mend or something must retry. Discriminate by `code`.
 *
 * The message says *what: where* and never holds a phone number, a name, a token or a body: it may be logged.
 */
export class CallerMemoryError extends Error {
  override readonly name = 'CallerMemoryError'
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message)
    this.code = code
    this.facts = facts
  }

  get retryable(): boolean {
    return describeError(this.code).retryable
  }

  get status(): number {
    return describeError(this.code).status
  }
}

/**
 * Any thrown thing as a coded fault. What is not ours becomes `CM_BUG` with a fixed message: the original
 * may carry a request with its token and the caller's number, so nothing of it is kept but its class name.
 */
export function asCallerMemoryError(thrown: unknown): CallerMemoryError {
  if (thrown instanceof CallerMemoryError) return thrown
  const kind = thrown instanceof Error ? thrown.constructor.name : typeof thrown
  return new CallerMemoryError('CM_BUG', `unexpected ${kind}`)
}
