import { latin1ToUtf8, type Octets, type UnixMillis } from '@mailwright/core'

/** An IMAP URL (RFC 5092 §11), relative where `server` is `null`. Text is Unicode, percent-decoded. */
export interface ImapUrl {
  readonly server: UrlServer | null
  /** As the server writes names, levels apart by its own separator; `null`: that of the base URL. */
  readonly mailbox: string | null
  readonly uidValidity: number | null
  /** `null`: a mailbox, not a message. */
  readonly uid: number | null
  /** As between the brackets of `BODY[]`; `null` for the whole message. */
  readonly section: string | null
  /** `count` is `null` for everything from `start` on. */
  readonly partial: { readonly start: Octets; readonly count: Octets | null } | null
  readonly auth: UrlAuth | null
}

export interface UrlServer {
  readonly user: string | null
  readonly host: string
  readonly port: number | null
}

/** Whom an authorised URL lets in (RFC 4467 §3): everybody, every user, one user, or a submission server on a user's behalf. */
export type UrlAccess =
  | { readonly kind: 'anonymous' | 'authuser' }
  | { readonly kind: 'user' | 'submit'; readonly user: string }

export interface UrlAuth {
  readonly access: UrlAccess
  readonly expires: UnixMillis | null
  /** The URL up to where the verifier begins: what a mechanism signs. */
  readonly rump: string
  /** `null`: a rump, not yet authorised. */
  readonly verifier: { readonly mechanism: string; readonly token: string } | null
}

/** `uchar`, `bchar` and the marks between them (RFC 5092 §11, RFC 3986 §2). */
const URL_TEXT = /^(?:[!$'()*+,\-./0-9:;=?@A-Z_a-z~&]|%[0-9A-Fa-f]{2})*$/

/**
 *     imapurl = "imap://" iserver ipath-query
 *     iserver = [iuserinfo "@"] host [":" port]
 */
const SERVER = /^(?:imap:)?\/\/(?:([^/?@]*)@)?([^/?@:;]+)(?::(\d{0,5}))?(?=[/?]|$)/i

/** `iuserinfo = enc-user [iauth] / [enc-user] iauth`, `iauth = ";AUTH=" ("*" / enc-auth-type)` */
const USER = /^([^;:]*)(?:;AUTH=[^;:]+)?$/i

/**
 *     imessagepart = imailbox-ref iuid [isection] [ipartial]
 *     imailbox-ref = enc-mailbox [";UIDVALIDITY=" nz-number]
 *     iuid         = "/" ";UID=" nz-number
 *     isection     = "/" ";SECTION=" enc-section
 *     ipartial     = "/" ";PARTIAL=" number ["." nz-number]
 *     iurlauth     = [";EXPIRE=" date-time] ";URLAUTH=" access [iua-verifier]
 */
const MESSAGE =
  /^(?:([^;?]+)(?:;UIDVALIDITY=(\d{1,10}))?\/)?;UID=(\d{1,10})(?:\/;SECTION=((?:(?!\/;)[^;?])+))?(?:\/;PARTIAL=(\d{1,10})(?:\.(\d{1,10}))?)?(?:(?:;EXPIRE=([^;?]+))?;URLAUTH=([^;?]+))?$/i

/** `imessagelist = imailbox-ref ["?" enc-search]` */
const MESSAGES = /^([^;?]*)(?:;UIDVALIDITY=(\d{1,10}))?(?:\?.*)?$/i

/** `access [":" uauth-mechanism ":" enc-urlauth]`, `enc-urlauth = 32*HEXDIG` */
const ACCESS = /^(?:(anonymous|authuser)|(user|submit)\+([^:]+))(?::([A-Za-z0-9.-]+):([0-9A-Fa-f]{32,256}))?$/i

/** `date-time` of RFC 3339 §5.6. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i

/**
 * Reads an IMAP URL, absolute or relative. RFC 5092 §11, RFC 4467 §9.
 *
 * @param octets one octet a character.
 * @returns `null` for what is none.
 */
export function parseImapUrl(octets: string): ImapUrl | null {
  if (!URL_TEXT.test(octets)) return null
  const found = SERVER.exec(octets)
  const server = found === null ? null : urlServer(found)
  if (server === undefined || (found === null && /^[a-z][a-z0-9+.-]*:/i.test(octets))) return null
  const path = octets.slice(found?.[0].length ?? 0).replace(/^\//, '')
  const message = MESSAGE.exec(path)
  if (message === null) return mailboxUrl(server, path)
  const [, name, validity, number = '', encodedSection, start, count, expire, access] = message
  const mailbox = name === undefined ? null : decoded(name)
  const uidValidity = validity === undefined ? null : nzNumber(validity)
  const uid = nzNumber(number)
  const section = encodedSection === undefined ? null : decoded(encodedSection)
  const partial = start === undefined ? null : range(start, count)
  const auth = access === undefined ? null : urlAuth(octets, expire, access)
  if (uid === undefined || uidValidity === undefined || mailbox === undefined) return null
  if (section === undefined || partial === undefined || auth === undefined) return null
  return { server, mailbox, uidValidity, uid, section, partial, auth }
}

function mailboxUrl(server: UrlServer | null, path: string): ImapUrl | null {
  const [, name = '', validity] = MESSAGES.exec(path) ?? []
  const mailbox = name === '' ? null : decoded(name)
  const uidValidity = validity === undefined ? null : nzNumber(validity)
  if (mailbox === undefined || uidValidity === undefined || !MESSAGES.test(path)) return null
  return { server, mailbox, uidValidity, uid: null, section: null, partial: null, auth: null }
}

function urlServer([, userInfo, host = '', port = '']: RegExpExecArray): UrlServer | undefined {
  const user = userInfo === undefined ? '' : USER.exec(userInfo)?.[1]
  const name = user === undefined ? undefined : decoded(user)
  const shown = decoded(host)
  if (name === undefined || shown === undefined || Number(port) > 65_535) return undefined
  return { user: name === '' ? null : name, host: shown, port: port === '' ? null : Number(port) }
}

/** @param text what `;URLAUTH=` of `url` is followed by, at its end. */
function urlAuth(url: string, expire: string | undefined, text: string): UrlAuth | undefined {
  const found = ACCESS.exec(text)
  if (found === null) return undefined
  const [, anybody, somebody, encodedUser = '', mechanism, token] = found
  const user = decoded(encodedUser)
  const expires = expire === undefined ? null : Date.parse(expire)
  if (user === undefined || Number.isNaN(expires) || (expire !== undefined && !DATE_TIME.test(expire))) return undefined
  const access: UrlAccess =
    somebody === undefined
      ? { kind: anybody?.toLowerCase() === 'authuser' ? 'authuser' : 'anonymous' }
      : { kind: somebody.toLowerCase() === 'submit' ? 'submit' : 'user', user }
  const verifier = mechanism === undefined || token === undefined ? null : { mechanism, token }
  const rump = verifier === null ? url : url.slice(0, -`:${verifier.mechanism}:${verifier.token}`.length)
  return { access, expires, rump, verifier }
}

function range(start: string, count: string | undefined): ImapUrl['partial'] | undefined {
  const length = count === undefined ? null : nzNumber(count)
  return length === undefined || Number(start) > MAX_NUMBER ? undefined : { start: Number(start), count: length }
}

/** The greatest `nz-number` of RFC 3501 §9. */
const MAX_NUMBER = 0xffff_ffff

function nzNumber(digits: string): number | undefined {
  const value = Number(digits)
  return value === 0 || value > MAX_NUMBER ? undefined : value
}

/** Percent-decoded UTF-8; `undefined` where it is not that. */
function decoded(text: string): string | undefined {
  const octets = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return octets.includes('\0') ? undefined : latin1ToUtf8(octets)
}
