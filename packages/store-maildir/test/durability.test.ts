import type { FileHandle } from 'node:fs/promises'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accountId, fromLatin1, mailboxId } from '@mailwright/core'
import { expect, test } from 'vitest'
import { Account } from '../src/account.js'
import { deliver, type Parcel } from '../src/delivery.js'
import { Disk } from '../src/disk.js'
import { LoadedMailboxes } from '../src/loaded-mailboxes.js'
import type { Mailbox } from '../src/mailbox.js'
import { contextOf } from '../src/options.js'
import { Staging } from '../src/staging.js'
import { StillClock } from './still-clock.js'
import { NEVER } from './world.js'

/** Says in which order things became durable, and fails where it is told to. */
class WatchedDisk extends Disk {
  readonly events: string[] = []
  failing: 'file' | 'folder' | null = null

  constructor() {
    super('full')
  }

  override async sync(file: FileHandle): Promise<void> {
    if (this.failing === 'file') throw new Error('no space left')
    await super.sync(file)
    this.events.push('file')
  }

  override async syncFolder(path: string): Promise<void> {
    if (this.failing === 'folder') throw new Error('no space left')
    await super.syncFolder(path)
    this.events.push('folder')
  }
}

interface Bench {
  readonly disk: WatchedDisk
  readonly root: string
  readonly inbox: Mailbox
  parcel(): Promise<Parcel>
}

async function onBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'maildir-sync-'))
  const disk = new WatchedDisk()
  const context = { ...contextOf({ root, clock: new StillClock() }), disk }
  const account = await Account.open(context, new LoadedMailboxes(context), accountId('a'), root, [])
  const { mailboxes } = await account.list(NEVER)
  const inbox = await account.acquire(mailboxes[0]?.id ?? mailboxId(''))
  const staging = new Staging(context)
  const parcel = async (): Promise<Parcel> => {
    const body = async function* () {
      yield fromLatin1('A: b\r\n\r\n')
    }
    const { id, message } = await staging.stage(join(root, 'tmp'), body(), new AbortController().signal)
    const source = await staging.fileFor(id, 0)
    if (source === undefined) throw new Error('nothing staged')
    return { staged: message, source, flags: { system: 0, keywords: [] }, internalDate: 0 }
  }
  if (inbox === undefined) throw new Error('no INBOX')
  try {
    await work({ disk, root, inbox, parcel })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

test('a delivery resolves after its file, its folder and its journal line are on the medium', () =>
  onBench(async ({ disk, inbox, parcel }) => {
    disk.events.length = 0
    const one = await parcel()
    expect(disk.events).toEqual(['file'])
    await deliver(inbox, [one], NEVER)
    // The journal is a file too; it and the folder may come in either order.
    expect(disk.events.slice(1).sort()).toEqual(['file', 'folder'])
  }))

test('a group is announced first, and committed after its folder', () =>
  onBench(async ({ disk, inbox, parcel }) => {
    const both = [await parcel(), await parcel()]
    disk.events.length = 0
    await deliver(inbox, both, NEVER)
    expect(disk.events).toEqual(['file', 'folder', 'file'])
  }))

test('two hundred deliveries at once share their syncs, and each gets a UID of its own', () =>
  onBench(async ({ disk, inbox, parcel }) => {
    const parcels = await Promise.all(Array.from({ length: 200 }, parcel))
    disk.events.length = 0
    const placed = await Promise.all(parcels.map((one) => deliver(inbox, [one], NEVER)))
    expect(new Set(placed.map(([message]) => message?.uid)).size).toBe(200)
    expect(disk.events.length).toBeLessThanOrEqual(6)
  }))

test.each(['file', 'folder'] as const)('where the %s cannot be made durable, nothing remains', (failing) =>
  onBench(async ({ disk, root, inbox, parcel }) => {
    for (const parcels of [[await parcel()], [await parcel(), await parcel()]]) {
      disk.failing = failing
      await expect(deliver(inbox, parcels, NEVER)).rejects.toThrow('no space left')
      expect([...(await readdir(join(root, 'new'))), ...(await readdir(join(root, 'cur')))]).toEqual([])
      expect(inbox.table.messages).toEqual([])
      disk.failing = null
      await inbox.refresh()
      expect(inbox.table.messages).toEqual([])
    }
    const [message] = await deliver(inbox, [await parcel()], NEVER)
    expect(inbox.table.messages).toEqual([message])
  }),
)
