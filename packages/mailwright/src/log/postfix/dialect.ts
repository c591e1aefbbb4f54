import { cipherBits } from '@mailwright/smtp'
import type { LogFields } from '../logger.js'
import { bracketed, field, type MaillogLine, oneLine, type Severity, seconds } from './line.js'
import { Peers } from './peers.js'

/** What one event comes to, in the order of the lines; `null`: Postfix says nothing of it. */
type Translate = (fields: LogFields, peers: Peers) => MaillogLine | readonly MaillogLine[] | null

/**
 * Says events in the words of Postfix's daemons, for the programs that read maillogs (pflogsumm, fail2ban, people). There are
 * no such daemons here; their names are kept because those programs look for them.
 *
 * Holds nothing but the names of the peers of open sessions.
 */
export class PostfixDialect {
  readonly #peers = new Peers()

  /** The lines of one event; of an event that Postfix has no words for, its name and fields. */
  lines(severity: Severity, fields: LogFields, message: string): readonly MaillogLine[] {
    const translate = SERVICES.has(fields['service']) ? TRANSLATIONS[message] : undefined
    if (translate === undefined) return [plain(severity, fields, message)]
    const lines = translate(fields, this.#peers)
    if (lines === null) return []
    return 'daemon' in lines ? [lines] : lines
  }
}

/** The services that Postfix has, or none: what IMAP and POP3 say goes out in plain words. */
const SERVICES: ReadonlySet<unknown> = new Set(['smtp', 'submission', 'lmtp', undefined])

const say = (daemon: string, text: string): MaillogLine => ({ daemon, severity: 'info', text })

/** Debian's master.cf gives the submission service a name of its own; so does its fail2ban filter expect it. */
function smtpd(fields: LogFields, text: string): MaillogLine {
  return say(fields['service'] === 'submission' ? 'submission/smtpd' : 'smtpd', text)
}

function warn(line: MaillogLine): MaillogLine {
  return { ...line, severity: 'warning', text: `warning: ${line.text}` }
}

/** A line about a queued message. */
function about(daemon: string, fields: LogFields, text: string): MaillogLine {
  return say(daemon, `${field(fields, 'id')}: ${text}`)
}

/** A refusal, or a warning in its place, as pflogsumm takes it apart. */
function verdictLine(kind: 'reject' | 'reject_warning' | 'hold' | 'discard'): Translate {
  return (fields, peers) => {
    const words = [field(fields, 'code'), field(fields, 'enhanced'), field(fields, 'text')].filter(
      (word) => word !== '',
    )
    const facts = [
      ...(fields['from'] === undefined ? [] : [`from=${bracketed(fields, 'from')}`]),
      ...(fields['to'] === undefined ? [] : [`to=${bracketed(fields, 'to')}`]),
      `proto=${field(fields, 'protocol') || 'SMTP'}`,
      ...(field(fields, 'helo') === '' ? [] : [`helo=${bracketed(fields, 'helo')}`]),
    ]
    const id = field(fields, 'id') || 'NOQUEUE'
    return smtpd(
      fields,
      `${id}: ${kind}: ${field(fields, 'verb')} from ${peers.of(fields)}: ${words.join(' ')}; ${facts.join(' ')}`,
    )
  }
}

/** `TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`, as far as it is known. */
function tlsWords(fields: LogFields): string {
  const bits = cipherBits(field(fields, 'cipher'))
  const strength = bits === null ? '' : ` (${bits}/${bits} bits)`
  return `${field(fields, 'protocol')} with cipher ${field(fields, 'cipher')}${strength}`
}

/** The peer as the event itself names it, or else as its session does. */
function peerOf(fields: LogFields, peers: Peers): string {
  const address = field(fields, 'clientAddress')
  return address === '' ? peers.of(fields) : `${field(fields, 'client') || 'unknown'}[${address}]`
}

function clientLine(fields: LogFields, peers: Peers): MaillogLine {
  const user = field(fields, 'user')
  const method = field(fields, 'method')
  const login = user === '' ? '' : `${method === '' ? '' : `, sasl_method=${method}`}, sasl_username=${user}`
  return { ...smtpd(fields, ''), text: `${field(fields, 'id')}: client=${peerOf(fields, peers)}${login}` }
}

function messageIdLine(fields: LogFields): MaillogLine {
  return about('cleanup', fields, `message-id=${field(fields, 'messageId') || '<>'}`)
}

function activeLine(fields: LogFields): MaillogLine {
  const facts = `size=${field(fields, 'octets')}, nrcpt=${field(fields, 'recipients')}`
  return about('qmgr', fields, `from=${bracketed(fields, 'from')}, ${facts} (queue active)`)
}

/** What ended a session that did not end with QUIT. */
const ENDINGS: { readonly [reason: string]: string } = {
  lost: 'lost connection',
  peerClosed: 'lost connection',
  timeout: 'timeout',
}

const STATUS_WORDS: { readonly [report: string]: string } = {
  failure: 'sender non-delivery notification',
  delay: 'sender delay notification',
  success: 'sender delivery status notification',
  status: 'sender delivery status notification',
  postmaster: 'postmaster non-delivery notification',
}

const TRANSLATIONS: { readonly [message: string]: Translate } = {
  connect: (fields, peers) => smtpd(fields, `connect from ${peers.connected(fields)}`),
  disconnect(fields, peers) {
    const ending = ENDINGS[field(fields, 'reason')]
    const peer = peers.disconnected(fields)
    const goodbye = smtpd(fields, `disconnect from ${peer} ${field(fields, 'commands')}`)
    if (ending === undefined || field(fields, 'after') === 'QUIT') return goodbye
    return [smtpd(fields, `${ending} after ${field(fields, 'after') || 'CONNECT'} from ${peer}`), goodbye]
  },
  exhausted: (fields, peers) =>
    smtpd(fields, `${field(fields, 'reason')} after ${field(fields, 'after') || 'CONNECT'} from ${peers.of(fields)}`),
  startTls: (fields, peers) =>
    smtpd(fields, `Anonymous TLS connection established from ${peers.of(fields)}: ${tlsWords(fields)}`),
  tlsFailed: (fields, peers) => smtpd(fields, `SSL_accept error from ${peers.of(fields)}: ${field(fields, 'message')}`),
  loginFailed(fields, peers) {
    const user = field(fields, 'user')
    const name = user === '' ? '' : `, sasl_username=${user}`
    const words = `SASL ${field(fields, 'method')} authentication failed: ${field(fields, 'reason')}${name}`
    return warn(smtpd(fields, `${peers.of(fields)}: ${words}`))
  },
  refused: verdictLine('reject'),
  refusalWarned: verdictLine('reject_warning'),
  holdRuled: verdictLine('hold'),
  discardRuled: verdictLine('discard'),
  hello: () => null,
  login: () => null,
  mail: () => null,
  recipient: () => null,
  message: () => null,
  mistake: () => null,
  connectionLost: () => null,

  accepted(fields, peers) {
    if (fields['userId'] !== undefined) {
      return about('pickup', fields, `uid=${field(fields, 'userId')} from=${bracketed(fields, 'from')}`)
    }
    return clientLine(fields, peers)
  },
  queued: (fields) => messageIdLine(fields),
  filed: (fields, peers) => [clientLine(fields, peers), messageIdLine(fields), activeLine(fields)],
  claimed: (fields) => activeLine(fields),
  delivery(fields) {
    const original = field(fields, 'originalTo')
    const reuse = field(fields, 'reuse')
    const delays = Array.isArray(fields['delays'])
      ? fields['delays'].map((delay) => seconds(Number(delay))).join('/')
      : ''
    const parts = [
      `to=${bracketed(fields, 'to')}`,
      ...(original === '' || original === field(fields, 'to') ? [] : [`orig_to=${bracketed(fields, 'originalTo')}`]),
      `relay=${field(fields, 'relay') || 'none'}`,
      ...(reuse === '' || reuse === '0' ? [] : [`conn_use=${Number(reuse) + 1}`]),
      `delay=${seconds(fields['delay'])}`,
      ...(delays === '' ? [] : [`delays=${delays}`]),
      `dsn=${field(fields, 'dsn')}`,
      `status=${field(fields, 'status')} (${field(fields, 'text')})`,
    ]
    return about(field(fields, 'agent') || 'local', fields, parts.join(', '))
  },
  expired: (fields) => about('qmgr', fields, `from=${bracketed(fields, 'from')}, status=expired, returned to sender`),
  report(fields) {
    const words = STATUS_WORDS[field(fields, 'report')] ?? 'sender notification'
    return about('bounce', fields, `${words}: ${field(fields, 'reportId')}`)
  },
  removed: (fields) => about('qmgr', fields, 'removed'),
  held: (fields) => about('postsuper', fields, 'placed on hold'),
  released: (fields) => about('postsuper', fields, 'released from hold'),
  requeued: (fields) => about('postsuper', fields, 'requeued'),
  deleted: (fields) => about('postsuper', fields, 'removed'),

  hostConnected(fields) {
    // smtp_tls_note_starttls_offer.
    const offered =
      field(fields, 'offers') === 'STARTTLS' ? say('smtp', `Host offered STARTTLS: [${field(fields, 'host')}]`) : null
    if (fields['cipher'] === undefined) return offered
    const host = `${field(fields, 'host')}[${field(fields, 'address')}]:${field(fields, 'port')}`
    const trust = field(fields, 'trust') || 'Untrusted'
    return say('smtp', `${trust} TLS connection established to ${host}: ${tlsWords(fields)}`)
  },
  hostFailed(fields) {
    const host = `${field(fields, 'host')}[${field(fields, 'address')}]:${field(fields, 'port')}`
    const reason = field(fields, 'reason')
    return say(
      'smtp',
      field(fields, 'during') === 'tls' ? `SSL_connect error to ${host}: ${reason}` : `connect to ${host}: ${reason}`,
    )
  },
}

/** Postfix marks what is wrong by a word before it. */
const MARKS: { readonly [severity in Severity]: string } = {
  debug: '',
  info: '',
  warning: 'warning: ',
  error: 'error: ',
}

/** An event without words of its own: its name and its fields, as `name field=value`. */
function plain(severity: Severity, fields: LogFields, message: string): MaillogLine {
  const service = field(fields, 'service')
  const facts = Object.entries(fields)
    .filter(([name, value]) => name !== 'service' && name !== 'stack' && value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${oneLine(typeof value === 'object' ? JSON.stringify(value) : value)}`)
  const text = `${MARKS[severity]}${[message, ...facts].join(' ')}`
  return { daemon: service === '' ? 'master' : service, severity, text }
}
