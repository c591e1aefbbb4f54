import type { CapabilityName } from '../capability-table.js'
import type { ImapCommand, Numbering } from '../command.js'
import { ofIdentifier, ofMailbox, setAcl } from './acl.js'
import { append, replace } from './append.js'
import { cancelUpdate } from './cancel-update.js'
import { comparator } from './comparator.js'
import { create } from './create.js'
import type { Cursor } from './cursor.js'
import { esearch } from './esearch.js'
import { fetch } from './fetch.js'
import { id } from './id.js'
import { language } from './language.js'
import { list, lsub } from './list.js'
import { authenticate, login } from './login.js'
import { mailbox, newMailbox } from './mailbox.js'
import { getMetadata, setMetadata } from './metadata.js'
import { notify } from './notify.js'
import { getQuota, getQuotaRoot, setQuota } from './quota.js'
import { search } from './search.js'
import { select } from './select.js'
import { sequenceSet } from './sequence-set.js'
import { sort } from './sort.js'
import { status } from './status.js'
import { store } from './store.js'
import { atom } from './strings.js'
import { thread } from './thread.js'
import { genUrlAuth, resetKey, urlFetch } from './url-auth.js'

/** Reads what follows a command's name. */
type Rule = (c: Cursor) => ImapCommand
/** Reads the arguments of a command whose numbers are UIDs behind `UID`. */
type NumberedRule = (c: Cursor, numbering: Numbering) => ImapCommand

const BARE = [
  'CAPABILITY',
  'NOOP',
  'LOGOUT',
  'STARTTLS',
  'CHECK',
  'CLOSE',
  'UNSELECT',
  'IDLE',
  'NAMESPACE',
  'UNAUTHENTICATE',
  'GETJMAPACCESS',
] as const satisfies readonly ImapCommand['name'][]

/** Commands that `UID` may precede (RFC 3501 §6.4.8, RFC 6851 §3). */
const NUMBERED: ReadonlyMap<string, NumberedRule> = new Map<string, NumberedRule>([
  ['COPY', transfer('COPY')],
  ['FETCH', fetch],
  ['MOVE', transfer('MOVE')],
  ['REPLACE', replace],
  ['SEARCH', search],
  ['SORT', sort],
  ['STORE', store],
  ['THREAD', thread],
])

const COMMANDS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...BARE.map((name): [string, Rule] => [name, () => ({ name })]),
  ...Array.from(NUMBERED, ([name, rule]): [string, Rule] => [name, withArguments((c) => rule(c, 'seq'))]),
  ['APPEND', withArguments(append)],
  ['AUTHENTICATE', withArguments(authenticate)],
  ['COMPRESS', withArguments((c) => ({ name: 'COMPRESS', algorithm: atom(c, 'algorithm').toUpperCase() }))],
  ['CANCELUPDATE', withArguments(cancelUpdate)],
  ['COMPARATOR', comparator],
  ['CREATE', withArguments(create)],
  ['DELETE', withArguments((c) => ({ name: 'DELETE', mailbox: mailbox(c) }))],
  ['DELETEACL', withArguments(ofIdentifier('DELETEACL'))],
  ['ENABLE', withArguments(enable)],
  ['ESEARCH', withArguments(esearch)],
  ['EXAMINE', withArguments(select('EXAMINE'))],
  ['EXPUNGE', () => ({ name: 'EXPUNGE', uids: null })],
  ['GENURLAUTH', withArguments(genUrlAuth)],
  ['GETACL', withArguments(ofMailbox('GETACL'))],
  ['GETMETADATA', withArguments(getMetadata)],
  ['GETQUOTA', withArguments(getQuota)],
  ['GETQUOTAROOT', withArguments(getQuotaRoot)],
  ['ID', withArguments(id)],
  ['LANGUAGE', language],
  ['LIST', withArguments(list)],
  ['LISTRIGHTS', withArguments(ofIdentifier('LISTRIGHTS'))],
  ['LOGIN', withArguments(login)],
  ['LSUB', withArguments(lsub)],
  ['MYRIGHTS', withArguments(ofMailbox('MYRIGHTS'))],
  ['NOTIFY', withArguments(notify)],
  ['RENAME', withArguments(rename)],
  ['RESETKEY', resetKey],
  ['SELECT', withArguments(select('SELECT'))],
  ['SETACL', withArguments(setAcl)],
  ['SETMETADATA', withArguments(setMetadata)],
  ['SETQUOTA', withArguments(setQuota)],
  ['STATUS', withArguments(status)],
  ['SUBSCRIBE', withArguments((c) => ({ name: 'SUBSCRIBE', mailbox: newMailbox(c) }))],
  ['URLFETCH', withArguments(urlFetch)],
  ['UNSUBSCRIBE', withArguments((c) => ({ name: 'UNSUBSCRIBE', mailbox: mailbox(c) }))],
])

const UID_COMMANDS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...Array.from(NUMBERED, ([name, rule]): [string, Rule] => [name, withArguments((c) => rule(c, 'uid'))]),
  // RFC 7377 §2 writes it in an example, and not in its grammar: its results are UIDs anyhow.
  ['ESEARCH', withArguments(esearch)],
  ['EXPUNGE', withArguments((c) => ({ name: 'EXPUNGE', uids: sequenceSet(c) }))],
])

/** Commands whose form with UIDs an extension brings (RFC 4315 §2.1, RFC 7377 §2). */
const UID_CAPABILITY: ReadonlyMap<string, CapabilityName> = new Map([
  ['ESEARCH', 'MULTISEARCH'],
  ['EXPUNGE', 'UIDPLUS'],
])

/** Commands that IMAP4rev2 no longer has (RFC 9051 §E). */
const ONLY_REV1: ReadonlySet<string> = new Set(['CHECK', 'LSUB'])

/** A command's name with how the rest of it is read. */
export interface CommandRule {
  /** As replies call it: upper-case, `UID FETCH` and the like. */
  readonly name: string
  /** `undefined`: there is no such command. */
  readonly rule: Rule | undefined
}

/**
 *     uid = "UID" SP (copy / fetch / search / store)
 *
 * RFC 3501 §9. Reads a command's name, two words where the first is UID.
 */
export function commandRule(c: Cursor): CommandRule {
  const name = atom(c, 'command').toUpperCase()
  if (name !== 'UID') {
    if (NUMBERED.has(name)) c.refuseNumbers()
    const isGone = ONLY_REV1.has(name) && c.isEnabled('IMAP4rev2')
    return { name, rule: isGone ? undefined : COMMANDS.get(name) }
  }
  if (!c.skip(' ')) return { name, rule: undefined }
  const numbered = atom(c, 'command').toUpperCase()
  return {
    name: `UID ${numbered}`,
    rule: c.offers(UID_CAPABILITY.get(numbered)) ? UID_COMMANDS.get(numbered) : undefined,
  }
}

function withArguments(rule: Rule): Rule {
  return (c) => {
    c.sp()
    return rule(c)
  }
}

/**
 *     copy = "COPY" SP sequence-set SP mailbox
 *     move = "MOVE" SP sequence-set SP mailbox
 *
 * RFC 3501 §9, RFC 6851 §6.
 */
function transfer(name: 'COPY' | 'MOVE'): NumberedRule {
  return (c, numbering) => {
    const set = sequenceSet(c)
    c.sp()
    return { name, numbering, set, to: newMailbox(c) }
  }
}

/**
 *     rename = "RENAME" SP mailbox SP mailbox
 *
 * RFC 3501 §9.
 */
function rename(c: Cursor): ImapCommand {
  const from = mailbox(c)
  c.sp()
  return { name: 'RENAME', from, to: newMailbox(c) }
}

/**
 *     command-any =/ "ENABLE" 1*(SP capability)
 *
 * RFC 5161 §4. Capabilities come upper-case.
 */
function enable(c: Cursor): ImapCommand {
  const capabilities: string[] = []
  do capabilities.push(atom(c, 'capability').toUpperCase())
  while (c.skip(' '))
  return { name: 'ENABLE', capabilities }
}
