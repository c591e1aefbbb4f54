import type { SmtpSettings } from '../options.js'
import type { SmtpSession } from '../session.js'
import { AUTH } from './auth.js'
import { BURL } from './burl.js'
import { BINARYMIME, CHUNKING } from './chunking.js'
import { DELIVERBY } from './deliver-by.js'
import { DSN } from './dsn.js'
import { EIGHT_BIT_MIME } from './eight-bit-mime.js'
import { ENHANCED_STATUS_CODES } from './enhanced-status-codes.js'
import { ETRN } from './etrn.js'
import { EXPN } from './expn.js'
import type { Extension, ExtensionKeyword } from './extension.js'
import { FUTURE_RELEASE } from './future-release.js'
import { LIMITS } from './limits-told.js'
import { MT_PRIORITY } from './mt-priority.js'
import { PIPELINING } from './pipelining.js'
import { REQUIRE_TLS } from './require-tls.js'
import { SIZE } from './size.js'
import { SMTPUTF8 } from './smtp-utf8.js'
import { XCLIENT, XFORWARD } from './speaks-for.js'
import { STARTTLS } from './starttls.js'
import { VRFY } from './vrfy.js'

/** Every extension, in the order of EHLO's list: Postfix's, with what it does not have beside its kin. */
export const EXTENSIONS: readonly Extension[] = [
  PIPELINING,
  SIZE,
  LIMITS,
  VRFY,
  EXPN,
  ETRN,
  STARTTLS,
  REQUIRE_TLS,
  AUTH,
  XCLIENT,
  XFORWARD,
  ENHANCED_STATUS_CODES,
  EIGHT_BIT_MIME,
  DSN,
  DELIVERBY,
  FUTURE_RELEASE,
  MT_PRIORITY,
  SMTPUTF8,
  CHUNKING,
  BINARYMIME,
  BURL,
]

/** What a host may name in its options. */
export const EXTENSION_KEYWORDS: readonly ExtensionKeyword[] = EXTENSIONS.map(({ keyword }) => keyword)

const BY_KEYWORD: ReadonlyMap<ExtensionKeyword, Extension> = new Map(EXTENSIONS.map((each) => [each.keyword, each]))

/** The extensions that this session has now. */
export function offered(session: SmtpSession, settings: SmtpSettings): Extension[] {
  return EXTENSIONS.filter(({ keyword }) => isOffered(keyword, session, settings))
}

/** Whether this session has the extension now. */
export function isOffered(keyword: ExtensionKeyword, session: SmtpSession, settings: SmtpSettings): boolean {
  if (settings.withheld.has(keyword) || settings.known?.has(keyword) === false) return false
  return (BY_KEYWORD.get(keyword)?.announce(session, settings) ?? null) !== null
}

/**
 * The lines of EHLO's list.
 *
 *     ehlo-line = ehlo-keyword *( SP ehlo-param )
 *
 * RFC 5321 §4.1.1.1.
 */
export function ehloLines(session: SmtpSession, settings: SmtpSettings): string[] {
  return offered(session, settings).map((extension) => {
    const rest = extension.announce(session, settings)
    return rest === null || rest === '' ? extension.keyword : `${extension.keyword} ${rest}`
  })
}
