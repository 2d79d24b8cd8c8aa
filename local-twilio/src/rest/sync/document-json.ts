import { isoSeconds } from '../iso-seconds.ts'
import type { SyncDocument } from './document-store.ts'

/** A document as the API shows it: `sync.v1.service.document` of Twilio's API description. */
export interface SyncDocumentJson {
  readonly sid: string
  readonly unique_name: string | null
  readonly account_sid: string
  readonly service_sid: string
  readonly url: string
  readonly links: { readonly permissions: string }
  readonly revision: string
  readonly data: unknown
  readonly date_expires: string | null
  readonly date_created: string
  readonly date_updated: string
  /** `system` for what the REST API created. */
  readonly created_by: string
}

/** Address of a Service's documents. Answers name Twilio's host, as the real ones do, not this server's. */
export function documentsUrl(serviceSid: string): string {
  return `https://sync.twilio.com/v1/Services/${serviceSid}/Documents`
}

/** Writes a document for an answer. */
export function documentJson(document: SyncDocument, accountSid: string): SyncDocumentJson {
  const url = `${documentsUrl(document.serviceSid)}/${document.sid}`
  return {
    sid: document.sid,
    unique_name: document.uniqueName,
    account_sid: accountSid,
    service_sid: document.serviceSid,
    url,
    links: { permissions: `${url}/Permissions` },
    revision: String(document.revision),
    data: document.content,
    date_expires: document.expiresAt === null ? null : isoSeconds(document.expiresAt),
    date_created: isoSeconds(document.createdAt),
    date_updated: isoSeconds(document.updatedAt),
    created_by: 'system',
  }
}
