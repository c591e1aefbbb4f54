import type { AccountId, Authenticator, Body, Clock, MailStore, Octets, Random, StagedId } from '@mailwright/core'
import { fromLatin1, StoreFault } from '@mailwright/core'
import {
  deliveredTo,
  type Mailbox,
  type MessageVerdict,
  originalTo,
  type RecipientOutcome,
  type Reply,
  returnPath,
  type SmtpHandler,
  type SmtpSession,
  type SmtpTransaction,
  type Verdict,
  writeMailbox,
} from '@mailwright/smtp'
import type { Logger } from '../log/logger.js'
import { headerGuard, TooManyHops } from './header-guard.js'
import { InboxDirectory } from './inbox-directory.js'
import { queueId } from './queue-id.js'
import { type RecipientRules, Recipients } from './recipients.js'
import { sessionTrace, withStamp } from './stamp.js'

export interface LocalDeliveryOptions extends RecipientRules {
  readonly store: MailStore
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

const ACCEPTED: Verdict = { kind: 'accepted' }
const UNAVAILABLE: RecipientOutcome = refused(451, '4.3.0', 'Error: the mailbox cannot be reached now')
const OVER_QUOTA: RecipientOutcome = refused(452, '4.2.2', 'Error: the mailbox is over its quota')

/** One account's copy of a message on its way. */
interface Copy {
  /** `null`: it was not received. */
  readonly staged: StagedId | null
  /** Octets before the message as it came. */
  readonly stampOctets: Octets
  outcome: RecipientOutcome | null
}

/**
 * Takes mail for the users of some domains and puts it into their INBOX. Mail for anybody else is refused: nothing is
 * relayed. A message is accepted when every recipient's copy is durable.
 */
export function localDelivery(options: LocalDeliveryOptions): SmtpHandler {
  return new LocalDelivery(options)
}

class LocalDelivery implements SmtpHandler {
  readonly #options: LocalDeliveryOptions
  readonly #recipients: Recipients
  readonly #inboxes: InboxDirectory

  constructor(options: LocalDeliveryOptions) {
    this.#options = options
    this.#recipients = new Recipients(options.authenticator, options)
    this.#inboxes = new InboxDirectory(options.store)
  }

  async recipient({ recipient }: Parameters<SmtpHandler['recipient']>[0], signal: AbortSignal): Promise<Verdict> {
    const answer = await this.#recipients.find(recipient, signal)
    const shown = `<${writeMailbox(recipient)}>`
    switch (answer.kind) {
      case 'local':
        return ACCEPTED
      case 'notOurs':
        return refused(554, '5.7.1', `${shown}: Relay access denied`)
      case 'unknownUser':
        return refused(550, '5.1.1', `${shown}: Recipient address rejected: User unknown in local recipient table`)
      case 'unavailable':
        return refused(451, '4.3.0', `${shown}: Temporary lookup failure`)
      default:
        return answer satisfies never
    }
  }

  /**
   * Receives the message once for each account, then files every copy. By SMTP one answer stands for all recipients: nothing is
   * filed until all are received, and where a copy cannot be filed the sender keeps the message and repeats it.
   */
  async message(args: Parameters<SmtpHandler['message']>[0], signal: AbortSignal): Promise<MessageVerdict> {
    const { session, recipients } = args
    const id = queueId(this.#options.random)
    const copies = new Map<AccountId, Copy>()
    const owners: (AccountId | null)[] = []
    try {
      for (const recipient of recipients) owners.push(await this.#receive(args, recipient, id, copies, signal))
      const isLmtp = session.role === 'lmtp'
      const isWhole = owners.every((owner) => owner !== null && copies.get(owner)?.staged !== null)
      if (isLmtp || isWhole) for (const [account, copy] of copies) await this.#file(account, copy, id, signal)
      const outcomes = owners.map((owner) =>
        owner === null ? UNAVAILABLE : (copies.get(owner)?.outcome ?? UNAVAILABLE),
      )
      this.#log(id, recipients, outcomes)
      if (isLmtp) return { kind: 'perRecipient', outcomes }
      const failure = outcomes.find((outcome) => outcome.kind === 'refused')
      return failure?.kind === 'refused' ? failure : { kind: 'accepted', id }
    } catch (error) {
      if (!(error instanceof TooManyHops)) throw error
      return refused(554, '5.4.6', 'Error: too many hops')
    } finally {
      const staged = [...copies.values()].flatMap((copy) => copy.staged ?? [])
      if (staged.length > 0) await this.#options.store.discard({ staged }, new AbortController().signal)
    }
  }

  /** Stages the copy of one recipient, unless its account has one. @returns the account, or `null` when it is not known now. */
  async #receive(
    args: Parameters<SmtpHandler['message']>[0],
    recipient: Mailbox,
    id: string,
    copies: Map<AccountId, Copy>,
    signal: AbortSignal,
  ): Promise<AccountId | null> {
    const answer = await this.#recipients.find(recipient, signal)
    // It was ours at RCPT: somebody removed the user since, or the users cannot be read now.
    if (answer.kind !== 'local') return null
    const { account } = answer.identity
    if (copies.has(account)) return account
    const [first] = copies.values()
    const stamp = this.#stamp(
      args.session,
      args.transaction,
      this.#recipients.qualify(recipient),
      id,
      args.recipients.length === 1,
    )
    const body = first === undefined ? headerGuard(args.body) : await this.#again(first, signal)
    // The first copy was refused before it was read whole: there is nothing to copy from.
    if (body === null) {
      copies.set(account, { staged: null, stampOctets: 0, outcome: UNAVAILABLE })
      return account
    }
    const result = await this.#options.store.stage({ account, body: withStamp(stamp, body) }, signal)
    copies.set(
      account,
      result.kind === 'overQuota'
        ? { staged: null, stampOctets: 0, outcome: OVER_QUOTA }
        : { staged: result.staged, stampOctets: stamp.length, outcome: null },
    )
    return account
  }

  /** What stands before the message, in Postfix's order: Return-Path, X-Original-To, Delivered-To, Received. */
  #stamp(
    session: SmtpSession,
    transaction: SmtpTransaction,
    recipient: Mailbox,
    id: string,
    isForOne: boolean,
  ): Uint8Array {
    const trace = sessionTrace(session, id, isForOne ? recipient : null, this.#options.clock.date())
    return fromLatin1(returnPath(transaction.reversePath) + originalTo(recipient) + deliveredTo(recipient) + trace)
  }

  /** The message once more, for the next recipient: from the first one's copy, without its stamp. */
  async #again({ staged, stampOctets }: Copy, signal: AbortSignal): Promise<Body | null> {
    if (staged === null) return null
    const found = await this.#options.store.staged({ staged }, signal)
    if (found.kind === 'noSuchStaged') throw new StoreFault('the store forgot a message that is being delivered')
    return found.body.read({ start: stampOctets, end: found.body.octets }, signal)
  }

  /** Puts a staged copy into its INBOX. A store at fault costs this recipient a second try, not the others. */
  async #file(account: AccountId, copy: Copy, id: string, signal: AbortSignal): Promise<void> {
    if (copy.staged === null) return
    try {
      copy.outcome = await this.#append(account, copy.staged, id, signal)
    } catch (error) {
      if (signal.aborted) throw error
      this.#options.logger.error({ id, account, message: String(error) }, 'deliveryFault')
      copy.outcome = UNAVAILABLE
    }
  }

  async #append(account: AccountId, staged: StagedId, id: string, signal: AbortSignal): Promise<RecipientOutcome> {
    const { store } = this.#options
    const arrival = { staged, flags: { system: 0, keywords: [] }, internalDate: null }
    for (let attempt = 0; attempt < 2; attempt++) {
      const mailbox = await this.#inboxes.inboxOf(account, signal)
      const result = await store.append({ account, mailbox, messages: [arrival] }, signal)
      switch (result.kind) {
        case 'appended':
          return { kind: 'delivered', id }
        case 'overQuota':
          return OVER_QUOTA
        case 'noSuchStaged':
          throw new StoreFault('the store forgot a message that is being delivered')
        case 'noSuchMailbox':
          this.#inboxes.forget(account)
          break
        default:
          result satisfies never
      }
    }
    throw new StoreFault('the store does not find the INBOX that it lists')
  }

  #log(id: string, recipients: readonly Mailbox[], outcomes: readonly RecipientOutcome[]): void {
    for (const [at, recipient] of recipients.entries()) {
      const outcome = outcomes[at] ?? UNAVAILABLE
      const status = outcome.kind === 'delivered' ? 'sent' : 'refused'
      const dsn = outcome.kind === 'delivered' ? '2.0.0' : outcome.reply.enhanced
      this.#options.logger.info({ id, to: writeMailbox(recipient), relay: 'local', dsn, status }, 'delivery')
    }
  }
}

function refused(code: number, enhanced: string, text: string): { readonly kind: 'refused'; readonly reply: Reply } {
  return { kind: 'refused', reply: { code, enhanced, text } }
}
