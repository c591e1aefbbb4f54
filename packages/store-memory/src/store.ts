import {
  type AccountId,
  ALL_RIGHTS,
  type Annotated,
  type Arrival,
  accountId,
  DELETED,
  type Denied,
  flagColumns,
  fromUtf8,
  HostError,
  type MailboxId,
  type MailboxRef,
  type MailStore,
  mailboxId,
  type NoSuchMailbox,
  type Right,
  type SettledDefault,
  type StoreAbilities,
  StoreFault,
  settleDefaults,
  stagedId,
  type UidList,
  uid,
} from '@mailwright/core'
import { Account, type Amount, NO_SUCH_MAILBOX } from './account.js'
import { Acl } from './acl.js'
import { aclCalls } from './acl-calls.js'
import { AnnotationTable } from './annotation-table.js'
import { blocksHandle } from './blocks.js'
import type { Message } from './change-order.js'
import { type Content, receiveContent } from './content.js'
import { Directory, NO_RIGHT, type Opened, type Place } from './directory.js'
import { maskOf, touches } from './flag-mask.js'
import { MEMORY_STORE_LIMITS, type MemoryStoreLimits } from './limits.js'
import { type Incoming, Mailbox, modSeqsOf, shown, twinOf, uidsOf } from './mailbox.js'
import type { MemoryStoreOptions } from './options.js'
import { quotaCalls } from './quota-calls.js'
import { Quotas, RESOURCES } from './quotas.js'
import { Staging } from './staging.js'
import { PRIVATE_FLAGS } from './viewer.js'

type Method<K extends keyof MailStore> = NonNullable<MailStore[K]>
type Args<K extends keyof MailStore> = Method<K> extends (args: infer A, signal: AbortSignal) => unknown ? A : never
type Result<K extends keyof MailStore> = Method<K> extends (...args: never) => infer R ? R : never

/** Whatever the options. */
const ABILITIES: StoreAbilities = {
  hierarchy: true,
  keywords: true,
  durable: false,
  saveDates: true,
  objectIds: true,
  metadata: 'mailboxes',
  quota: { resources: RESOURCES, isSettable: true },
}

const ADMIN_CONTACT = '/shared/admin'
/** Whose the host's own annotations are: shared ones are nobody's. */
const NOBODY = accountId('')

/**
 * Makes a store that keeps everything in this process and nothing beyond it. Accounts appear when they are first used.
 *
 * @throws {HostError} when a default mailbox has a name that no mailbox may have.
 */
export function createMemoryStore(options: MemoryStoreOptions): MailStore {
  return new MemoryStore(options)
}

/**
 * Every call but `stage` runs from its first line to its last without a wait, so it is atomic, and calls take effect
 * in the order they were made.
 */
class MemoryStore implements MailStore {
  readonly supports: StoreAbilities
  readonly quotaRoots: Method<'quotaRoots'>
  readonly quota: Method<'quota'>
  readonly setQuota: Method<'setQuota'>
  readonly #options: MemoryStoreOptions
  readonly #limits: MemoryStoreLimits
  readonly #defaults: readonly SettledDefault[]
  readonly #quotas: Quotas
  readonly #directory: Directory
  readonly #staging: Staging
  readonly #serverAnnotations: AnnotationTable
  readonly #nonce: string
  #ids = 0
  #isClosed = false

  constructor(options: MemoryStoreOptions) {
    this.#options = options
    this.#limits = { ...MEMORY_STORE_LIMITS, ...options.limits }
    this.#defaults = settleDefaults(options.defaults ?? [])
    this.#quotas = new Quotas(options.quota ?? {})
    this.#serverAnnotations = new AnnotationTable(this.#limits)
    const { adminContact } = options
    if (adminContact !== undefined) {
      this.#serverAnnotations.change(NOBODY, [{ entry: ADMIN_CONTACT, value: fromUtf8(adminContact) }])
    }
    this.#directory = new Directory(options.sharing ?? null, (id) => this.#newAccount(id))
    const isShared = options.sharing !== undefined
    this.supports = {
      ...ABILITIES,
      ...(isShared ? { acl: true, sharing: this.#directory.namespaces, privateFlags: PRIVATE_FLAGS } : {}),
    }
    // A store without access control lists has not the calls.
    const begin = (signal: AbortSignal): void => this.#begin(signal)
    const changingList = (owner: AccountId, change: () => { readonly kind: 'done' }): { readonly kind: 'done' } =>
      this.#changingList(owner, 'done', change)
    if (isShared) Object.assign(this, aclCalls(this.#directory, begin, changingList))
    const isAdmin = (account: AccountId): boolean => this.#isAdmin(account)
    const quota = quotaCalls({ directory: this.#directory, quotas: this.#quotas, isAdmin, begin })
    this.quotaRoots = quota.quotaRoots
    this.quota = quota.quota
    this.setQuota = quota.setQuota
    this.#staging = new Staging(options.clock, this.#limits, () => stagedId(this.#newId('S')))
    const bytes = options.random?.bytes(6)
    this.#nonce = bytes === undefined ? options.clock.date().toString(36) : hex(bytes)
  }

  async mailboxes({ account }: Args<'mailboxes'>, signal: AbortSignal): Result<'mailboxes'> {
    this.#begin(signal)
    return this.#directory.list(account)
  }

  async createMailbox(
    { account, name, specialUse }: Args<'createMailbox'>,
    signal: AbortSignal,
  ): Result<'createMailbox'> {
    this.#begin(signal)
    const place = this.#directory.place(account, name)
    if (place === null) return NO_RIGHT
    const parent = place.account.parentOf(place.name)
    const isFounder = parent === undefined && this.#directory.isShared(place.owner) && this.#isAdmin(account)
    if (!isFounder && !this.#mayMakeBelow(parent, place, account)) return NO_RIGHT
    const hasRoom = (): boolean => this.#quotas.allows(place.owner, place.account.usage(), { mailboxes: 1 })
    return this.#changingList(place.owner, 'created', () => {
      const answer = place.account.create(place.name, specialUse, hasRoom)
      if (answer.kind === 'created' && isFounder) {
        const change = { identifier: account, mode: 'replace', rights: ALL_RIGHTS } as const
        place.account.mailbox(answer.mailbox)?.acl.change(change)
      }
      return answer
    })
  }

  async renameMailbox({ account, from, to }: Args<'renameMailbox'>, signal: AbortSignal): Result<'renameMailbox'> {
    this.#begin(signal)
    const source = this.#directory.place(account, from)
    const target = this.#directory.place(account, to)
    if (source === null) return NO_SUCH_MAILBOX
    if (target === null) return NO_RIGHT
    if (source.owner !== target.owner) return { kind: 'denied', reason: 'A mailbox stays with its owner' }
    const refusal = this.#mayNot(source, account, 'x')
    if (refusal !== null) return refusal
    const parent = target.account.parentOf(target.name)
    if (!this.#mayMakeBelow(parent, target, account)) return NO_RIGHT
    return this.#changingList(source.owner, 'renamed', () => source.account.rename(source.name, target.name))
  }

  async deleteMailbox({ account, name }: Args<'deleteMailbox'>, signal: AbortSignal): Result<'deleteMailbox'> {
    this.#begin(signal)
    const place = this.#directory.place(account, name)
    if (place === null) return NO_SUCH_MAILBOX
    const refusal = this.#mayNot(place, account, 'x')
    if (refusal !== null) return refusal
    const result = this.#changingList(place.owner, 'deleted', () => place.account.delete(place.name))
    if (result.kind !== 'deleted') return result
    this.#directory.forget(result.mailbox.id)
    this.#publish(place.owner, result.mailbox)
    return { kind: 'deleted' }
  }

  async subscribe({ account, name, subscribed }: Args<'subscribe'>, signal: AbortSignal): Result<'subscribe'> {
    this.#begin(signal)
    this.#account(account).subscribe(name, subscribed)
    this.#publishList(account)
    return { kind: 'done' }
  }

  async status({ account, mailboxes, items }: Args<'status'>, signal: AbortSignal): Result<'status'> {
    this.#begin(signal)
    const statuses = mailboxes.flatMap((mailbox) => {
      const found = this.#find({ account, mailbox })
      return found === undefined ? [] : [found.mailbox.status(items, found.viewer)]
    })
    return { statuses }
  }

  async snapshot(at: Args<'snapshot'>, signal: AbortSignal): Result<'snapshot'> {
    this.#begin(signal)
    const found = this.#find(at)
    return found === undefined ? NO_SUCH_MAILBOX : found.mailbox.snapshot(found.viewer)
  }

  async changesSince(args: Args<'changesSince'>, signal: AbortSignal): Result<'changesSince'> {
    this.#begin(signal)
    const found = this.#find(args)
    return found === undefined ? NO_SUCH_MAILBOX : found.mailbox.changesSince(args.modSeq, found.viewer)
  }

  async claimRecent(at: Args<'claimRecent'>, signal: AbortSignal): Result<'claimRecent'> {
    this.#begin(signal)
    const found = this.#find(at)
    return found === undefined ? NO_SUCH_MAILBOX : { kind: 'recent', from: found.mailbox.claimRecent(found.viewer) }
  }

  async fetch(args: Args<'fetch'>, signal: AbortSignal): Result<'fetch'> {
    this.#begin(signal)
    const found = this.#find(args)
    if (found === undefined) return NO_SUCH_MAILBOX
    return found.mailbox.fetch(args.uids, args.fields, args.cursor, found.viewer)
  }

  async body(args: Args<'body'>, signal: AbortSignal): Result<'body'> {
    this.#begin(signal)
    const message = this.#find(args)?.mailbox.find(args.uid)
    if (this.#find(args) === undefined) return NO_SUCH_MAILBOX
    if (message === undefined) return { kind: 'noSuchMessage' }
    const check = (): void => {
      if (this.#find(args)?.mailbox.find(args.uid) === undefined) throw new StoreFault(`message ${args.uid} is gone`)
    }
    return { kind: 'body', body: blocksHandle(message.content, check) }
  }

  async stage({ account, body, replaces }: Args<'stage'>, signal: AbortSignal): Result<'stage'> {
    this.#begin(signal)
    const usage = this.#account(account).usage()
    const freed = replaces === undefined ? undefined : this.#find({ account, ...replaces })?.mailbox.find(replaces.uid)
    const left = without(usage, freed)
    if (!this.#quotas.allows(account, left, { messages: 1 })) return { kind: 'overQuota' }
    const content = await receiveContent(body, this.#quotas.room(account, left), signal)
    this.#begin(signal)
    if (content === null) return { kind: 'overQuota' }
    const staged = this.#staging.put({ ...content, emailId: this.#newId('E') })
    return { kind: 'staged', staged, octets: content.octets }
  }

  async staged({ staged }: Args<'staged'>, signal: AbortSignal): Result<'staged'> {
    this.#begin(signal)
    const content = this.#staging.find(staged)
    if (content === undefined) return { kind: 'noSuchStaged' }
    const check = (): void => {
      if (this.#staging.find(staged) === undefined) throw new StoreFault(`staged message ${staged} is gone`)
    }
    return { kind: 'staged', body: blocksHandle(content, check), digest: content.digest }
  }

  async append(args: Args<'append'>, signal: AbortSignal): Result<'append'> {
    this.#begin(signal)
    const target = this.#directory.open(args, 'i')
    if (target.kind !== 'opened') return target
    const incoming: Incoming[] = []
    for (const arrival of args.messages) {
      const message = this.#incoming(target.owner, arrival)
      if (message === undefined) return { kind: 'noSuchStaged' }
      incoming.push(message)
    }
    if (!this.#hasRoom(target.owner, incoming)) return { kind: 'overQuota' }
    const uids = this.#add(target, incoming)
    if (uids.length > 0) this.#publish(target.owner, target.mailbox)
    return { kind: 'appended', uidValidity: target.mailbox.uidValidity, uids }
  }

  async replace(args: Args<'replace'>, signal: AbortSignal): Result<'replace'> {
    this.#begin(signal)
    const source = this.#directory.open(args, 'e')
    if (source.kind !== 'opened') return source
    if (!source.rights.includes('t')) return NO_RIGHT
    const target = this.#openTarget(args)
    if (target.kind !== 'opened') return target
    const old = source.mailbox.find(args.uid)
    if (old === undefined) return { kind: 'noSuchMessage' }
    const message = this.#incoming(target.owner, args.message)
    if (message === undefined) return { kind: 'noSuchStaged' }
    const freed = source.owner === target.owner ? old : undefined
    if (!this.#hasRoom(target.owner, [message], freed)) return { kind: 'overQuota' }
    const [added = 0] = this.#add(target, [message])
    source.mailbox.remove([old])
    if (source.mailbox !== target.mailbox) this.#publish(source.owner, source.mailbox)
    this.#publish(target.owner, target.mailbox)
    return { kind: 'replaced', uidValidity: target.mailbox.uidValidity, uid: uid(added) }
  }

  async discard({ staged }: Args<'discard'>, signal: AbortSignal): Result<'discard'> {
    this.#begin(signal)
    this.#staging.discard(staged)
    return { kind: 'done' }
  }

  async copy(args: Args<'copy'>, signal: AbortSignal): Result<'copy'> {
    this.#begin(signal)
    const source = this.#directory.open(args, 'r')
    if (source.kind !== 'opened') return source
    const target = this.#openTarget(args)
    if (target.kind !== 'opened') return target
    const messages = source.mailbox.present(args.uids)
    const incoming = this.#twins(messages, source, target)
    if (!this.#hasRoom(target.owner, incoming)) return { kind: 'overQuota' }
    const to = this.#add(target, incoming)
    if (to.length > 0) this.#publish(target.owner, target.mailbox)
    return { kind: 'copied', uidValidity: target.mailbox.uidValidity, from: uidsOf(messages), to }
  }

  async move(args: Args<'move'>, signal: AbortSignal): Result<'move'> {
    this.#begin(signal)
    const source = this.#directory.open(args, 'e')
    if (source.kind !== 'opened') return source
    if (!source.rights.includes('t')) return NO_RIGHT
    const target = this.#openTarget(args)
    if (target.kind !== 'opened') return target
    const messages = source.mailbox.present(args.uids)
    const incoming = this.#twins(messages, source, target)
    if (source.owner !== target.owner && !this.#hasRoom(target.owner, incoming)) return { kind: 'overQuota' }
    const to = this.#add(target, incoming)
    source.mailbox.remove(messages)
    if (to.length > 0) {
      if (source.mailbox !== target.mailbox) this.#publish(source.owner, source.mailbox)
      this.#publish(target.owner, target.mailbox)
    }
    return { kind: 'moved', uidValidity: target.mailbox.uidValidity, from: uidsOf(messages), to }
  }

  async storeFlags(args: Args<'storeFlags'>, signal: AbortSignal): Result<'storeFlags'> {
    this.#begin(signal)
    const { uids, change, unchangedSince = Infinity } = args
    const opened = this.#directory.open(args, 'r')
    if (opened.kind !== 'opened') return opened
    const { mailbox, viewer, rights } = opened
    const mask = maskOf(rights)
    if (!touches(change, mask)) return NO_RIGHT
    if (mask.keywords && !mailbox.canCarry(change)) return { kind: 'tooManyKeywords' }
    const found = mailbox.present(uids)
    const isNewer = (message: Message): boolean => (viewer?.show(message) ?? message).modSeq > unchangedSince
    const modified = found.filter(isNewer)
    const messages = found.filter((message) => !isNewer(message))
    const before = mailbox.highestModSeq
    mailbox.storeFlags(messages, change, mask, viewer)
    if (mailbox.highestModSeq !== before) this.#publish(opened.owner, mailbox)
    const changed = shown(messages, viewer)
    return { kind: 'stored', changed: flagColumns(changed), modSeqs: modSeqsOf(changed), modified: uidsOf(modified) }
  }

  async expunge(args: Args<'expunge'>, signal: AbortSignal): Result<'expunge'> {
    this.#begin(signal)
    const opened = this.#directory.open(args, 'e')
    if (opened.kind !== 'opened') return opened
    const { mailbox } = opened
    const isDoomed = ({ system }: { readonly system: number }): boolean => args.regardless || (system & DELETED) !== 0
    const doomed = mailbox.present(args.uids).filter(isDoomed)
    mailbox.remove(doomed)
    if (doomed.length > 0) this.#publish(opened.owner, mailbox)
    return { kind: 'expunged', vanished: uidsOf(doomed), highestModSeq: mailbox.highestModSeq }
  }

  async metadata({ account, of, entries, depth }: Args<'metadata'>, signal: AbortSignal): Result<'metadata'> {
    this.#begin(signal)
    const found = of.flatMap((target) => {
      const table = this.#annotations(account, target)
      return table.kind === 'table' ? [{ of: target, annotations: table.table.read(account, entries, depth) }] : []
    })
    return { found }
  }

  async setMetadata({ account, of, changes }: Args<'setMetadata'>, signal: AbortSignal): Result<'setMetadata'> {
    this.#begin(signal)
    const found = this.#annotations(account, of)
    if (found.kind !== 'table') return found
    if (of === null && changes.some(({ entry }) => !this.#maySetForAll(account, entry))) {
      return { kind: 'denied', reason: 'Only an administrator sets what the server tells everybody' }
    }
    if (!found.maySetShared && changes.some(({ entry }) => entry.startsWith('/shared/'))) return NO_RIGHT
    const refusal = found.table.refusal(account, changes)
    if (refusal !== null) return refusal
    found.table.change(account, changes)
    const isShared = changes.some(({ entry }) => entry.startsWith('/shared/'))
    for (const each of isShared ? found.readers() : [account]) this.#publishList(each)
    return { kind: 'done' }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#directory.clear()
    this.#staging.clear()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #begin(signal: AbortSignal): void {
    signal.throwIfAborted()
    if (this.#isClosed) throw new HostError('the store is closed')
  }

  #account(id: AccountId): Account {
    return this.#directory.account(id)
  }

  #newAccount(id: AccountId): Account {
    let last = 0
    const account = new Account((specialUse, parent) => {
      const wished = this.#options.uidValidity?.() ?? Math.floor(this.#options.clock.date() / 1_000)
      last = Math.max(wished, last + 1)
      if (!(Number.isInteger(last) && last <= 0xffffffff)) throw new HostError(`not a UIDVALIDITY: ${last}`)
      const mailbox = new Mailbox(mailboxId(this.#newId('M')), last, specialUse, new Acl(id, parent), this.#limits)
      this.#directory.settle(mailbox.id, id)
      return mailbox
    })
    for (const { name, specialUse, isSubscribed } of this.#defaults) {
      account.create(name, specialUse ?? undefined)
      if (isSubscribed) account.subscribe(name, true)
    }
    return account
  }

  /** RFC 5464 §3.3: of a mailbox that the account sees and may do something with. */
  #annotations(account: AccountId, of: Annotated): AnnotationsFound | NoSuchMailbox | Denied {
    if (of === null) {
      return {
        kind: 'table',
        table: this.#serverAnnotations,
        maySetShared: true,
        // What the server tells everybody is news for everybody.
        readers: () => this.#directory.everybody(),
      }
    }
    const opened = this.#directory.open({ account, mailbox: of }, 'l')
    if (opened.kind !== 'opened') return opened
    if (!/[rswip]/.test(opened.rights)) return NO_RIGHT
    return {
      kind: 'table',
      table: opened.mailbox.annotations,
      maySetShared: opened.rights.includes('w'),
      readers: () => this.#directory.readers(opened.owner),
    }
  }

  /** RFC 5464 §3.2.1.1: how to reach the administrator is nobody's to change. */
  #maySetForAll(account: AccountId, entry: string): boolean {
    if (entry.startsWith('/private/')) return true
    return entry !== ADMIN_CONTACT && this.#isAdmin(account)
  }

  #isAdmin(account: AccountId): boolean {
    return this.#options.admins?.includes(account) === true
  }

  /** A mailbox to be read. */
  #find(at: MailboxRef): Opened | undefined {
    const opened = this.#directory.open(at, 'r')
    return opened.kind === 'opened' ? opened : undefined
  }

  /** The mailbox that messages come to from another one. */
  #openTarget({ account, to }: { readonly account: AccountId; readonly to: MailboxId }) {
    const target = this.#directory.open({ account, mailbox: to }, 'i')
    return target.kind === 'noSuchMailbox' ? ({ kind: 'noSuchTarget' } as const) : target
  }

  /** Whether a mailbox may be made there: by the nearest one above, and at the top by the owner alone (RFC 4314 §4). */
  #mayMakeBelow(parent: Mailbox | undefined, { owner }: Place, account: AccountId): boolean {
    if (parent === undefined) return owner === account
    return this.#directory.rights(parent, owner, account).includes('k')
  }

  /** Why something may not be done to a mailbox by its name; `null` where it may, or there is none to judge by. */
  #mayNot({ owner, account: holder, name }: Place, account: AccountId, needs: Right): NoSuchMailbox | Denied | null {
    const mailbox = holder.named.get(name)
    if (mailbox === undefined) return owner === account ? null : NO_SUCH_MAILBOX
    const rights = this.#directory.rights(mailbox, owner, account)
    if (rights.includes(needs)) return null
    return rights.includes('l') ? NO_RIGHT : NO_SUCH_MAILBOX
  }

  /** Adds messages, with those flags that the account may set there (RFC 4314 §4). */
  #add({ mailbox, rights, viewer }: Opened, incoming: readonly Incoming[]): UidList {
    const { system: mask, keywords } = maskOf(rights)
    const common = viewer === null ? mask : mask & ~PRIVATE_FLAGS
    const uids = mailbox.add(
      incoming.map((one) => ({
        ...one,
        flags: { system: one.flags.system & common, keywords: keywords ? one.flags.keywords : [] },
      })),
    )
    for (const [at, uid] of uids.entries()) {
      const isSeen = ((incoming[at]?.flags.system ?? 0) & mask & PRIVATE_FLAGS) !== 0
      if (isSeen) viewer?.set(uid, true, mailbox.highestModSeq)
    }
    return uids
  }

  /** Messages on their way to another place; in another account they are of its threads. */
  #twins(messages: readonly Message[], source: Opened, target: Opened): Incoming[] {
    const saveDate = this.#options.clock.date()
    return shown(messages, source.viewer).map((message) => {
      const twin = twinOf(message, saveDate)
      return source.owner === target.owner ? twin : { ...twin, threadId: this.#threadOf(target.owner, twin.content) }
    })
  }

  #threadOf(owner: AccountId, { digest }: Content): string {
    return this.#account(owner).threads.of(digest.thread, () => this.#newId('T'))
  }

  /** A staged message on its way into a mailbox; `undefined` when it is forgotten. */
  #incoming(account: AccountId, { staged, flags, internalDate }: Arrival): Incoming | undefined {
    const content = this.#staging.find(staged)
    if (content === undefined) return undefined
    const saveDate = this.#options.clock.date()
    const threadId = this.#threadOf(account, content)
    return { content, flags, internalDate: internalDate ?? saveDate, saveDate, threadId }
  }

  /** `freed` goes as they come. */
  #hasRoom(account: AccountId, incoming: readonly { readonly content: Content }[], freed?: Message): boolean {
    const usage = without(this.#account(account).usage(), freed)
    const octets = incoming.reduce((sum, { content }) => sum + content.octets, 0)
    return this.#quotas.allows(account, usage, { octets, messages: incoming.length })
  }

  #publish(account: AccountId, mailbox: Mailbox): void {
    this.#options.bus?.publish({ account, mailbox: mailbox.id, modSeq: mailbox.highestModSeq })
  }

  /** Does something to an owner's mailboxes, and when it is `done` hints at it to everybody who sees some of them, or did before. */
  #changingList<R extends { readonly kind: string }>(owner: AccountId, done: R['kind'], change: () => R): R {
    const before = this.#directory.readers(owner)
    const result = change()
    if (result.kind !== done) return result
    for (const each of new Set([...before, ...this.#directory.readers(owner)])) this.#publishList(each)
    return result
  }

  #publishList(account: AccountId): void {
    this.#options.bus?.publish({ account, mailbox: null })
  }

  /** Of the characters RFC 8474 §4 allows, and never made twice. */
  #newId(kind: 'E' | 'M' | 'S' | 'T'): string {
    this.#ids++
    return `${kind}${this.#nonce}-${this.#ids}`
  }
}

interface AnnotationsFound {
  readonly kind: 'table'
  readonly table: AnnotationTable
  readonly maySetShared: boolean
  /** To whom shared ones are shown. */
  readers(): readonly AccountId[]
}

/** What is left of it when a message goes. */
function without(usage: Amount, message: Message | undefined): Amount {
  if (message === undefined) return usage
  return { ...usage, octets: usage.octets - message.content.octets, messages: usage.messages - 1 }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
