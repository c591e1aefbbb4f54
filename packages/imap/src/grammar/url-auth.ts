import type { ImapCommand, UrlItem, UrlRump, WantedUrl } from '../command.js'
import type { Cursor } from './cursor.js'
import { mailbox } from './mailbox.js'
import { astring, atom } from './strings.js'

/** `mechanism = "INTERNAL" / 1*(ALPHA / DIGIT / "-" / ".")`. RFC 4467 §9. */
const MECHANISM = /[A-Za-z0-9.-]+/y

const ITEMS: ReadonlyMap<string, UrlItem> = new Map<string, UrlItem>([
  ['BODY', 'BODY'],
  ['BINARY', 'BINARY'],
  ['BODYPARTSTRUCTURE', 'BODYPARTSTRUCTURE'],
])

const NONE: ReadonlySet<UrlItem> = new Set()

/**
 *     resetkey = "RESETKEY" [SP mailbox *(SP mechanism)]
 *
 * RFC 4467 §9.
 */
export function resetKey(c: Cursor): ImapCommand {
  if (!c.skip(' ')) return { name: 'RESETKEY', mailbox: null, mechanisms: [] }
  const name = mailbox(c)
  const mechanisms: string[] = []
  while (c.skip(' ')) mechanisms.push(mechanism(c))
  return { name: 'RESETKEY', mailbox: name, mechanisms }
}

/**
 *     genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism)
 *     url-rump   = astring
 *
 * RFC 4467 §9. What the URLs say is looked at by the command.
 */
export function genUrlAuth(c: Cursor): ImapCommand {
  const rumps: UrlRump[] = []
  do {
    bound(c, rumps)
    const url = astring(c, 'URL')
    c.sp()
    rumps.push({ url, mechanism: mechanism(c) })
  } while (c.skip(' '))
  return { name: 'GENURLAUTH', rumps }
}

/**
 *     urlfetch         = "URLFETCH" 1*(SP url-fetch-arg)
 *     url-fetch-arg    = url-fetch-simple / url-fetch-ext
 *     url-fetch-simple = url-full
 *     url-full         = astring
 *
 * RFC 5524 §5, RFC 4467 §9.
 */
export function urlFetch(c: Cursor): ImapCommand {
  const urls: WantedUrl[] = []
  do {
    bound(c, urls)
    urls.push(c.peek === '(' && c.offers('URLAUTH=BINARY') ? extended(c) : { url: astring(c, 'URL'), items: NONE })
  } while (c.skip(' '))
  return { name: 'URLFETCH', urls }
}

/**
 *     url-fetch-ext   = "(" url-full *(SP url-fetch-param) ")"
 *     url-fetch-param = "BODY" / "BINARY" / "BODYPARTSTRUCTURE" / atom
 *
 * RFC 5524 §5. None twice, and not both BINARY and BODY (§3.1).
 */
function extended(c: Cursor): WantedUrl {
  c.open()
  const url = astring(c, 'URL')
  const items = new Set<UrlItem>()
  while (c.skip(' ')) {
    const word = atom(c, 'URL fetch parameter').toUpperCase()
    const item = ITEMS.get(word) ?? c.bad(`Unknown URL fetch parameter ${word}`)
    if (items.has(item)) c.bad(`URL fetch parameter ${word} given twice`)
    items.add(item)
  }
  if (items.has('BODY') && items.has('BINARY')) c.bad('URL cannot have both BODY and BINARY fetch parameters')
  c.close()
  return { url, items }
}

function mechanism(c: Cursor): string {
  return (c.match(MECHANISM) ?? c.bad('Invalid URLAUTH mechanism')).toUpperCase()
}

function bound(c: Cursor, urls: readonly unknown[]): void {
  if (urls.length === c.limits.urls) c.no('LIMIT', 'Too many URLs')
}
