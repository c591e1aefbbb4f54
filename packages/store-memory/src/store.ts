import {
  type AccountId,
  type Annotated,
  type Arrival,
  accountId,
  DELETED,
  flagColumns,
  fromUtf8,
  HostError,
  type MailboxRef,
  type MailStore,
  mailboxId,
  type SettledDefault,
  type StoreAbilities,
  StoreFault,
  settleDefaults,
  stagedId,
  uid,
} from '@mailwright/core'
import { Account, type Amount, NO_SUCH_MAILBOX } from './account.js'
import { AnnotationTable } from './annotation-table.js'
import type { Message } from './change-order.js'
import { type Content, contentHandle, receiveContent } from './content.js'
import { MEMORY_STORE_LIMITS, type MemoryStoreLimits } from './limits.js'
import { type Incoming, Mailbox, modSeqsOf, twinOf, uidsOf } from './mailbox.js'
import type { MemoryStoreOptions } from './options.js'
import { Quotas, RESOURCES } from './quotas.js'
import { Staging } from './staging.js'

type Method<K extends keyof MailStore> = NonNullable<MailStore[K]>
type Args<K extends keyof MailStore> = Method<K> extends (args: infer A, signal: AbortSignal) => unknown ? A : never
type Result<K extends keyof MailStore> = Method<K> extends (...args: never) => infer R ? R : never

const NO_SUCH_ROOT = { kind: 'noSuchRoot' } as const
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
  readonly supports: StoreAbilities = {
    hierarchy: true,
    keywords: true,
    durable: false,
    saveDates: true,
    objectIds: true,
    metadata: 'mailboxes',
    quota: { resources: RESOURCES, isSettable: true },
  }
  readonly #options: MemoryStoreOptions
  readonly #limits: MemoryStoreLimits
  readonly #defaults: readonly SettledDefault[]
  readonly #quotas: Quotas
  readonly #accounts = new Map<AccountId, Account>()
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
    this.#staging = new Staging(options.clock, this.#limits, () => stagedId(this.#newId('S')))
    const bytes = options.random?.bytes(6)
    this.#nonce = bytes === undefined ? options.clock.date().toString(36) : hex(bytes)
  }

  async mailboxes({ account }: Args<'mailboxes'>, signal: AbortSignal): Result<'mailboxes'> {
    this.#begin(signal)
    return this.#account(account).list()
  }

  async createMailbox(
    { account, name, specialUse }: Args<'createMailbox'>,
    signal: AbortSignal,
  ): Result<'createMailbox'> {
    this.#begin(signal)
    const owner = this.#account(account)
    return owner.create(name, specialUse, () => this.#quotas.allows(account, owner.usage(), { mailboxes: 1 }))
  }

  async renameMailbox({ account, from, to }: Args<'renameMailbox'>, signal: AbortSignal): Result<'renameMailbox'> {
    this.#begin(signal)
    return this.#account(account).rename(from, to)
  }

  async deleteMailbox({ account, name }: Args<'deleteMailbox'>, signal: AbortSignal): Result<'deleteMailbox'> {
    this.#begin(signal)
    const result = this.#account(account).delete(name)
    if (result.kind !== 'deleted') return result
    this.#publish(account, result.mailbox)
    return { kind: 'deleted' }
  }

  async subscribe({ account, name, subscribed }: Args<'subscribe'>, signal: AbortSignal): Result<'subscribe'> {
    this.#begin(signal)
    this.#account(account).subscribe(name, subscribed)
    return { kind: 'done' }
  }

  async status({ account, mailboxes, items }: Args<'status'>, signal: AbortSignal): Result<'status'> {
    this.#begin(signal)
    const found = mailboxes.flatMap((mailbox) => this.#find({ account, mailbox }) ?? [])
    return { statuses: found.map((mailbox) => mailbox.status(items)) }
  }

  async snapshot(at: Args<'snapshot'>, signal: AbortSignal): Result<'snapshot'> {
    this.#begin(signal)
    return this.#find(at)?.snapshot() ?? NO_SUCH_MAILBOX
  }

  async changesSince(args: Args<'changesSince'>, signal: AbortSignal): Result<'changesSince'> {
    this.#begin(signal)
    return this.#find(args)?.changesSince(args.modSeq) ?? NO_SUCH_MAILBOX
  }

  async claimRecent(at: Args<'claimRecent'>, signal: AbortSignal): Result<'claimRecent'> {
    this.#begin(signal)
    const mailbox = this.#find(at)
    return mailbox === undefined ? NO_SUCH_MAILBOX : { kind: 'recent', from: mailbox.claimRecent() }
  }

  async fetch(args: Args<'fetch'>, signal: AbortSignal): Result<'fetch'> {
    this.#begin(signal)
    return this.#find(args)?.fetch(args.uids, args.fields, args.cursor) ?? NO_SUCH_MAILBOX
  }

  async body(args: Args<'body'>, signal: AbortSignal): Result<'body'> {
    this.#begin(signal)
    const mailbox = this.#find(args)
    if (mailbox === undefined) return NO_SUCH_MAILBOX
    const message = mailbox.find(args.uid)
    if (message === undefined) return { kind: 'noSuchMessage' }
    const check = (): void => {
      if (this.#find(args)?.find(args.uid) === undefined) throw new StoreFault(`message ${args.uid} is gone`)
    }
    return { kind: 'body', body: contentHandle(message.content, check) }
  }

  async stage({ account, body, replaces }: Args<'stage'>, signal: AbortSignal): Result<'stage'> {
    this.#begin(signal)
    const usage = this.#account(account).usage()
    const freed = replaces === undefined ? undefined : this.#find({ account, ...replaces })?.find(replaces.uid)
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
    return { kind: 'staged', body: contentHandle(content, check), digest: content.digest }
  }

  async append(args: Args<'append'>, signal: AbortSignal): Result<'append'> {
    this.#begin(signal)
    const mailbox = this.#find(args)
    if (mailbox === undefined) return NO_SUCH_MAILBOX
    const incoming: Incoming[] = []
    for (const arrival of args.messages) {
      const message = this.#incoming(args.account, arrival)
      if (message === undefined) return { kind: 'noSuchStaged' }
      incoming.push(message)
    }
    if (!this.#hasRoom(args.account, incoming)) return { kind: 'overQuota' }
    const uids = mailbox.add(incoming)
    if (uids.length > 0) this.#publish(args.account, mailbox)
    return { kind: 'appended', uidValidity: mailbox.uidValidity, uids }
  }

  async replace(args: Args<'replace'>, signal: AbortSignal): Result<'replace'> {
    this.#begin(signal)
    const source = this.#find(args)
    if (source === undefined) return NO_SUCH_MAILBOX
    const target = this.#find({ account: args.account, mailbox: args.to })
    if (target === undefined) return { kind: 'noSuchTarget' }
    const old = source.find(args.uid)
    if (old === undefined) return { kind: 'noSuchMessage' }
    const message = this.#incoming(args.account, args.message)
    if (message === undefined) return { kind: 'noSuchStaged' }
    if (!this.#hasRoom(args.account, [message], old)) return { kind: 'overQuota' }
    const [added = 0] = target.add([message])
    source.remove([old])
    if (source !== target) this.#publish(args.account, source)
    this.#publish(args.account, target)
    return { kind: 'replaced', uidValidity: target.uidValidity, uid: uid(added) }
  }

  async discard({ staged }: Args<'discard'>, signal: AbortSignal): Result<'discard'> {
    this.#begin(signal)
    this.#staging.discard(staged)
    return { kind: 'done' }
  }

  async copy(args: Args<'copy'>, signal: AbortSignal): Result<'copy'> {
    this.#begin(signal)
    const source = this.#find(args)
    if (source === undefined) return NO_SUCH_MAILBOX
    const target = this.#find({ account: args.account, mailbox: args.to })
    if (target === undefined) return { kind: 'noSuchTarget' }
    const messages = source.present(args.uids)
    const saveDate = this.#options.clock.date()
    const incoming = messages.map((message) => twinOf(message, saveDate))
    if (!this.#hasRoom(args.account, incoming)) return { kind: 'overQuota' }
    const to = target.add(incoming)
    if (to.length > 0) this.#publish(args.account, target)
    return { kind: 'copied', uidValidity: target.uidValidity, from: uidsOf(messages), to }
  }

  async move(args: Args<'move'>, signal: AbortSignal): Result<'move'> {
    this.#begin(signal)
    const source = this.#find(args)
    if (source === undefined) return NO_SUCH_MAILBOX
    const target = this.#find({ account: args.account, mailbox: args.to })
    if (target === undefined) return { kind: 'noSuchTarget' }
    const messages = source.present(args.uids)
    const saveDate = this.#options.clock.date()
    const to = target.add(messages.map((message) => twinOf(message, saveDate)))
    source.remove(messages)
    if (to.length > 0) {
      if (source !== target) this.#publish(args.account, source)
      this.#publish(args.account, target)
    }
    return { kind: 'moved', uidValidity: target.uidValidity, from: uidsOf(messages), to }
  }

  async storeFlags(args: Args<'storeFlags'>, signal: AbortSignal): Result<'storeFlags'> {
    this.#begin(signal)
    const { uids, change, unchangedSince = Infinity } = args
    const mailbox = this.#find(args)
    if (mailbox === undefined) return NO_SUCH_MAILBOX
    if (!mailbox.canCarry(change)) return { kind: 'tooManyKeywords' }
    const found = mailbox.present(uids)
    const modified = found.filter((message) => message.modSeq > unchangedSince)
    const messages = found.filter((message) => message.modSeq <= unchangedSince)
    const before = mailbox.highestModSeq
    mailbox.storeFlags(messages, change)
    if (mailbox.highestModSeq !== before) this.#publish(args.account, mailbox)
    return { kind: 'stored', changed: flagColumns(messages), modSeqs: modSeqsOf(messages), modified: uidsOf(modified) }
  }

  async expunge(args: Args<'expunge'>, signal: AbortSignal): Result<'expunge'> {
    this.#begin(signal)
    const mailbox = this.#find(args)
    if (mailbox === undefined) return NO_SUCH_MAILBOX
    const isDoomed = ({ system }: { readonly system: number }): boolean => args.regardless || (system & DELETED) !== 0
    const doomed = mailbox.present(args.uids).filter(isDoomed)
    mailbox.remove(doomed)
    if (doomed.length > 0) this.#publish(args.account, mailbox)
    return { kind: 'expunged', vanished: uidsOf(doomed), highestModSeq: mailbox.highestModSeq }
  }

  async metadata({ account, of, entries, depth }: Args<'metadata'>, signal: AbortSignal): Result<'metadata'> {
    this.#begin(signal)
    const found = of.flatMap((target) => {
      const table = this.#annotations(account, target)
      return table === undefined ? [] : [{ of: target, annotations: table.read(account, entries, depth) }]
    })
    return { found }
  }

  async setMetadata({ account, of, changes }: Args<'setMetadata'>, signal: AbortSignal): Result<'setMetadata'> {
    this.#begin(signal)
    const table = this.#annotations(account, of)
    if (table === undefined) return NO_SUCH_MAILBOX
    if (of === null && changes.some(({ entry }) => !this.#maySetForAll(account, entry))) {
      return { kind: 'denied', reason: 'Only an administrator sets what the server tells everybody' }
    }
    const refusal = table.refusal(account, changes)
    if (refusal !== null) return refusal
    table.change(account, changes)
    return { kind: 'done' }
  }

  async quotaRoots({ account }: Args<'quotaRoots'>, signal: AbortSignal): Result<'quotaRoots'> {
    this.#begin(signal)
    return { kind: 'roots', roots: [this.#quotas.root(account, this.#account(account).usage())] }
  }

  async quota({ account, root }: Args<'quota'>, signal: AbortSignal): Result<'quota'> {
    this.#begin(signal)
    const owner = this.#quotas.ownerOf(root)
    if (owner === undefined) return NO_SUCH_ROOT
    if (owner !== account && !this.#isAdmin(account)) return { kind: 'denied', reason: "This is somebody else's quota" }
    const holder = this.#accounts.get(owner)
    return holder === undefined ? NO_SUCH_ROOT : { kind: 'quota', quota: this.#quotas.root(owner, holder.usage()) }
  }

  async setQuota({ account, root, limits }: Args<'setQuota'>, signal: AbortSignal): Result<'setQuota'> {
    this.#begin(signal)
    if (!this.#isAdmin(account)) return { kind: 'denied', reason: 'Only an administrator sets quotas' }
    const owner = this.#quotas.ownerOf(root)
    if (owner === undefined || !this.#accounts.has(owner)) return NO_SUCH_ROOT
    this.#quotas.set(owner, limits)
    return this.quota({ account, root }, signal)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#accounts.clear()
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
    let account = this.#accounts.get(id)
    if (account === undefined) {
      account = this.#newAccount()
      this.#accounts.set(id, account)
    }
    return account
  }

  #newAccount(): Account {
    let last = 0
    const account = new Account((specialUse) => {
      const wished = this.#options.uidValidity?.() ?? Math.floor(this.#options.clock.date() / 1_000)
      last = Math.max(wished, last + 1)
      if (!(Number.isInteger(last) && last <= 0xffffffff)) throw new HostError(`not a UIDVALIDITY: ${last}`)
      return new Mailbox(mailboxId(this.#newId('M')), last, specialUse, this.#limits)
    })
    for (const { name, specialUse, isSubscribed } of this.#defaults) {
      account.create(name, specialUse ?? undefined)
      if (isSubscribed) account.subscribe(name, true)
    }
    return account
  }

  #annotations(account: AccountId, of: Annotated): AnnotationTable | undefined {
    return of === null ? this.#serverAnnotations : this.#find({ account, mailbox: of })?.annotations
  }

  /** RFC 5464 §3.2.1.1: how to reach the administrator is nobody's to change. */
  #maySetForAll(account: AccountId, entry: string): boolean {
    if (entry.startsWith('/private/')) return true
    return entry !== ADMIN_CONTACT && this.#isAdmin(account)
  }

  #isAdmin(account: AccountId): boolean {
    return this.#options.admins?.includes(account) === true
  }

  #find({ account, mailbox }: MailboxRef): Mailbox | undefined {
    return this.#accounts.get(account)?.mailbox(mailbox)
  }

  /** A staged message on its way into a mailbox; `undefined` when it is forgotten. */
  #incoming(account: AccountId, { staged, flags, internalDate }: Arrival): Incoming | undefined {
    const content = this.#staging.find(staged)
    if (content === undefined) return undefined
    const saveDate = this.#options.clock.date()
    const threadId = this.#account(account).threads.of(content.digest.thread, () => this.#newId('T'))
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

  /** Of the characters RFC 8474 §4 allows, and never made twice. */
  #newId(kind: 'E' | 'M' | 'S' | 'T'): string {
    this.#ids++
    return `${kind}${this.#nonce}-${this.#ids}`
  }
}

/** What is left of it when a message goes. */
function without(usage: Amount, message: Message | undefined): Amount {
  if (message === undefined) return usage
  return { ...usage, octets: usage.octets - message.content.octets, messages: usage.messages - 1 }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
