import {
  ANSWERED,
  DELETED,
  DRAFT,
  FLAGGED,
  type FlagColumns,
  type Flags,
  flagsAt,
  type MailStore,
  SEEN,
} from '@mailwright/core'
import type { ImapCall } from '../../src/calls.js'
import { type Client, Violation } from './client.js'
import { MailboxModel, writeFlags } from './mailbox-model.js'

const SIGNAL = new AbortController().signal

const NAMES = [
  [SEEN, '\\Seen'],
  [ANSWERED, '\\Answered'],
  [FLAGGED, '\\Flagged'],
  [DELETED, '\\Deleted'],
  [DRAFT, '\\Draft'],
] as const

type Call<K extends ImapCall['call']> = Extract<ImapCall, { readonly call: K }>['args']
type Result<K extends keyof MailStore> = MailStore[K] extends (...args: never) => Promise<infer R> ? R : never

/** Follows every call to the store in models of its mailboxes, and holds what clients believe against them. */
export class Oracle {
  readonly #store: MailStore
  readonly #models = new Map<string, MailboxModel>()
  readonly #names = new Map<string, string>()

  constructor(store: MailStore) {
    this.#store = store
  }

  /** Knows a mailbox from now on; it is empty. */
  meet(name: string, id: string): void {
    const model = new MailboxModel()
    this.#models.set(id, model)
    this.#models.set(name, model)
    this.#names.set(id, name)
  }

  model(mailbox: string): MailboxModel {
    const model = this.#models.get(mailbox)
    if (model === undefined) throw new Error(`no model of ${mailbox}`)
    return model
  }

  /** Takes in what a call did; `relies` are the flags that its client took for the present ones. */
  async performed(call: ImapCall, answer: unknown, relies?: ReadonlyMap<number, string>): Promise<void> {
    switch (call.call) {
      case 'append':
        return this.#appended(call.args, answer as Result<'append'>)
      case 'copy':
      case 'move':
        return this.#transferred(call.args, answer as Result<'copy'> | Result<'move'>)
      case 'storeFlags':
        return this.#stored(call.args, answer as Result<'storeFlags'>, relies ?? new Map())
      case 'expunge':
        return this.#expunged(call.args, answer as Result<'expunge'>)
    }
  }

  async #appended(args: Call<'append'>, answer: Result<'append'>): Promise<void> {
    if (answer.kind !== 'appended') return
    const modSeq = await this.#highest(args)
    for (const [at, uid] of answer.uids.entries()) {
      const flags = args.messages[at]?.flags
      this.model(args.mailbox).add(uid, flags === undefined ? [] : namesOf(flags), modSeq)
    }
  }

  async #transferred(args: Call<'copy'>, answer: Result<'copy'> | Result<'move'>): Promise<void> {
    if (answer.kind !== 'copied' && answer.kind !== 'moved') return
    const [from, to] = [this.model(args.mailbox), this.model(args.to)]
    for (const [at, uid] of answer.to.entries()) {
      const flags = from.messages.get(answer.from[at] ?? 0) ?? ''
      to.add(uid, flags === '' ? [] : flags.split(' '), await this.#modSeqOf(args.account, args.to, uid))
    }
    if (answer.kind === 'copied' || answer.from.length === 0) return
    const modSeq = await this.#highest(args)
    for (const uid of answer.from) from.remove(uid, modSeq)
  }

  async #stored(
    args: Call<'storeFlags'>,
    answer: Result<'storeFlags'>,
    relies: ReadonlyMap<number, string>,
  ): Promise<void> {
    if (answer.kind !== 'stored') return
    const model = this.model(args.mailbox)
    const { unchangedSince = Infinity } = args
    const change = { mode: args.change.mode, flags: namesOf(args.change.flags) }
    const there = [...args.uids].filter((uid) => model.messages.has(uid))
    const expected = there.filter((uid) => model.modSeq(uid) <= unchangedSince)
    check([...answer.changed.uids].join() === expected.join(), `STORE changed ${answer.changed.uids}, not ${expected}`)
    for (const [at, uid] of answer.changed.uids.entries()) {
      const before = model.messages.get(uid) ?? ''
      const relied = relies.get(uid)
      check(
        relied === undefined || relied === before,
        `UNCHANGEDSINCE overwrote ${before} of ${uid}, believed ${relied}`,
      )
      const after = model.changed(uid, change)
      check(flagsOf(answer.changed, at) === after, `STORE gave ${uid} ${flagsOf(answer.changed, at)}, not ${after}`)
      if (after !== before) model.set(uid, after, answer.modSeqs[at] ?? 0)
    }
  }

  async #expunged(args: Call<'expunge'>, answer: Result<'expunge'>): Promise<void> {
    if (answer.kind !== 'expunged') return
    const model = this.model(args.mailbox)
    for (const uid of answer.vanished) {
      const isDeleted = model.messages.get(uid)?.split(' ').includes('\\deleted')
      check(isDeleted === true, `UID ${uid} was expunged, but not deleted`)
      model.remove(uid, answer.highestModSeq)
    }
  }

  async #highest(args: {
    readonly account: Call<'copy'>['account']
    readonly mailbox: Call<'copy'>['mailbox']
  }): Promise<number> {
    const { statuses } = await this.#store.status(
      { ...args, mailboxes: [args.mailbox], items: ['highestModSeq'] },
      SIGNAL,
    )
    return statuses[0]?.highestModSeq ?? 0
  }

  async #modSeqOf(account: Call<'copy'>['account'], mailbox: Call<'copy'>['mailbox'], uid: number): Promise<number> {
    const args = { account, mailbox, uids: Uint32Array.of(uid), fields: ['modSeq'], cursor: null } as const
    const page = await this.#store.fetch(args, SIGNAL)
    return page.kind === 'page' ? (page.modSeqs?.[0] ?? 0) : 0
  }

  /** What a client believes behind a tagged reply could have been true, and what it may keep loses nothing. */
  checkBeliefs(client: Client): void {
    if (client.mailbox === null) return
    const model = this.model(client.mailbox)
    const { messages, modSeq } = client.cache
    const safe = client.isSynchronised ? (modSeq ?? 0) : 0
    for (const [uid, known] of messages) {
      const isLost = client.kind === 'qresync' && model.expungedAt(uid) <= safe
      check(!isLost, `the expunge of UID ${uid} is lost: HIGHESTMODSEQ ${safe}`)
      // Of a message that went the client will hear just that.
      if (!model.messages.has(uid)) continue
      const history = model.history(uid)
      const at = history.findLastIndex(({ flags }) => flags === known.flags)
      check(at >= 0, `UID ${uid} never had the flags ${known.flags}`)
      const least = (upTo: number): number => history.findLastIndex((moment) => moment.modSeq <= upTo)
      // Told without flags, and lost before these came: taken up again with the rest.
      const told = client.isSynchronised ? known.modSeq : 0
      check(at >= least(told), `UID ${uid} had other flags at its MODSEQ ${known.modSeq} than ${known.flags}`)
      check(at >= least(safe), `a change of UID ${uid} up to HIGHESTMODSEQ ${safe} is lost: ${known.flags}`)
    }
  }

  /** What a client sees is what the mailbox was at one moment, as far as it knows UIDs and flags. */
  checkView(client: Client, state: ReadonlyMap<number, string>): void {
    const uids = [...state.keys()]
    check(uids.length === client.positions.length, `${client.positions.length} messages, not ${uids.length}`)
    for (const [at, uid] of client.positions.entries()) {
      if (uid === null) continue
      check(uids[at] === uid, `message ${at + 1} is UID ${uids[at]}, not ${uid}`)
      const known = client.cache.messages.get(uid)
      if (known !== undefined) {
        check(known.flags === state.get(uid), `UID ${uid} has the flags ${state.get(uid)}, not ${known.flags}`)
      }
    }
  }

  /** Nothing happens any more and the client asked for news: it knows all there is, and nothing else. */
  checkAll(client: Client): void {
    const state = this.model(client.mailbox ?? '').state()
    check(client.unknown.length === 0, `unknown: ${client.unknown}`)
    this.checkView(client, state)
    const believed = [...client.cache.messages.keys()].sort((one, other) => one - other)
    check(believed.join() === [...state.keys()].join(), `the client has ${believed}, the mailbox ${[...state.keys()]}`)
  }

  /** The store itself is what the model says. */
  async checkStore(account: Call<'copy'>['account']): Promise<void> {
    const { mailboxes } = await this.#store.mailboxes({ account }, SIGNAL)
    for (const { id } of mailboxes) {
      const snapshot = await this.#store.snapshot({ account, mailbox: id }, SIGNAL)
      if (snapshot.kind !== 'snapshot') continue
      const { messages } = snapshot
      const found = [...messages.uids].map((uid, at) => `${uid} ${flagsOf(messages, at)}`)
      const expected = [...this.model(id).state()].map(([uid, flags]) => `${uid} ${flags}`)
      check(found.join() === expected.join(), `the store has ${found}, the model ${expected}`)
    }
  }

  /** The mailbox as it is at this moment. */
  state(mailbox: string): ReadonlyMap<number, string> {
    return this.model(mailbox).state()
  }

  nameOf(id: string): string {
    return this.#names.get(id) ?? id
  }
}

function check(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Violation(otherwise)
}

function flagsOf(columns: FlagColumns, at: number): string {
  return writeFlags(namesOf(flagsAt(columns, at)))
}

function namesOf({ system, keywords }: Flags): string[] {
  return [...NAMES.filter(([bit]) => (system & bit) !== 0).map(([, name]) => name), ...keywords]
}
