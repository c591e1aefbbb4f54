import type {
  AccountId,
  Authenticator,
  Body,
  Clock,
  MailStore,
  Millis,
  Octets,
  Random,
  StagedId,
} from '@mailwright/core'
import { fromUtf8, StoreFault } from '@mailwright/core'
import { queueId, sessionTrace } from '@mailwright/relay'
import {
  filtered,
  type HeaderFacts,
  headerGuard,
  headerObserver,
  InboxDirectory,
  submissionFilters,
  TooManyHops,
} from '@mailwright/relay/driver'
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
import { logFiling } from './filing-log.js'
import { type RecipientRules, Recipients } from './recipients.js'

export interface LocalDeliveryOptions extends RecipientRules {
  readonly store: MailStore
  readonly authenticator: Authenticator
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Whose addresses are; in place of `domains`, `postmaster` and `delimiter`, where a site routes by more. */
  readonly recipients?: Recipients
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
  /** Of the whole copy. */
  readonly octets: Octets
  outcome: RecipientOutcome | null
}

/** What is received for whom, beside the copies there are already. */
interface Reception {
  readonly account: AccountId
  readonly recipient: Mailbox
  readonly id: string
  readonly copies: ReadonlyMap<AccountId, Copy>
  readonly facts: HeaderFacts
}

/** How long RCPT's answer holds. Default 60 s: most messages come at once. Passed: users are asked again, since one may have gone. */
const KNOWN_FOR: Millis = 60_000

const NEVER = new AbortController().signal

/** Accounts over their quota that are remembered. Default 10,000: a megabyte; one that is forgotten costs its co-recipients one more try. */
const REMEMBERED = 10_000

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
  /** Whose the recipients of transactions under way are, as RCPT found out. */
  readonly #known = new WeakMap<Mailbox, { readonly account: AccountId; readonly until: Millis }>()
  /** Accounts that were over their quota when they were last tried. */
  readonly #full = new Set<AccountId>()

  constructor(options: LocalDeliveryOptions) {
    this.#options = options
    this.#recipients = options.recipients ?? Recipients.of(options.authenticator, options)
    this.#inboxes = new InboxDirectory(options.store)
  }

  async recipient({ recipient }: Parameters<SmtpHandler['recipient']>[0], signal: AbortSignal): Promise<Verdict> {
    const answer = await this.#recipients.find(recipient, signal)
    const shown = `<${writeMailbox(recipient)}>`
    switch (answer.kind) {
      case 'local':
        this.#known.set(recipient, { account: answer.account, until: this.#options.clock.now() + KNOWN_FOR })
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
    const facts: HeaderFacts = { messageId: null }
    const began = this.#options.clock.date()
    try {
      const owners = await this.#owners(recipients, signal)
      for (const [account, recipient] of this.#inTurn(owners, recipients)) {
        copies.set(account, await this.#receive(args, { account, recipient, id, copies, facts }, signal))
      }
      const isLmtp = session.role === 'lmtp'
      const isWhole = owners.every((owner) => owner !== null && copies.get(owner)?.staged !== null)
      if (isLmtp || isWhole) for (const [account, copy] of copies) await this.#file(account, copy, id, signal)
      const outcomes = owners.map((owner) =>
        owner === null ? UNAVAILABLE : (copies.get(owner)?.outcome ?? UNAVAILABLE),
      )
      const octets = [...copies.values()][0]?.octets ?? 0
      const { messageId } = facts
      const ended = this.#options.clock.date()
      const { transaction } = args
      logFiling(this.#options.logger, {
        id,
        session,
        transaction,
        recipients,
        outcomes,
        octets,
        messageId,
        began,
        ended,
      })
      if (isLmtp) return { kind: 'perRecipient', outcomes }
      // What a copy was refused for says more than that the others were therefore not filed.
      const reasons = [...copies.values()].flatMap((copy) => copy.outcome ?? [])
      const failure = [...reasons, ...outcomes].find((outcome) => outcome.kind === 'refused')
      return failure?.kind === 'refused' ? failure : { kind: 'accepted', id }
    } catch (error) {
      if (!(error instanceof TooManyHops)) throw error
      return refused(554, '5.4.6', `Error: ${error.message}`)
    } finally {
      // Nobody waits for it: what is answered does not depend on it, and the store's `close` does.
      void this.#discard(copies, id)
    }
  }

  /** Whose each recipient is; `null` where it is not known now: somebody removed the user since RCPT, or the users cannot be read. */
  async #owners(recipients: readonly Mailbox[], signal: AbortSignal): Promise<readonly (AccountId | null)[]> {
    const owners: (AccountId | null)[] = []
    for (const recipient of recipients) {
      const known = this.#known.get(recipient)
      if (known !== undefined && this.#options.clock.now() < known.until) {
        owners.push(known.account)
        continue
      }
      const answer = await this.#recipients.find(recipient, signal)
      owners.push(answer.kind === 'local' ? answer.account : null)
    }
    return owners
  }

  /**
   * Each account once, with the first of its recipients. Those that were full the last time come last: a store that refuses
   * the first copy does not read the message, and the others would wait as long as that user does not tidy up.
   */
  #inTurn(
    owners: readonly (AccountId | null)[],
    recipients: readonly Mailbox[],
  ): readonly (readonly [AccountId, Mailbox])[] {
    const accounts = new Map<AccountId, Mailbox>()
    for (const [at, recipient] of recipients.entries()) {
      const owner = owners[at] ?? null
      if (owner !== null && !accounts.has(owner)) accounts.set(owner, recipient)
    }
    return [...accounts].sort(([one], [other]) => Number(this.#full.has(one)) - Number(this.#full.has(other)))
  }

  /** Stages the copy of one account. */
  async #receive(
    args: Parameters<SmtpHandler['message']>[0],
    { account, recipient, id, copies, facts }: Reception,
    signal: AbortSignal,
  ): Promise<Copy> {
    const [first] = copies.values()
    const qualified = this.#recipients.qualify(recipient)
    const stamp = this.#stamp(args.session, args.transaction, qualified, id, args.recipients.length === 1)
    const body = first === undefined ? this.#received(args, stamp, id, facts) : await this.#again(first, stamp, signal)
    // The first copy was refused before it was read whole: there is nothing to copy from.
    if (body === null) return { staged: null, stampOctets: 0, octets: 0, outcome: UNAVAILABLE }
    const result = await this.#options.store.stage({ account, body }, signal)
    if (result.kind === 'staged')
      return { staged: result.staged, stampOctets: stamp.length, octets: result.octets, outcome: null }
    this.#fullNow(account)
    return { staged: null, stampOctets: 0, octets: 0, outcome: OVER_QUOTA }
  }

  #fullNow(account: AccountId): void {
    const [oldest] = this.#full
    if (oldest !== undefined && this.#full.size >= REMEMBERED) this.#full.delete(oldest)
    this.#full.add(account)
  }

  /** What is filed needs its staged copy no more. A store that cannot forget it now does so in its own time. */
  async #discard(copies: ReadonlyMap<AccountId, Copy>, id: string): Promise<void> {
    const staged = [...copies.values()].flatMap((copy) => copy.staged ?? [])
    if (staged.length === 0) return
    try {
      await this.#options.store.discard({ staged }, NEVER)
    } catch (error) {
      this.#options.logger.error({ id, message: String(error) }, 'discardFault')
    }
  }

  /** The message as it is kept. */
  #received(args: Parameters<SmtpHandler['message']>[0], stamp: Uint8Array, id: string, facts: HeaderFacts): Body {
    const home = this.#options.domains[0] ?? args.session.hostname
    const additions = submissionFilters(args, { id, at: this.#options.clock.date(), home })
    return filtered(args.body, [headerGuard(), ...additions, headerObserver(facts)], stamp)
  }

  /** What stands before the message, in Postfix's order: Return-Path, X-Original-To, Delivered-To, Received. */
  #stamp(
    session: SmtpSession,
    transaction: SmtpTransaction,
    recipient: Mailbox,
    id: string,
    isForOne: boolean,
  ): Uint8Array {
    const trace = sessionTrace(session, transaction, id, isForOne ? recipient : null, this.#options.clock.date())
    return fromUtf8(returnPath(transaction.reversePath) + originalTo(recipient) + deliveredTo(recipient) + trace)
  }

  /** The message once more, for the next recipient: from the first one's copy, with another stamp. */
  async #again({ staged, stampOctets }: Copy, stamp: Uint8Array, signal: AbortSignal): Promise<Body | null> {
    if (staged === null) return null
    const found = await this.#options.store.staged({ staged }, signal)
    if (found.kind === 'noSuchStaged') throw new StoreFault('the store forgot a message that is being delivered')
    return filtered(found.body.read({ start: stampOctets, end: found.body.octets }, signal), [], stamp)
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
          this.#full.delete(account)
          return { kind: 'delivered', id }
        case 'overQuota':
          this.#fullNow(account)
          return OVER_QUOTA
        case 'denied':
          throw new StoreFault(`the store takes no mail for the INBOX: ${result.reason}`)
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
}

function refused(code: number, enhanced: string, text: string): { readonly kind: 'refused'; readonly reply: Reply } {
  return { kind: 'refused', reply: { code, enhanced, text } }
}
