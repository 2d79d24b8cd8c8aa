/** The HTTP status of an error of Twilio's SDK; undefined for every other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined
}

/** Twilio's own code of an error of its SDK; undefined for every other error. */
export function errorCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}
