import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formOf } from '../form.ts'
import { cutPage, INVALID_PAGE, readPageRequest } from '../paging.ts'
import { notFound, sendRefusal } from '../twilio-error.ts'
import {
  NAME_TAKEN,
  NO_PARAMETERS,
  readChange,
  readIfMatch,
  readUniqueName,
  REVISION_MISMATCH,
} from './document-form.ts'
import { documentJson, documentsUrl } from './document-json.ts'
import type { SyncDocument, SyncDocumentStore } from './document-store.ts'

/** What the routes work on. */
export interface SyncDocumentsOptions {
  readonly accountSid: string
  readonly store: SyncDocumentStore
}

type ListRequest = FastifyRequest<{ Params: { service: string } }>
type DocumentRequest = FastifyRequest<{ Params: { service: string; reference: string } }>
type Handler<Request> = (request: Request, reply: FastifyReply) => FastifyReply

const LIST_PATH = '/sync/v1/Services/:service/Documents'
const DOCUMENT_PATH = `${LIST_PATH}/:reference`

/** Serves the Documents of Twilio Sync: create, fetch, update, delete and list. */
export function serveSyncDocuments(app: FastifyInstance, options: SyncDocumentsOptions): void {
  app.post(LIST_PATH, createDocument(options))
  app.get(LIST_PATH, listDocuments(options))
  app.get(DOCUMENT_PATH, fetchDocument(options))
  app.post(DOCUMENT_PATH, updateDocument(options))
  app.delete(DOCUMENT_PATH, deleteDocument(options))
}

function createDocument({ accountSid, store }: SyncDocumentsOptions): Handler<ListRequest> {
  return (request, reply) => {
    const serviceSid = store.serviceSid(request.params.service)
    if (serviceSid === undefined) return sendRefusal(reply, notFound())
    const form = formOf(request.body)
    const name = readUniqueName(form)
    if (!name.ok) return sendRefusal(reply, name.refusal)
    const change = readChange(form)
    if (!change.ok) return sendRefusal(reply, change.refusal)
    const document = store.create(serviceSid, name.value, change.value)
    return document === undefined
      ? sendRefusal(reply, NAME_TAKEN)
      : sendDocument(reply.code(201), document, accountSid)
  }
}

function listDocuments({ accountSid, store }: SyncDocumentsOptions): Handler<ListRequest> {
  return (request, reply) => {
    const serviceSid = store.serviceSid(request.params.service)
    if (serviceSid === undefined) return sendRefusal(reply, notFound())
    const asked = readPageRequest(new URL(request.url, 'http://127.0.0.1').searchParams)
    if (asked === undefined) return sendRefusal(reply, INVALID_PAGE)
    const { items, meta } = cutPage(store.list(serviceSid), asked, documentsUrl(serviceSid), 'documents')
    return reply.send({ documents: items.map((document) => documentJson(document, accountSid)), meta })
  }
}

function fetchDocument({ accountSid, store }: SyncDocumentsOptions): Handler<DocumentRequest> {
  return (request, reply) => {
    const serviceSid = store.serviceSid(request.params.service)
    const document = serviceSid === undefined ? undefined : store.find(serviceSid, request.params.reference)
    // Twilio's error reference also has 54100 for this; its REST API answers the general code.
    if (document === undefined) return sendRefusal(reply, notFound())
    return sendDocument(reply, document, accountSid)
  }
}

function updateDocument({ accountSid, store }: SyncDocumentsOptions): Handler<DocumentRequest> {
  return (request, reply) => {
    const serviceSid = store.serviceSid(request.params.service)
    if (serviceSid === undefined) return sendRefusal(reply, notFound())
    const change = readChange(formOf(request.body))
    if (!change.ok) return sendRefusal(reply, change.refusal)
    if (Object.keys(change.value).length === 0) return sendRefusal(reply, NO_PARAMETERS)
    const revision = readIfMatch(request.headers['if-match'])
    if (!revision.ok) return sendRefusal(reply, revision.refusal)
    const outcome = store.update(serviceSid, request.params.reference, change.value, revision.value)
    switch (outcome.kind) {
      case 'not_found':
        return sendRefusal(reply, notFound())
      case 'revision_mismatch':
        return sendRefusal(reply, REVISION_MISMATCH)
      case 'updated':
        return sendDocument(reply, outcome.document, accountSid)
    }
  }
}

function deleteDocument({ store }: SyncDocumentsOptions): Handler<DocumentRequest> {
  return (request, reply) => {
    const serviceSid = store.serviceSid(request.params.service)
    const gone = serviceSid !== undefined && store.remove(serviceSid, request.params.reference)
    return gone ? reply.code(204).send() : sendRefusal(reply, notFound())
  }
}

// Twilio says that the ETag header is the revision; whether it stands in quotation marks is not documented.
function sendDocument(reply: FastifyReply, document: SyncDocument, accountSid: string): FastifyReply {
  return reply.header('ETag', String(document.revision)).send(documentJson(document, accountSid))
}
