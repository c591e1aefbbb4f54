import {
  type AccountId,
  accountId,
  type Changes,
  concat,
  type FetchField,
  type FetchPage,
  type FlagChange,
  fromUtf8,
  INBOX,
  type MailboxEntry,
  type MailboxId,
  type MailboxName,
  type MailboxRef,
  type MailboxStatus,
  type MailStore,
  mailboxId,
  mailboxName,
  type OctetRange,
  type Snapshot,
  type SpecialUse,
  type StagedId,
  type StatusItem,
  type UidList,
  type UnixMillis,
  uid,
  uidList,
} from '@mailwright/core'
import { bodyOf, type ComplianceCase, type Fixture } from '../kit/case.js'
import { type Check, ComplianceFailure } from '../kit/check.js'
import { type Row, rowsOf } from './rows.js'

/** A signal that never aborts. */
export const NEVER: AbortSignal = aSignal()

export const ALL_ITEMS: readonly StatusItem[] = [
  'messages',
  'uidNext',
  'uidValidity',
  'unseen',
  'deleted',
  'size',
  'recent',
  'highestModSeq',
]

/** A message for a law: what is left out does not matter to it. */
export interface Letter {
  readonly wire?: string | Uint8Array
  readonly system?: number
  readonly keywords?: readonly string[]
  readonly date?: UnixMillis
}

/** All pages of a fetch as one. */
export interface Fetched {
  readonly uids: number[]
  readonly pages: FetchPage[]
}

/** Some moment in 2019, on a whole second: the least precision a store may keep. */
export const SOME_DATE: UnixMillis = 1_561_969_800_000

/** An opened store with the words laws are written in. Each checks that the store answered as it does for good input. */
export class World {
  readonly alice: AccountId
  readonly bob: AccountId
  readonly fixture: Fixture
  readonly check: Check
  store: MailStore
  #letters = 0

  constructor(fixture: Fixture, check: Check, store: MailStore) {
    const [alice, bob] = fixture.accounts ?? [accountId('alice'), accountId('bob')]
    this.alice = alice
    this.bob = bob
    this.fixture = fixture
    this.check = check
    this.store = store
  }

  async reopen(): Promise<void> {
    this.store = await this.fixture.reopen(this.store)
  }

  /** Where mailboxes cannot have children, proves that they cannot; the law that asked has nothing more to say. */
  async hasLevels(): Promise<boolean> {
    if (this.store.supports.hierarchy) return true
    const made = await this.store.createMailbox({ account: this.alice, name: nameOf('a/b') }, NEVER)
    this.check.kind(made, 'denied', 'a store without hierarchy refuses a mailbox below another')
    return false
  }

  /** Where keywords cannot be made, proves that they cannot. */
  async hasKeywords(): Promise<boolean> {
    if (this.store.supports.keywords) return true
    const inbox = await this.inbox()
    const uids = await this.append(inbox, {})
    await this.flag(inbox, uids, { mode: 'add', flags: { system: 0, keywords: ['$Made'] } })
    this.check.equal((await this.rows(inbox))[0]?.keywords, [], 'a store without keywords keeps none')
    return false
  }

  async entries(account = this.alice): Promise<MailboxEntry[]> {
    const { mailboxes } = await this.store.mailboxes({ account }, NEVER)
    return [...mailboxes].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Names of the selectable mailboxes, sorted. */
  async names(account = this.alice): Promise<string[]> {
    return (await this.entries(account)).filter((entry) => entry.isSelectable).map((entry) => entry.name)
  }

  async find(name: string, account = this.alice): Promise<MailboxEntry | undefined> {
    return (await this.entries(account)).find((entry) => entry.name === name)
  }

  async inbox(account = this.alice): Promise<MailboxRef> {
    return this.at(INBOX, account)
  }

  /** A mailbox that must be there. */
  async at(name: string, account = this.alice): Promise<MailboxRef> {
    const entry = await this.find(name, account)
    if (entry === undefined) throw new ComplianceFailure(`mailbox ${name} is listed: not so`)
    return { account, mailbox: entry.id }
  }

  async create(name: string, account = this.alice, specialUse?: SpecialUse): Promise<MailboxRef> {
    const args = { account, name: nameOf(name), ...(specialUse === undefined ? {} : { specialUse }) }
    const made = this.check.kind(await this.store.createMailbox(args, NEVER), 'created', `mailbox ${name} is created`)
    return { account, mailbox: made.mailbox }
  }

  async rename(from: string, to: string): Promise<void> {
    const result = await this.store.renameMailbox({ account: this.alice, from: nameOf(from), to: nameOf(to) }, NEVER)
    this.check.kind(result, 'renamed', `mailbox ${from} is renamed to ${to}`)
  }

  async delete(name: string): Promise<void> {
    const result = await this.store.deleteMailbox({ account: this.alice, name: nameOf(name) }, NEVER)
    this.check.kind(result, 'deleted', `mailbox ${name} is deleted`)
  }

  async subscribe(name: string, subscribed = true): Promise<void> {
    await this.store.subscribe({ account: this.alice, name: nameOf(name), subscribed }, NEVER)
  }

  async stage(wire: string | Uint8Array, account = this.alice): Promise<StagedId> {
    const result = await this.store.stage({ account, body: bodyOf([octets(wire)]) }, aSignal())
    return this.check.kind(result, 'staged', 'a message is staged').staged
  }

  /** Appends the letters in one call. */
  async append(at: MailboxRef, ...letters: Letter[]): Promise<number[]> {
    const messages = []
    for (const letter of letters) {
      const staged = await this.stage(letter.wire ?? this.someWire(), at.account)
      const flags = { system: letter.system ?? 0, keywords: letter.keywords ?? [] }
      messages.push({ staged, flags, internalDate: letter.date ?? SOME_DATE })
    }
    const result = await this.store.append({ ...at, messages }, NEVER)
    await this.discard(messages.map((message) => message.staged))
    return Array.from(this.check.kind(result, 'appended', 'messages are appended').uids)
  }

  /** Appends `count` short messages in one call. */
  async fill(at: MailboxRef, count: number, letter: Letter = {}): Promise<number[]> {
    const staged = await this.stage(letter.wire ?? this.someWire(), at.account)
    const flags = { system: letter.system ?? 0, keywords: letter.keywords ?? [] }
    const messages = Array.from({ length: count }, () => ({ staged, flags, internalDate: letter.date ?? SOME_DATE }))
    const result = await this.store.append({ ...at, messages }, NEVER)
    await this.discard([staged])
    return Array.from(this.check.kind(result, 'appended', `${count} messages are appended`).uids)
  }

  async discard(staged: readonly StagedId[]): Promise<void> {
    await this.store.discard({ staged }, NEVER)
  }

  async snapshot(at: MailboxRef): Promise<Snapshot> {
    return this.check.kind(await this.store.snapshot(at, NEVER), 'snapshot', 'the mailbox has a snapshot')
  }

  async rows(at: MailboxRef): Promise<Row[]> {
    return rowsOf((await this.snapshot(at)).messages)
  }

  async uids(at: MailboxRef): Promise<number[]> {
    return Array.from((await this.snapshot(at)).messages.uids)
  }

  async changes(at: MailboxRef, modSeq: Snapshot['highestModSeq']): Promise<Changes> {
    return this.check.kind(await this.store.changesSince({ ...at, modSeq }, NEVER), 'changes', 'changes are told')
  }

  /** Follows the cursor to the end; a store that never ends is found out. */
  async fetch(at: MailboxRef, uids: Iterable<number>, fields: readonly FetchField[]): Promise<Fetched> {
    const wanted = list(uids)
    const pages: FetchPage[] = []
    let cursor: number | null = null
    do {
      const answer = await this.store.fetch({ ...at, uids: wanted, fields, cursor }, NEVER)
      const page: FetchPage = this.check.kind(answer, 'page', 'a page is fetched')
      pages.push(page)
      cursor = page.cursor
      this.check.ok(pages.length <= wanted.length + 1, 'the cursor comes to an end')
    } while (cursor !== null)
    return { uids: pages.flatMap((page) => Array.from(page.uids)), pages }
  }

  /** A number of one message: its mod-sequence, octets or internal date. */
  async number(at: MailboxRef, of: number, field: 'octets' | 'internalDate' | 'modSeq'): Promise<number> {
    const { pages } = await this.fetch(at, [of], [field])
    const column = { octets: 'octets', internalDate: 'internalDates', modSeq: 'modSeqs' } as const
    const value = pages.find((page) => page.uids.length > 0)?.[column[field]]?.[0]
    if (value === undefined) throw new ComplianceFailure(`message ${of} has ${field}: not so`)
    return value
  }

  async read(at: MailboxRef, of: number, range?: OctetRange): Promise<Uint8Array> {
    const found = await this.store.body({ ...at, uid: uid(of) }, NEVER)
    return gather(this.check.kind(found, 'body', `message ${of} has a body`).body.read(range, aSignal()))
  }

  async flag(at: MailboxRef, uids: Iterable<number>, change: FlagChange): Promise<void> {
    const result = await this.store.storeFlags({ ...at, uids: list(uids), change }, NEVER)
    this.check.kind(result, 'stored', 'flags are stored')
  }

  async expunge(at: MailboxRef, uids: Iterable<number>): Promise<number[]> {
    const result = await this.store.expunge({ ...at, uids: list(uids), regardless: true }, NEVER)
    return Array.from(this.check.kind(result, 'expunged', 'messages are expunged').vanished)
  }

  async status(at: MailboxRef, items: readonly StatusItem[] = ALL_ITEMS): Promise<MailboxStatus> {
    const { statuses } = await this.store.status({ account: at.account, mailboxes: [at.mailbox], items }, NEVER)
    const [status] = statuses
    if (status === undefined) throw new ComplianceFailure('the mailbox has a status: not so')
    return status
  }

  /** A short message, another one each time. */
  someWire(): string {
    this.#letters++
    return `From: someone@example.org\r\nSubject: letter ${this.#letters}\r\n\r\nHello ${this.#letters}\r\n`
  }
}

/** A law on an opened store; whatever becomes of it, the store is closed. */
export function law(id: string, source: string, prove: (world: World) => Promise<void>): ComplianceCase {
  return {
    id,
    source,
    async run(fixture, check) {
      const world = new World(fixture, check, await fixture.open())
      try {
        await prove(world)
      } catch (reason) {
        await world.store.close().catch(() => undefined)
        throw reason
      }
      await world.store.close()
    },
  }
}

/** A name that laws use must be a name; whether the store takes it is another matter. */
export function nameOf(text: string): MailboxName {
  const result = mailboxName(text)
  if ('bad' in result) throw new ComplianceFailure(`"${text}" is a mailbox name: ${result.bad}`)
  return result.name
}

export function octets(wire: string | Uint8Array): Uint8Array {
  return typeof wire === 'string' ? fromUtf8(wire) : wire
}

export function list(uids: Iterable<number>): UidList {
  return uidList(uids)
}

/** All octets of a reading, as an array of their own. */
export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk.slice())
  return concat(all)
}

/** A signal for one call alone: many waits on one signal look like a leak to the runtime. */
function aSignal(): AbortSignal {
  return new AbortController().signal
}

/** An id that no store gave out. */
export const NO_MAILBOX: MailboxId = mailboxId('no-such-mailbox')
