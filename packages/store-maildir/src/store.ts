import { join } from 'node:path'
import {
  DELETED,
  flagColumns,
  HostError,
  type MailboxRef,
  type MailStore,
  MailwrightError,
  type MessageDigest,
  modSeq,
  type NoSuchMailbox,
  type OptionalCalls,
  StoreFault,
  type UidMap,
  uid,
} from '@mailwright/core'
import { Accounts } from './accounts.js'
import { Attendance } from './attendance.js'
import type { StoreContext } from './context.js'
import { deliver } from './delivery.js'
import { changeFlags } from './flag-change.js'
import { LoadedMailboxes } from './loaded-mailboxes.js'
import { Mailbox } from './mailbox.js'
import type { StoredMessage } from './message-table.js'
import { contextOf, type MaildirStoreOptions } from './options.js'
import { checked, withParcels } from './parcels.js'
import { MailboxGone } from './problem.js'
import { bodyOf } from './reading.js'
import { claimRecent, takeIn } from './recent.js'
import { removeMessages } from './removal.js'
import { replaceMessage } from './replacement.js'
import { Staging } from './staging.js'
import { copyMessages, moveMessages, type Transferred } from './transfer.js'
import { changesOf, digestKey, fetchPage, snapshotOf, statusOf } from './views.js'

type Method = Exclude<
  keyof MailStore,
  'supports' | 'attend' | 'close' | typeof Symbol.asyncDispose | keyof OptionalCalls
>
type Args<Name extends Method> = Parameters<MailStore[Name]>[0]
type Answer<Name extends Method> = ReturnType<MailStore[Name]>

const NO_SUCH_MAILBOX: NoSuchMailbox = { kind: 'noSuchMailbox' }
const NEVER = new AbortController().signal

/**
 * Opens a Maildir store.
 *
 * @throws {HostError} when another process has it open, or the options cannot be.
 */
export async function createMaildirStore(options: MaildirStoreOptions): Promise<MailStore> {
  const context = contextOf(options)
  const loaded = new LoadedMailboxes(context)
  return new MaildirStore(context, loaded, await Accounts.open(context, options, loaded))
}

class MaildirStore implements MailStore {
  readonly supports = { hierarchy: true, keywords: true, durable: true }
  readonly #context: StoreContext
  readonly #loaded: LoadedMailboxes
  readonly #accounts: Accounts
  readonly #staging: Staging
  readonly #attendance: Attendance
  /** Calls and their afterwork under way. */
  #running = 0
  #idle: (() => void) | null = null
  #closing: Promise<void> | null = null

  constructor(context: StoreContext, loaded: LoadedMailboxes, accounts: Accounts) {
    this.#context = context
    this.#loaded = loaded
    this.#accounts = accounts
    this.#staging = new Staging(context)
    this.#attendance = new Attendance(context.clock, context.limits.lookAgain, (at) => this.#look(at))
  }

  mailboxes({ account }: Args<'mailboxes'>, signal: AbortSignal): Answer<'mailboxes'> {
    return this.#run(signal, async () => (await this.#accounts.get(account)).list(signal))
  }

  createMailbox({ account, name, specialUse }: Args<'createMailbox'>, signal: AbortSignal): Answer<'createMailbox'> {
    return this.#run(signal, async () => (await this.#accounts.get(account)).create(name, specialUse ?? null, signal))
  }

  renameMailbox({ account, from, to }: Args<'renameMailbox'>, signal: AbortSignal): Answer<'renameMailbox'> {
    return this.#run(signal, async () => (await this.#accounts.get(account)).rename(from, to, signal))
  }

  deleteMailbox({ account, name }: Args<'deleteMailbox'>, signal: AbortSignal): Answer<'deleteMailbox'> {
    return this.#run(signal, async () => (await this.#accounts.get(account)).delete(name, signal))
  }

  subscribe({ account, name, subscribed }: Args<'subscribe'>, signal: AbortSignal): Answer<'subscribe'> {
    return this.#run(signal, async () => {
      await (await this.#accounts.get(account)).subscribe(name, subscribed, signal)
      return { kind: 'done' }
    })
  }

  status({ account, mailboxes, items }: Args<'status'>, signal: AbortSignal): Answer<'status'> {
    return this.#run(signal, async () => {
      const statuses = []
      for (const mailbox of mailboxes) {
        const status = await this.#read({ account, mailbox }, (one) => statusOf(one, items))
        if (status !== NO_SUCH_MAILBOX && 'mailbox' in status) statuses.push(status)
      }
      return { statuses }
    })
  }

  snapshot(at: Args<'snapshot'>, signal: AbortSignal): Answer<'snapshot'> {
    return this.#run(signal, () => this.#read(at, async (mailbox) => snapshotOf(mailbox)))
  }

  changesSince({ modSeq: since, ...at }: Args<'changesSince'>, signal: AbortSignal): Answer<'changesSince'> {
    return this.#run(signal, () => this.#read(at, async (mailbox) => changesOf(mailbox, since)))
  }

  claimRecent(at: Args<'claimRecent'>, signal: AbortSignal): Answer<'claimRecent'> {
    return this.#run(signal, () =>
      this.#use(at, async (mailbox) => {
        const from = await mailbox.change(signal, () => claimRecent(mailbox))
        this.#later(mailbox, () => takeIn(mailbox))
        return { kind: 'recent', from: uid(from) }
      }),
    )
  }

  fetch({ uids, fields, cursor, ...at }: Args<'fetch'>, signal: AbortSignal): Answer<'fetch'> {
    return this.#run(signal, () => this.#read(at, (mailbox) => fetchPage(mailbox, uids, fields, cursor)))
  }

  body({ uid: wanted, ...at }: Args<'body'>, signal: AbortSignal): Answer<'body'> {
    return this.#run(signal, () =>
      this.#read(at, async (mailbox) => {
        const message = mailbox.table.byUid(wanted)
        const body = message === undefined ? undefined : await bodyOf(mailbox, message)
        return body === undefined ? { kind: 'noSuchMessage' } : { kind: 'body', body }
      }),
    )
  }

  stage({ account, body }: Args<'stage'>, signal: AbortSignal): Answer<'stage'> {
    return this.#run(signal, async () => {
      const { root } = await this.#accounts.get(account)
      const { id, message } = await this.#staging.stage(join(root, 'tmp'), body, signal)
      return { kind: 'staged', staged: id, octets: message.octets }
    })
  }

  staged({ staged }: Args<'staged'>, signal: AbortSignal): Answer<'staged'> {
    return this.#run(signal, async () => {
      const message = this.#staging.get(staged)
      if (message === undefined) return { kind: 'noSuchStaged' }
      const digest = await this.#staging.digestOf(message)
      return { kind: 'staged', body: this.#staging.bodyOf(message), digest }
    })
  }

  append({ messages, ...at }: Args<'append'>, signal: AbortSignal): Answer<'append'> {
    return this.#run(signal, () =>
      this.#use(at, async (mailbox) => {
        const { uidValidity } = mailbox.identity
        if (messages.length === 0) return { kind: 'appended', uidValidity, uids: new Uint32Array() }
        const added = await withParcels(
          this.#staging,
          mailbox,
          messages,
          this.#context.clock.date(),
          async (parcels) => {
            const placed = await deliver(mailbox, parcels, signal)
            for (const [at, { staged }] of parcels.entries()) this.#learnDigest(mailbox, placed[at], staged.digest)
            return placed
          },
        )
        if (added === 'noSuchStaged') return { kind: 'noSuchStaged' }
        return { kind: 'appended', uidValidity, uids: Uint32Array.from(added, (message) => message.uid) }
      }),
    )
  }

  replace({ uid: wanted, to, message, ...at }: Args<'replace'>, signal: AbortSignal): Answer<'replace'> {
    return this.#run(signal, () =>
      this.#useBoth(at, to, async (source, target) => {
        const placed = await withParcels(
          this.#staging,
          target,
          [message],
          this.#context.clock.date(),
          async ([parcel]) => {
            if (parcel === undefined) return undefined
            const instead = await Mailbox.changeBoth(source, target, signal, () =>
              replaceMessage(source, wanted, target, parcel),
            )
            this.#learnDigest(target, instead, parcel.staged.digest)
            return instead
          },
        )
        if (placed === 'noSuchStaged') return { kind: 'noSuchStaged' }
        if (placed === undefined) return { kind: 'noSuchMessage' }
        return { kind: 'replaced', uidValidity: target.identity.uidValidity, uid: uid(placed.uid) }
      }),
    )
  }

  discard({ staged }: Args<'discard'>, signal: AbortSignal): Answer<'discard'> {
    return this.#run(signal, async () => {
      await this.#staging.discard(staged)
      return { kind: 'done' }
    })
  }

  copy({ uids, to, ...at }: Args<'copy'>, signal: AbortSignal): Answer<'copy'> {
    return this.#run(signal, () =>
      this.#useBoth(at, to, async (source, target) => {
        const copied = await Mailbox.changeBoth(source, target, signal, () => copyMessages(source, uids, target))
        return { kind: 'copied', ...this.#mapOf(source, copied, target) }
      }),
    )
  }

  move({ uids, to, ...at }: Args<'move'>, signal: AbortSignal): Answer<'move'> {
    return this.#run(signal, () =>
      this.#useBoth(at, to, async (source, target) => {
        const moved = await Mailbox.changeBoth(source, target, signal, () =>
          moveMessages(source, source.table.select(uids), target),
        )
        return { kind: 'moved', ...this.#mapOf(source, moved, target) }
      }),
    )
  }

  storeFlags({ uids, change, unchangedSince, ...at }: Args<'storeFlags'>, signal: AbortSignal): Answer<'storeFlags'> {
    return this.#run(signal, () =>
      this.#use(at, (mailbox) =>
        mailbox.change(signal, async () => {
          checked(change.flags)
          const result = await changeFlags(mailbox, uids, change, unchangedSince)
          if (result === undefined) return { kind: 'tooManyKeywords' }
          return {
            kind: 'stored',
            changed: flagColumns(result.stored),
            modSeqs: Float64Array.from(result.stored, (message) => message.modSeq),
            modified: Uint32Array.from(result.modified),
          }
        }),
      ),
    )
  }

  expunge({ uids, regardless, ...at }: Args<'expunge'>, signal: AbortSignal): Answer<'expunge'> {
    return this.#run(signal, () =>
      this.#use(at, (mailbox) =>
        mailbox.change(signal, async () => {
          const found = mailbox.table.select(uids)
          const doomed = regardless ? found : found.filter((message) => (message.system & DELETED) !== 0)
          const vanished = Uint32Array.from(await removeMessages(mailbox, doomed))
          return { kind: 'expunged', vanished, highestModSeq: modSeq(mailbox.table.highestModSeq) }
        }),
      ),
    )
  }

  attend(mailbox: MailboxRef): () => void {
    return this.#attendance.attend(mailbox)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#attendance.close()
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    await this.#staging.close()
    await this.#accounts.close()
  }

  /** Runs one call: refused on a closed store, waited for by `close`, its faults in the contract's form. */
  async #run<T>(signal: AbortSignal, job: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw new HostError('the store is closed')
    this.#running++
    try {
      signal.throwIfAborted()
      return await job()
    } catch (reason) {
      throw isSystemError(reason) ? new StoreFault(reason.message, { cause: reason }) : reason
    } finally {
      this.#ended()
    }
  }

  #ended(): void {
    this.#running--
    if (this.#running === 0) this.#idle?.()
  }

  /** Does something with a mailbox as it is in memory. */
  async #use<T>(at: MailboxRef, job: (mailbox: Mailbox) => Promise<T>): Promise<T | NoSuchMailbox> {
    const mailbox = await (await this.#accounts.get(at.account)).acquire(at.mailbox)
    if (mailbox === undefined) return NO_SUCH_MAILBOX
    try {
      return await job(mailbox)
    } catch (reason) {
      if (!(reason instanceof MailboxGone) || reason.location !== mailbox.location) throw reason
      this.#loaded.forget(mailbox)
      return NO_SUCH_MAILBOX
    } finally {
      mailbox.users--
    }
  }

  /** Reads from a mailbox, brought up to date first. */
  #read<T>(at: MailboxRef, job: (mailbox: Mailbox) => Promise<T>): Promise<T | NoSuchMailbox> {
    return this.#use(at, async (mailbox) => {
      await mailbox.refresh()
      return job(mailbox)
    })
  }

  async #useBoth<T>(
    from: MailboxRef,
    to: MailboxRef['mailbox'],
    job: (source: Mailbox, target: Mailbox) => Promise<T>,
  ): Promise<T | NoSuchMailbox | { readonly kind: 'noSuchTarget' }> {
    return this.#use(from, async (source) => {
      const result = await this.#use({ account: from.account, mailbox: to }, (target) => job(source, target))
      return isRefusal(result) ? { kind: 'noSuchTarget' } : result
    })
  }

  #learnDigest(mailbox: Mailbox, message: StoredMessage | undefined, digest: MessageDigest | null): void {
    if (message !== undefined && digest !== null) this.#context.digests.set(digestKey(mailbox, message), digest)
  }

  /** What a copy or move answers; digests known of the originals are known of what they became. */
  #mapOf(source: Mailbox, transferred: readonly Transferred[], target: Mailbox): UidMap {
    const { digests } = this.#context
    for (const { from, to } of transferred) {
      const digest = digests.get(digestKey(source, from))
      if (digest !== undefined) digests.set(digestKey(target, to), digest)
    }
    return {
      uidValidity: target.identity.uidValidity,
      from: Uint32Array.from(transferred, ({ from }) => from.uid),
      to: Uint32Array.from(transferred, ({ to }) => to.uid),
    }
  }

  /** Does something to a mailbox once the call at hand is answered; `close` waits for it. */
  #later(mailbox: Mailbox, job: () => Promise<void>): void {
    mailbox.users++
    this.#running++
    void mailbox
      .change(NEVER, job)
      .catch((cause: unknown) => {
        const path = mailbox.location.folder
        if (!(cause instanceof MailboxGone))
          this.#context.report({ kind: 'background', path, message: 'taking in new messages failed', cause })
      })
      .finally(() => {
        mailbox.users--
        this.#ended()
      })
  }

  /** For an attended mailbox: what is found is told on the bus as it is taken over. */
  async #look(at: MailboxRef): Promise<void> {
    await this.#run(NEVER, () => this.#read(at, async () => undefined)).catch((cause: unknown) => {
      if (this.#closing === null)
        this.#context.report({ kind: 'background', path: at.account, message: 'looking at a mailbox failed', cause })
    })
  }
}

function isRefusal(result: unknown): boolean {
  return result === NO_SUCH_MAILBOX
}

function isSystemError(reason: unknown): reason is NodeJS.ErrnoException {
  return reason instanceof Error && !(reason instanceof MailwrightError) && 'syscall' in reason
}
