import type { SmtpSettings } from '../options.js'
import type { SmtpSession } from '../session.js'
import { AUTH } from './auth.js'
import { EIGHT_BIT_MIME } from './eight-bit-mime.js'
import { ENHANCED_STATUS_CODES } from './enhanced-status-codes.js'
import type { Extension, ExtensionKeyword } from './extension.js'
import { PIPELINING } from './pipelining.js'
import { SIZE } from './size.js'
import { STARTTLS } from './starttls.js'
import { VRFY } from './vrfy.js'

/** Every extension, in the order of EHLO's list, which is Postfix's. */
export const EXTENSIONS: readonly Extension[] = [
  PIPELINING,
  SIZE,
  VRFY,
  STARTTLS,
  AUTH,
  ENHANCED_STATUS_CODES,
  EIGHT_BIT_MIME,
]

/** The extensions that this session has now. */
export function offered(session: SmtpSession, settings: SmtpSettings): Extension[] {
  return EXTENSIONS.filter(({ keyword }) => isOffered(keyword, session, settings))
}

/** Whether this session has the extension now. */
export function isOffered(keyword: ExtensionKeyword, session: SmtpSession, settings: SmtpSettings): boolean {
  if (settings.withheld.has(keyword)) return false
  return EXTENSIONS.some((extension) => extension.keyword === keyword && extension.announce(session, settings) !== null)
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
