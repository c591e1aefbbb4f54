import { type Mailbox, writeMailbox } from '../grammar/mailbox.js'

/**
 *     Return-path-line = "Return-Path:" FWS Reverse-path <CRLF>
 *
 * Written at final delivery, above everything else, with its CRLF. `null` for `<>`. RFC 5321 §4.4.
 */
export function returnPath(reversePath: Mailbox | null): string {
  return `Return-Path: <${reversePath === null ? '' : writeMailbox(reversePath)}>\r\n`
}

/** The address as it came, before aliases; below `Return-Path`, with its CRLF. Postfix's `X-Original-To`. */
export function originalTo(mailbox: Mailbox): string {
  return `X-Original-To: ${writeMailbox(mailbox)}\r\n`
}

/**
 * The address at which delivery ended; below `X-Original-To`, with its CRLF. A message that holds this very field already
 * has come back: it loops (Postfix, qmail).
 */
export function deliveredTo(mailbox: Mailbox): string {
  return `Delivered-To: ${writeMailbox(mailbox)}\r\n`
}
