import { ANSWERED, DELETED, DRAFT, FLAGGED, SEEN, type SeqNum } from '@mailwright/core'
import type { Numbering } from './command.js'
import { writeFlags } from './response/flags.js'
import { changeableFlags } from './rights.js'
import type { Session } from './session.js'
import type { Selected } from './states.js'
import { type MailboxView, RECENT } from './view.js'

const SYSTEM = ANSWERED | FLAGGED | DELETED | SEEN | DRAFT

/**
 * FLAGS and PERMANENTFLAGS as SELECT tells them, and again when a keyword is new (RFC 3501 §7.2.6): `\*` where clients may
 * make keywords of their own, and of the others those that this one may change (RFC 4314 §5.1.1).
 */
export function writeFlagLines(session: Session, mailbox: Selected): void {
  const { names } = mailbox.view.keywords
  session.untagged(`FLAGS ${writeFlags(SYSTEM, names)}`)
  if (mailbox.isReadOnly) {
    session.untagged('OK [PERMANENTFLAGS ()] Read-only mailbox.')
    return
  }
  const mayMake = mailbox.rights.includes('w')
  const extra = mayMake && session.settings.supports.keywords ? '\\*' : undefined
  const permanent = writeFlags(changeableFlags(mailbox.rights), mayMake ? names : [], extra)
  session.untagged(`OK [PERMANENTFLAGS ${permanent}] Flags permitted.`)
}

/**
 * `flag-fetch` list of one message of the view, which counts as told from now on. IMAP4rev2 has no `\Recent` (RFC 9051 §E).
 *
 * @param index where it stands in the view.
 */
export function tellFlags(session: Session, view: MailboxView, uid: number, index = view.indexOf(uid)): string {
  const { system, keywords } = view.flagsAt(index)
  view.markTold(uid, index)
  const isRecent = !session.isRev2 && (view.bitsAt(index) & RECENT) !== 0
  return writeFlags(system, keywords, isRecent ? '\\Recent' : undefined)
}

/**
 *     message-data = nz-number SP ("FETCH" SP msg-att)
 *     message-data =/ uniqueid SP "UIDFETCH" SP msg-att
 *
 * RFC 9051 §9, RFC 9586 §4: what stands before the items.
 */
export function messageData(session: Session, { seq, uid }: { readonly seq: SeqNum; readonly uid: number }): string {
  return session.enabled.has('UIDONLY') ? `* ${uid} UIDFETCH (` : `* ${seq} FETCH (`
}

/**
 *     fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")"
 *
 * RFC 7162 §7. The session remembers what was told.
 */
export function tellModSeq(session: Session, modSeq: number): string {
  session.toldModSeq = Math.max(session.toldModSeq, modSeq)
  return `MODSEQ (${modSeq})`
}

/** Of which message something is told that was not asked for, and what. */
export interface FlagNews {
  readonly uid: number
  /** 0 where none is known. */
  readonly modSeq: number
  /** `modSeq`: the flags are as the client reckons (STORE with `.SILENT`). */
  readonly items: 'flags' | 'modSeq'
}

/**
 * Tells flags that changed. With the UID where the client works with UIDs, and always once it uses mod-sequences or speaks
 * IMAP4rev2 (RFC 3501 §6.4.8, RFC 7162 §3.2.4, RFC 9051 §7.5.2); with the mod-sequence once it uses those.
 */
export function tellFlagNews(session: Session, view: MailboxView, news: FlagNews, numbering: Numbering): void {
  const { uid, modSeq } = news
  const seq = view.seqOf(uid)
  if (seq === 0) return
  const usesModSeq = session.enabled.has('CONDSTORE')
  const items: string[] = []
  const tellsUid = numbering === 'uid' || usesModSeq || session.isRev2
  if (tellsUid && !session.enabled.has('UIDONLY')) items.push(`UID ${uid}`)
  if (news.items === 'flags') items.push(`FLAGS ${tellFlags(session, view, uid)}`)
  if (usesModSeq && modSeq > 0) items.push(tellModSeq(session, modSeq))
  session.wire.write(`${messageData(session, { seq, uid })}${items.join(' ')})\r\n`)
}
