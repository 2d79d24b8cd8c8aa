/** What a CRM address may be filled with. */
export interface CrmValues {
  readonly customer_ref: string
  readonly call_sid: string
}

const PLACEHOLDER = /\{(\w+)\}/g

/**
 * Fills a template such as `https://crm.example.com/customers/{customer_ref}`. Values are encoded, so they cannot
 * leave their place; the result is undefined when it is not https on one of the allowed hosts.
 */
export function crmLink(
  template: string,
  allowedHosts: readonly string[],
  values: CrmValues,
): string | undefined {
  const filled = template.replace(PLACEHOLDER, (whole, name: string) =>
    name === 'customer_ref' || name === 'call_sid' ? encodeURIComponent(values[name]) : whole,
  )
  try {
    const url = new URL(filled)
    const isAllowed = url.protocol === 'https:' && allowedHosts.includes(url.host)
    return isAllowed && url.username === '' && url.password === '' ? url.href : undefined
  } catch {
    return undefined
  }
}
