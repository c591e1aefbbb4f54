import { encodeXtext } from '../grammar/xtext.js'
import { needsUtf8 } from './fitness.js'
import type { OutgoingMessage, OutgoingRecipient } from './host.js'

/** What of a server matters for how an envelope is written. */
export interface Offers {
  offers(keyword: string): boolean
}

/**
 *     mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
 *
 * RFC 5321 §4.1.1.2. Each parameter goes only to a server that offers its extension.
 */
export function mailLine(message: OutgoingMessage, type: OutgoingMessage['type'], server: Offers): string {
  const { reversePath, body, requireTls, ret, envelopeId, priority, deliverBy } = message
  const parameters: string[] = []
  if (server.offers('SIZE')) parameters.push(`SIZE=${body.octets}`)
  if (type === 'BINARYMIME') parameters.push('BODY=BINARYMIME')
  else if (type === '8BITMIME' && server.offers('8BITMIME')) parameters.push('BODY=8BITMIME')
  if (needsUtf8(message)) parameters.push('SMTPUTF8')
  if (requireTls === true && server.offers('REQUIRETLS')) parameters.push('REQUIRETLS')
  if (server.offers('DSN')) {
    if (ret !== undefined) parameters.push(`RET=${ret}`)
    if (envelopeId !== undefined) parameters.push(`ENVID=${encodeXtext(envelopeId)}`)
  }
  if (priority !== undefined && server.offers('MT-PRIORITY')) parameters.push(`MT-PRIORITY=${priority}`)
  if (deliverBy !== undefined && server.offers('DELIVERBY')) {
    parameters.push(`BY=${deliverBy.seconds};${deliverBy.mode}${deliverBy.isTraced ? 'T' : ''}`)
  }
  return [`MAIL FROM:<${reversePath}>`, ...parameters].join(' ')
}

/**
 *     rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters] CRLF
 *
 * RFC 5321 §4.1.1.3, RFC 3461 §4.1, §4.2.
 */
export function rcptLine({ address, notify, originalRecipient }: OutgoingRecipient, server: Offers): string {
  const parameters: string[] = []
  if (server.offers('DSN')) {
    if (notify !== undefined) parameters.push(`NOTIFY=${notify.join(',')}`)
    const [, type, original] = /^([A-Za-z0-9][A-Za-z0-9-]*);(.*)$/s.exec(originalRecipient ?? '') ?? []
    if (type !== undefined && original !== undefined) parameters.push(`ORCPT=${type};${encodeXtext(original)}`)
  }
  return [`RCPT TO:<${address}>`, ...parameters].join(' ')
}

/** An address that could end its command, or its path, is none. */
export function isSafe(address: string): boolean {
  if (/\p{Cc}/u.test(address)) return false
  // Brackets and blanks stand in quoted strings only, and quotes around them.
  return !/[<>\s"\\]/.test(address.replace(/"(?:[^"\\]|\\.)*"/g, ''))
}
