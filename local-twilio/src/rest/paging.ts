import type { Refusal } from './twilio-error.ts'

/** What is known of an item for cutting pages: a number that grows from item to item. */
export interface Positioned {
  readonly position: number
}

/** The `meta` object of a list. */
export interface PageMeta {
  readonly first_page_url: string
  readonly key: string
  readonly next_page_url: string | null
  readonly page: number
  readonly page_size: number
  readonly previous_page_url: string | null
  readonly url: string
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly meta: PageMeta
}

/** Where a page is asked for, as the query names it. */
export interface PageRequest {
  readonly pageSize: number
  readonly page: number
  /** `PA` + position: what comes after it. `PB` + position: what comes before it. Empty: the first page. */
  readonly pageToken: string
}

/** The refusal of a page that cannot be. */
export const INVALID_PAGE: Refusal = {
  status: 400,
  code: 20001,
  message: 'Invalid PageSize, Page or PageToken',
}

/** Reads `PageSize` (1 to 100, 50 unless given), `Page` and `PageToken`; undefined when one is wrong. */
export function readPageRequest(query: URLSearchParams): PageRequest | undefined {
  const size = query.get('PageSize') ?? '50'
  const page = query.get('Page') ?? '0'
  const pageToken = query.get('PageToken') ?? ''
  const fits = /^\d{1,3}$/.test(size) && /^\d{1,9}$/.test(page) && /^(?:P[AB]\d{1,15})?$/.test(pageToken)
  const pageSize = Number(size)
  return fits && pageSize >= 1 && pageSize <= 100 ? { pageSize, page: Number(page), pageToken } : undefined
}

/** Cuts a page out of `items`, which are in order. `url` is the list's address without a query. */
export function cutPage<T extends Positioned>(
  items: readonly T[],
  { pageSize, page, pageToken }: PageRequest,
  url: string,
  key: string,
): Page<T> {
  const start = startOf(items, pageSize, pageToken)
  const shown = items.slice(start, start + pageSize)
  const address = (at: number, token: string): string =>
    `${url}?PageSize=${pageSize}&Page=${at}${token === '' ? '' : `&PageToken=${token}`}`
  const first = shown.at(0)
  const last = shown.at(-1)
  const more = last !== undefined && start + shown.length < items.length
  return {
    items: shown,
    meta: {
      first_page_url: address(0, ''),
      key,
      next_page_url: more ? address(page + 1, `PA${last.position}`) : null,
      page,
      page_size: pageSize,
      previous_page_url:
        first !== undefined && start > 0 ? address(Math.max(0, page - 1), `PB${first.position}`) : null,
      url: address(page, pageToken),
    },
  }
}

function startOf(items: readonly Positioned[], pageSize: number, pageToken: string): number {
  if (pageToken === '') return 0
  const position = Number(pageToken.slice(2))
  const isAfter = pageToken.startsWith('PA')
  const border = items.findIndex((item) => (isAfter ? item.position > position : item.position >= position))
  const start = border === -1 ? items.length : border
  return isAfter ? start : Math.max(0, start - pageSize)
}
