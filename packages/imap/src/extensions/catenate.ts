import type { AccountId, Flow, MailboxRef } from '@mailwright/core'
import { parseImapUrl } from '../grammar/imap-url.js'
import { no, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import { refOfUrl, type UrlContent, type UrlFault, urlContent, urlFault } from '../url-content.js'

/**
 *     resp-text-code =/ "BADURL" SP url-resp-text
 *
 * RFC 4469 §4.1. What may not stand in a response code is percent-encoded.
 */
export function badUrl(url: string, reason: string): Reply {
  const shown = url.replace(/[^\x21-\x5a\x5e-\x7e]/g, percentEncoded)
  return no(reason, `BADURL ${shown === '' ? '%20' : shown}`)
}

function percentEncoded(octet: string): string {
  return `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/**
 * Finds the octets that a URL of CATENATE stands for, "as if the literal returned in a FETCH BODY response were put in place"
 * (RFC 4469 §3): relative URLs of messages of the user's own only, in the selected mailbox where they name none.
 */
export function* urlPiece(session: Session, account: AccountId, octets: string): Flow<UrlContent> {
  const url = parseImapUrl(octets)
  if (url === null) return urlFault('Invalid URL.')
  if (url.server !== null || url.auth !== null) return urlFault('Only relative URLs of your own messages can be used.')
  if (url.partial !== null && !session.offers('URL-PARTIAL')) return urlFault('PARTIAL is not supported.')
  const ref = yield* refOf(session, account, url.mailbox)
  return 'kind' in ref ? ref : yield* urlContent(session, ref, url)
}

function* refOf(session: Session, account: AccountId, mailbox: string | null): Flow<MailboxRef | UrlFault> {
  const { state } = session
  if (mailbox !== null) return yield* refOfUrl(session, account, mailbox)
  return state.name === 'selected'
    ? state.mailbox.ref
    : urlFault('No mailbox is selected that the URL could be relative to.')
}
