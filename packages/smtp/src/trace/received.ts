import type { TlsFacts, UnixMillis } from '@mailwright/core'
import { addressLiteral } from '../grammar/address-literal.js'
import { type Mailbox, writeMailbox } from '../grammar/mailbox.js'
import { printable } from '../response/reply.js'
import { type SmtpSession, type SmtpTransaction, transactionProtocol, type WithProtocol } from '../session.js'
import { mailDate, UTC, type Zone } from './mail-date.js'

/** How a message reached us. */
export type ReceivedFrom =
  | {
      readonly kind: 'peer'
      /** The name it gave; `null` when it gave none, then its true name stands there. */
      readonly heloName: string | null
      /** Its name by DNS; `null` when it has none: `unknown`. */
      readonly name: string | null
      readonly address: string
      readonly protocol: WithProtocol
      readonly tls: TlsFacts | null
      /** The user who logged in, to be named; `null` to keep it to ourselves. */
      readonly user: string | null
    }
  /** From a program on this machine. */
  | { readonly kind: 'local'; readonly userId: number }

/** The facts of a `Received` field. */
export interface Trace {
  readonly from: ReceivedFrom
  /** Our own name. */
  readonly hostname: string
  /** The software's name. */
  readonly mailName: string
  /** The queue's id of the message. */
  readonly id: string
  /** The only recipient; `null` when there are several, so that none learns of another (RFC 5321 §7.2). */
  readonly recipient: Mailbox | null
  readonly at: UnixMillis
  /** Default UTC. */
  readonly zone?: Zone
  /** The message's, where it has one (RFC 6710 §4.1). */
  readonly priority?: number
}

/**
 * How a message of this session reached us.
 *
 * @param login `named`: who logged in stands in the field for all to see (Postfix's `smtpd_sasl_authenticated_header`).
 */
export function receivedFrom(
  session: SmtpSession,
  transaction: SmtpTransaction,
  login: 'named' | 'unnamed' = 'unnamed',
): ReceivedFrom {
  const { heloName, client, peer, tls, identity } = session
  return {
    kind: 'peer',
    heloName,
    name: client?.name ?? null,
    // A connection over a local socket has none.
    address: peer.address === '' ? '127.0.0.1' : peer.address,
    protocol: transactionProtocol(session, transaction),
    tls,
    user: login === 'named' ? (identity?.user ?? null) : null,
  }
}

/**
 * A `Received` field with its CRLF, folded as Postfix folds it.
 *
 *     Time-stamp-line = "Received:" FWS Stamp <CRLF>
 *     Stamp           = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
 *     Pri             = CFWS "PRIORITY" FWS priority-value
 *
 * RFC 5321 §4.4, RFC 3848 (`with`), RFC 6710 §7. Whatever the peer said is written so that it cannot end a comment or the field. US-ASCII,
 * but for a recipient of a message that came with SMTPUTF8 (RFC 6531 §3.7.3): to be written as UTF-8.
 */
export function receivedField(trace: Trace): string {
  const { from, hostname, mailName, id, recipient, at, zone = UTC, priority } = trace
  const date = mailDate(at, zone)
  if (from.kind === 'local') {
    const by = `by ${hostname} (${comment(mailName)}, from userid ${from.userId})`
    return `Received: ${by}\r\n\tid ${id}; ${date}\r\n`
  }
  const name = from.name ?? 'unknown'
  const lines = [`from ${word(from.heloName ?? name)} (${comment(name)} ${addressLiteral(from.address)})`]
  if (from.tls !== null) lines.push(`(using ${tlsFacts(from.tls)})`, `(${certificateFacts(from.tls)})`)
  if (from.user !== null) lines.push(`(Authenticated sender: ${comment(from.user)})`)
  const by = `by ${hostname} (${comment(mailName)}) with ${from.protocol} id ${id}`
  const urgency = priority === undefined ? '' : ` PRIORITY ${priority}`
  if (recipient === null) lines.push(`${by}${urgency};`, date)
  else lines.push(by, `for <${writeMailbox(recipient)}>${urgency}; ${date}`)
  return `Received: ${lines.join('\r\n\t')}\r\n`
}

/** As in `TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`. */
function tlsFacts({ protocol, cipher }: TlsFacts): string {
  const bits = cipherBits(cipher)
  return `${comment(protocol)} with cipher ${comment(cipher)}${bits === null ? '' : ` (${bits}/${bits} bits)`}`
}

/** In Postfix's words. */
function certificateFacts({ client }: TlsFacts): string {
  if (client === undefined) return 'No client certificate requested'
  if (client === null) return 'Client did not present a certificate'
  const { name, issuer, isTrusted } = client
  const shown = (text: string | null): string => comment(text ?? '').replace(/"/g, '?')
  return `Client CN "${shown(name)}", Issuer "${shown(issuer)}" (${isTrusted ? 'verified OK' : 'not verified'})`
}

/** The key's length, read off a cipher's name in IANA's or OpenSSL's spelling; `null` for one that does not say. */
export function cipherBits(cipher: string): number | null {
  if (/CHACHA20/.test(cipher)) return 256
  const [, bits] = /(?:AES|ARIA|CAMELLIA)_?(128|256)/.exec(cipher) ?? []
  return bits === undefined ? null : Number(bits)
}

/** Names of hosts and programs, as nearly all are: nothing in them could end a word or a comment. */
const PLAIN = /^[\w.+:-]*$/

/** One word outside of comments. */
function word(text: string): string {
  if (PLAIN.test(text)) return text
  return printable(text).replace(/[ <>()\\";@]/g, '?')
}

/** Text within a comment: printable, without backslashes, its parentheses in pairs (RFC 5322 §3.2.2). */
function comment(text: string): string {
  if (PLAIN.test(text)) return text
  let depth = 0
  const inside = printable(text).replace(/[\\()]/g, (character) => {
    if (character === '(') depth++
    else if (character === '\\' || depth === 0) return '?'
    else depth--
    return character
  })
  return inside + ')'.repeat(depth)
}
