import type { Say } from './say.ts'

/** Why a wrap-up was not taken, in words. */
export function refusalText(reason: string, say: Say): string {
  if (reason === 'not-kept' || reason === 'CM_NOT_FOUND') return say.text('refused_not_kept')
  if (reason === 'forgotten') return say.text('refused_forgotten')
  return say.text('refused_other', { code: reason })
}
