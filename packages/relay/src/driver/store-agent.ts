import { type AccountId, type BodyHandle, fromUtf8, type MailboxId, type MailStore, StoreFault } from '@mailwright/core'
import { fieldBody, HeaderReader } from '@mailwright/message'
import { deliveredTo, originalTo, parseMailbox, returnPath } from '@mailwright/smtp'
import type { DeliveryAgent, DeliveryRequest, DeliveryResult, RoutedRecipient } from '../delivery/agent.js'
import { STORE_CONCURRENCY } from '../delivery/limits.js'
import { filtered } from './body-filter.js'
import { InboxDirectory } from './inbox-directory.js'

const NEVER = new AbortController().signal

/** Whose mailbox an address is. */
export type Owner =
  | { readonly kind: 'found'; readonly account: AccountId }
  | { readonly kind: 'unknownUser' }
  | { readonly kind: 'unavailable' }

/** One recipient's copy, ready to be filed. */
export interface StoredDelivery {
  readonly account: AccountId
  readonly request: DeliveryRequest
  readonly recipient: RoutedRecipient
  /** What stands above the message: Return-Path, X-Original-To, Delivered-To, with their line ends. */
  readonly stamp: Uint8Array
}

/** What became of a copy. */
export type Filed =
  | { readonly kind: 'filed'; readonly text?: string }
  | { readonly kind: 'overQuota' }
  | { readonly kind: 'failed' | 'deferred'; readonly status: string; readonly text: string }

export interface StoreAgentOptions {
  readonly store: MailStore
  /** In `relay=` and in the log. */
  readonly name: 'local' | 'virtual'
  readonly ownerOf: (address: string, signal: AbortSignal) => Promise<Owner>
  /** What becomes of mail for somebody over quota. Default `deferred`: it may be short. */
  readonly overQuota?: 'deferred' | 'failed'
  /** Files a copy. Default: into the INBOX. Filters (Sieve, say) take this place: they may choose the mailbox, or several, or none. */
  readonly file?: (delivery: StoredDelivery, signal: AbortSignal) => Promise<Filed>
}

/**
 * Delivers into a store: each recipient gets a copy of its own, below `Return-Path`, `X-Original-To` and `Delivered-To`. A message that says
 * already that it was delivered to an address does not go there again: it loops.
 */
export function createStoreAgent(options: StoreAgentOptions): DeliveryAgent {
  return new StoreAgent(options)
}

class StoreAgent implements DeliveryAgent {
  readonly concurrency = STORE_CONCURRENCY
  readonly #options: StoreAgentOptions
  readonly #inboxes: InboxDirectory

  constructor(options: StoreAgentOptions) {
    this.#options = options
    this.#inboxes = new InboxDirectory(options.store)
  }

  async deliver(request: DeliveryRequest, signal: AbortSignal): ReturnType<DeliveryAgent['deliver']> {
    const seen = await deliveredBefore(request.body)
    const results: DeliveryResult[] = []
    for (const recipient of request.recipients) results.push(await this.#deliver(request, recipient, seen, signal))
    return { results }
  }

  async #deliver(
    request: DeliveryRequest,
    recipient: RoutedRecipient,
    seen: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<DeliveryResult> {
    const { store, name, ownerOf, overQuota = 'deferred' } = this.#options
    const fileCopy = this.#options.file ?? ((each, abort) => fileIntoInbox(store, each, abort, this.#inboxes))
    const { address, position } = recipient
    const base = { position, relay: name }
    if (seen.has(address.toLowerCase())) {
      return { ...base, kind: 'failed', status: '5.4.6', text: `mail forwarding loop for ${address}` }
    }
    const owner = await ownerOf(address, signal)
    if (owner.kind === 'unknownUser') {
      return { ...base, kind: 'failed', status: '5.1.1', text: `unknown user: "${localPartOf(address)}"` }
    }
    if (owner.kind === 'unavailable') {
      return { ...base, kind: 'deferred', status: '4.3.0', text: 'user lookup error' }
    }
    const { account } = owner
    const stamp = fromUtf8(stampOf(request, recipient))
    const delivery = { account, request, recipient, stamp }
    const filed = await fileCopy(delivery, signal)
    switch (filed.kind) {
      case 'filed':
        return {
          ...base,
          kind: 'delivered',
          status: '2.0.0',
          text: filed.text ?? 'delivered to mailbox',
          reports: 'delivered',
        }
      case 'overQuota': {
        const text = `the mailbox of ${address} is over its quota`
        const isLater = overQuota === 'deferred'
        return { ...base, kind: overQuota, status: isLater ? '4.2.2' : '5.2.2', text }
      }
      default:
        return { ...base, ...filed }
    }
  }
}

/** Puts a copy into the account's INBOX. @param inboxes whoever delivers often knows them. */
export function fileIntoInbox(
  store: MailStore,
  delivery: StoredDelivery,
  signal: AbortSignal,
  inboxes: InboxDirectory = new InboxDirectory(store),
): Promise<Filed> {
  const { account } = delivery
  return file(store, delivery, signal, async (append) => {
    const result = await append(await inboxes.inboxOf(account, signal))
    if (result.kind !== 'noSuchMailbox') return result
    inboxes.forget(account)
    return append(await inboxes.inboxOf(account, signal))
  })
}

/** Puts a copy into one mailbox. */
export function fileInto(
  store: MailStore,
  mailbox: MailboxId,
  delivery: StoredDelivery,
  signal: AbortSignal,
): Promise<Filed> {
  return file(store, delivery, signal, (append) => append(mailbox))
}

type Appended = Awaited<ReturnType<MailStore['append']>>

/** @param choose appends the copy to the mailbox that it ends in. */
async function file(
  store: MailStore,
  { account, request, stamp }: StoredDelivery,
  signal: AbortSignal,
  choose: (append: (mailbox: MailboxId) => Promise<Appended>) => Promise<Appended>,
): Promise<Filed> {
  const staged = await store.stage({ account, body: filtered(request.body.read(), [], stamp) }, signal)
  if (staged.kind === 'overQuota') return staged
  try {
    const arrival = { staged: staged.staged, flags: { system: 0, keywords: [] }, internalDate: null }
    const result = await choose((mailbox) => store.append({ account, mailbox, messages: [arrival] }, signal))
    switch (result.kind) {
      case 'appended':
        return { kind: 'filed' }
      case 'overQuota':
        return result
      case 'denied':
        return { kind: 'failed', status: '5.2.0', text: `the mailbox takes no mail: ${result.reason}` }
      case 'noSuchMailbox':
      case 'noSuchStaged':
        throw new StoreFault(`the store forgot something meanwhile: ${result.kind}`)
      default:
        return result satisfies never
    }
  } finally {
    // Nobody waits for it: a store forgets in its own time what was never discarded, and the message is where it belongs.
    store.discard({ staged: [staged.staged] }, NEVER).catch(() => undefined)
  }
}

/** In Postfix's order. */
function stampOf({ message }: DeliveryRequest, { address, recipient }: RoutedRecipient): string {
  const { reversePath } = message.envelope
  const sender = reversePath === '' ? null : mailboxOf(reversePath)
  const to = mailboxOf(address)
  return returnPath(sender) + originalTo(mailboxOf(recipient.originalTo ?? recipient.address)) + deliveredTo(to)
}

/** What was taken into the queue is an address, or a bare name. */
function mailboxOf(address: string): { readonly localPart: string; readonly domain: string | null } {
  return parseMailbox(address) ?? { localPart: address, domain: null }
}

function localPartOf(address: string): string {
  return mailboxOf(address).localPart
}

const WANTED: ReadonlySet<string> = new Set(['delivered-to'])

/** The addresses to which a message was delivered already, in lower case (Postfix, qmail). */
export async function deliveredBefore(body: BodyHandle): Promise<ReadonlySet<string>> {
  const reader = new HeaderReader({ wanted: WANTED })
  const seen = new Set<string>()
  for await (const chunk of body.read()) {
    for (const { raw } of reader.push(chunk)) seen.add(fieldBody(raw).toLowerCase())
    if (reader.bodyStart !== null) break
  }
  for (const { raw } of reader.end()) seen.add(fieldBody(raw).toLowerCase())
  return seen
}
