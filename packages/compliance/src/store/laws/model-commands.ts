import { DELETED, type FlagChange, fromUtf8 } from '@mailwright/core'
import { list, NEVER, nameOf } from '../world.js'
import type { ModelMailbox, ModelMessage, ModelRun } from './model-run.js'

type Command = readonly [name: string, perform: (run: ModelRun) => Promise<void>]

const FLAT = ['Archive', 'Work', 'work-2']
const DEEP = ['Work/a', 'Work/a/b', 'Archive/2019']

/** What may happen; what happens often stands here several times. */
export const COMMANDS: readonly Command[] = [
  ['append', append],
  ['append', append],
  ['append', append],
  ['storeFlags', storeFlags],
  ['storeFlags', storeFlags],
  ['storeFlags', storeFlags],
  ['expunge', expunge],
  ['expunge', expunge],
  ['copy', copy],
  ['move', move],
  ['move', move],
  ['create', create],
  ['create', create],
  ['rename', rename],
  ['delete', remove],
  ['subscribe', subscribe],
  ['read', read],
  ['reopen', reopen],
]

async function append(run: ModelRun): Promise<void> {
  const mailbox = run.anyMailbox()
  const messages = Array.from({ length: 1 + run.random.below(4) }, () => run.newMessage())
  const letters = messages.map((message) => ({
    ...message,
    keywords: [...message.keywords].map((k) => spelled(run, k)),
  }))
  run.arrive(mailbox, await run.world.append(mailbox.ref, ...letters), messages)
}

async function storeFlags(run: ModelRun): Promise<void> {
  const mailbox = run.anyMailbox()
  const uids = run.someUids(mailbox)
  const mode = run.random.pick(['add', 'remove', 'replace'] as const) ?? 'add'
  const system = run.random.below(32)
  const keywords = run.someKeywords()
  const change: FlagChange = { mode, flags: { system, keywords: keywords.map((keyword) => spelled(run, keyword)) } }
  const result = await run.world.store.storeFlags({ ...mailbox.ref, uids: list(uids), change }, NEVER)
  const stored = run.world.check.kind(result, 'stored', 'flags are stored')
  run.world.check.equal(stored.changed.uids, present(mailbox, uids), 'messages that were there')
  for (const uid of stored.changed.uids) {
    const message = mailbox.messages.get(uid)
    if (message === undefined) continue
    if (mode === 'replace') {
      message.keywords.clear()
      message.system = system
    } else {
      message.system = mode === 'add' ? message.system | system : message.system & ~system
    }
    for (const keyword of keywords) {
      if (mode === 'remove') message.keywords.delete(keyword)
      else message.keywords.add(keyword)
    }
  }
}

async function expunge(run: ModelRun): Promise<void> {
  const mailbox = run.anyMailbox()
  const uids = run.someUids(mailbox)
  const regardless = run.random.once(4)
  const expected = present(mailbox, uids).filter(
    (uid) => regardless || ((mailbox.messages.get(uid)?.system ?? 0) & DELETED) !== 0,
  )
  const result = await run.world.store.expunge({ ...mailbox.ref, uids: list(uids), regardless }, NEVER)
  run.world.check.equal(run.world.check.kind(result, 'expunged', 'expunge').vanished, expected, 'vanished')
  for (const uid of expected) mailbox.messages.delete(uid)
}

async function copy(run: ModelRun): Promise<void> {
  const from = run.anyMailbox()
  const to = run.anyMailbox()
  const uids = run.someUids(from)
  const result = await run.world.store.copy({ ...from.ref, uids: list(uids), to: to.ref.mailbox }, NEVER)
  const map = run.world.check.kind(result, 'copied', 'messages are copied')
  run.world.check.equal(map.from, present(from, uids), 'from')
  run.arrive(to, Array.from(map.to), taken(from, uids).map(twin))
}

async function move(run: ModelRun): Promise<void> {
  const from = run.anyMailbox()
  const to = run.anyMailbox()
  const uids = run.someUids(from)
  const result = await run.world.store.move({ ...from.ref, uids: list(uids), to: to.ref.mailbox }, NEVER)
  const map = run.world.check.kind(result, 'moved', 'messages are moved')
  run.world.check.equal(map.from, present(from, uids), 'from')
  const moving = taken(from, uids)
  for (const uid of map.from) from.messages.delete(uid)
  run.arrive(to, Array.from(map.to), moving)
}

async function create(run: ModelRun): Promise<void> {
  const name = anyName(run)
  const result = await run.world.store.createMailbox({ account: run.world.alice, name: nameOf(name) }, NEVER)
  if (run.mailboxes.has(name)) {
    run.world.check.kind(result, 'exists', `creating ${name} again`)
    return
  }
  const { mailbox } = run.world.check.kind(result, 'created', `creating ${name}`)
  await run.adopt(name, { account: run.world.alice, mailbox })
  // A store may make the levels above as mailboxes, too.
  for (const other of await run.world.names()) {
    if (!run.mailboxes.has(other) && name.startsWith(`${other}/`)) await run.adopt(other, await run.world.at(other))
  }
}

async function rename(run: ModelRun): Promise<void> {
  const from = anyName(run)
  const to = anyName(run)
  const isThere = run.mailboxes.has(from)
  // Levels and their collisions have laws of their own.
  if (
    to.startsWith(`${from}/`) ||
    from.startsWith(`${to}/`) ||
    hasChildren(run, to) ||
    (!isThere && hasChildren(run, from))
  )
    return
  const args = { account: run.world.alice, from: nameOf(from), to: nameOf(to) }
  const result = await run.world.store.renameMailbox(args, NEVER)
  if (!isThere) run.world.check.kind(result, 'noSuchMailbox', `renaming ${from}, which is not there`)
  else if (run.mailboxes.has(to)) run.world.check.kind(result, 'exists', `renaming ${from} to ${to}, which is there`)
  else {
    run.world.check.kind(result, 'renamed', `renaming ${from} to ${to}`)
    for (const [name, mailbox] of [...run.mailboxes]) {
      if (name !== from && !name.startsWith(`${from}/`)) continue
      run.mailboxes.delete(name)
      run.mailboxes.set(to + name.slice(from.length), mailbox)
      run.remember(to + name.slice(from.length), mailbox.uidValidity)
    }
    for (const other of await run.world.names()) {
      if (!run.mailboxes.has(other) && to.startsWith(`${other}/`)) await run.adopt(other, await run.world.at(other))
    }
  }
}

async function remove(run: ModelRun): Promise<void> {
  const name = anyName(run)
  if (!run.mailboxes.has(name) && hasChildren(run, name)) return
  const result = await run.world.store.deleteMailbox({ account: run.world.alice, name: nameOf(name) }, NEVER)
  if (run.mailboxes.delete(name)) run.world.check.kind(result, 'deleted', `deleting ${name}`)
  else run.world.check.kind(result, 'noSuchMailbox', `deleting ${name}, which is not there`)
}

async function subscribe(run: ModelRun): Promise<void> {
  const name = run.random.once(4) ? 'INBOX' : anyName(run)
  const subscribed = run.random.once(2)
  await run.world.subscribe(name, subscribed)
  if (subscribed) run.subscribed.add(name)
  else run.subscribed.delete(name)
}

async function read(run: ModelRun): Promise<void> {
  const mailbox = run.anyMailbox()
  for (const [uid, message] of mailbox.messages) {
    run.world.check.equal(await run.world.read(mailbox.ref, uid), fromUtf8(message.wire), `octets of ${uid}`)
    run.world.check.equal(
      await run.world.number(mailbox.ref, uid, 'internalDate'),
      message.date,
      `internal date of ${uid}`,
    )
  }
}

async function reopen(run: ModelRun): Promise<void> {
  run.world.fixture.clock.advance(run.random.below(100_000))
  if (run.world.store.supports.durable) await run.world.reopen()
}

function anyName(run: ModelRun): string {
  return run.random.pick(run.world.store.supports.hierarchy ? [...FLAT, ...DEEP] : FLAT) ?? 'Work'
}

function hasChildren(run: ModelRun, name: string): boolean {
  return [...run.mailboxes.keys()].some((other) => other.startsWith(`${name}/`))
}

function spelled(run: ModelRun, keyword: string): string {
  return run.random.once(2) ? keyword : keyword.toUpperCase()
}

function present(mailbox: ModelMailbox, uids: readonly number[]): number[] {
  return uids.filter((uid) => mailbox.messages.has(uid))
}

function taken(mailbox: ModelMailbox, uids: readonly number[]): ModelMessage[] {
  return present(mailbox, uids).flatMap((uid) => mailbox.messages.get(uid) ?? [])
}

function twin(message: ModelMessage): ModelMessage {
  return { ...message, keywords: new Set(message.keywords) }
}
