import type { Memory } from '../calls/memory.ts'
import { bucketOfCustomerRef } from '../identity/customer-ref.ts'
import type { KeyedHash } from '../identity/keyed-hash.ts'
import { appendAudit } from '../store/audit.ts'
import type { AuditAction } from '../store/audit.ts'
import type { Scope } from '../store/scope.ts'

/**
 * Records in the audit log that somebody read or changed what is held about a customer, in the transaction in which
 * that happens. The customer is named by a keyed hash of its own kind, which forgetting leaves in place.
 */
export async function recordAccess(
  { keyedHash, clock, actor }: Pick<Memory, 'keyedHash' | 'clock' | 'actor'>,
  scope: Scope,
  action: AuditAction,
  customerRef: string,
): Promise<void> {
  const subject = auditSubject(keyedHash, scope.tenant, customerRef)
  const event = { at: clock().getTime(), action, actor, subject, detail: '' }
  await appendAudit(scope, keyedHash, bucketOfCustomerRef(customerRef) ?? 0, event)
}

/** The keyed hash by which the audit log names a customer. */
export function auditSubject(keyedHash: KeyedHash, tenant: string, customerRef: string): string {
  return keyedHash(tenant, 'audit', customerRef)
}
