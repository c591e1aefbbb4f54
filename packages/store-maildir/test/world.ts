import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  accountId,
  fromLatin1,
  INBOX,
  keywordsAt,
  LocalChangeBus,
  latin1,
  type MailboxName,
  type MailboxRef,
  type MailStore,
  mailboxName,
  type StagedId,
  uid,
} from '@mailwright/core'
import { createMaildirStore, type MaildirProblem, type MaildirStoreOptions } from '../src/index.js'
import { StillClock } from './still-clock.js'

export const NEVER = new AbortController().signal
export const ALICE = accountId('alice')

interface Shared {
  readonly base: string
  readonly clock: StillClock
  readonly bus: LocalChangeBus
  readonly problems: MaildirProblem[]
}

/** A message as a test looks at it. */
export interface Seen {
  readonly uid: number
  readonly system: number
  readonly keywords: readonly string[]
}

/** A store on a folder of its own, and words to say what happens in it. Text is one octet a character. */
export class World {
  readonly base: string
  readonly clock: StillClock
  readonly bus: LocalChangeBus
  readonly problems: MaildirProblem[]
  store: MailStore
  readonly #open: () => Promise<MailStore>

  private constructor(shared: Shared, store: MailStore, open: () => Promise<MailStore>) {
    this.base = shared.base
    this.clock = shared.clock
    this.bus = shared.bus
    this.problems = shared.problems
    this.store = store
    this.#open = open
  }

  static async open(options: Partial<MaildirStoreOptions> = {}): Promise<World> {
    const base = await mkdtemp(join(tmpdir(), 'maildir-test-'))
    const shared: Shared = { base, clock: new StillClock(), bus: new LocalChangeBus(), problems: [] }
    const { clock, bus, problems } = shared
    const onProblem = (problem: MaildirProblem): void => {
      problems.push(problem)
    }
    const usual = { root: base, clock, bus, onProblem, durability: 'none', hostname: 'test' } as const
    const open = (): Promise<MailStore> => createMaildirStore({ ...usual, ...options })
    return new World(shared, await open(), open)
  }

  /** Another store on the same folder. */
  another(): Promise<MailStore> {
    return this.#open()
  }

  async reopen(): Promise<void> {
    await this.store.close()
    this.store = await this.another()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close()
    await rm(this.base, { recursive: true, force: true })
  }

  /** A path below Alice's Maildir. */
  path(...parts: readonly string[]): string {
    return join(this.base, 'alice', ...parts)
  }

  /** Name in `cur` of the file that holds this text. Names do not sort as messages came: an inode's number stands in them. */
  async fileOf(text: string): Promise<string> {
    for (const name of await this.files('cur')) if ((await this.content('cur', name)).includes(text)) return name
    throw new Error(`no file in cur holds ${text}`)
  }

  /** Names in one of its folders, sorted. */
  async files(...parts: readonly string[]): Promise<string[]> {
    return (await readdir(this.path(...parts))).sort()
  }

  async content(...parts: readonly string[]): Promise<string> {
    return latin1(await readFile(this.path(...parts)))
  }

  /** What a foreign program does. */
  async put(content: string, ...parts: readonly string[]): Promise<void> {
    await writeFile(this.path(...parts), fromLatin1(content))
  }

  async at(name = 'INBOX'): Promise<MailboxRef> {
    const { mailboxes } = await this.store.mailboxes({ account: ALICE }, NEVER)
    const found = mailboxes.find((entry) => entry.name === name)
    if (found === undefined) throw new Error(`no mailbox ${name}`)
    return { account: ALICE, mailbox: found.id }
  }

  async create(name: string): Promise<MailboxRef> {
    const made = await this.store.createMailbox({ account: ALICE, name: nameOf(name) }, NEVER)
    if (made.kind !== 'created') throw new Error(made.kind)
    return { account: ALICE, mailbox: made.mailbox }
  }

  async stage(...chunks: readonly string[]): Promise<StagedId> {
    const body = async function* () {
      for (const chunk of chunks) yield fromLatin1(chunk)
    }
    const staged = await this.store.stage({ account: ALICE, body: body() }, NEVER)
    if (staged.kind !== 'staged') throw new Error(staged.kind)
    return staged.staged
  }

  async append(wire: string, system = 0, keywords: readonly string[] = [], name = 'INBOX'): Promise<number> {
    const staged = await this.stage(wire)
    const messages = [{ staged, flags: { system, keywords }, internalDate: this.clock.date() }]
    const answer = await this.store.append({ ...(await this.at(name)), messages }, NEVER)
    await this.store.discard({ staged: [staged] }, NEVER)
    if (answer.kind !== 'appended') throw new Error(answer.kind)
    return answer.uids[0] ?? 0
  }

  async flag(mode: 'add' | 'remove' | 'replace', of: number, system: number, keywords: readonly string[] = []) {
    const args = { uids: Uint32Array.of(of), change: { mode, flags: { system, keywords } } }
    return this.store.storeFlags({ ...(await this.at()), ...args }, NEVER)
  }

  async messages(name = 'INBOX'): Promise<Seen[]> {
    const snapshot = await this.store.snapshot(await this.at(name), NEVER)
    if (snapshot.kind !== 'snapshot') throw new Error(snapshot.kind)
    const { uids, system } = snapshot.messages
    return Array.from(uids, (one, at) => ({
      uid: one,
      system: system[at] ?? 0,
      keywords: keywordsAt(snapshot.messages, at).sort(),
    }))
  }

  async uids(name = 'INBOX'): Promise<number[]> {
    return (await this.messages(name)).map((message) => message.uid)
  }

  async modSeq(name = 'INBOX'): Promise<number> {
    const snapshot = await this.store.snapshot(await this.at(name), NEVER)
    return snapshot.kind === 'snapshot' ? snapshot.highestModSeq : 0
  }

  /** A message's octets; its length as told is checked against them. */
  async read(of: number, name = 'INBOX'): Promise<string> {
    const found = await this.store.body({ ...(await this.at(name)), uid: uid(of) }, NEVER)
    if (found.kind !== 'body') throw new Error(found.kind)
    let text = ''
    for await (const chunk of found.body.read()) text += latin1(chunk)
    if (text.length !== found.body.octets) throw new Error(`${found.body.octets} octets promised, ${text.length} given`)
    return text
  }

  async octets(of: number): Promise<number | undefined> {
    const page = await this.store.fetch(
      { ...(await this.at()), uids: Uint32Array.of(of), fields: ['octets'], cursor: null },
      NEVER,
    )
    return page.kind === 'page' ? page.octets?.[0] : undefined
  }
}

export function nameOf(text: string): MailboxName {
  const result = mailboxName(text)
  return 'name' in result ? result.name : INBOX
}
