import { lstat } from 'node:fs/promises'
import { type BodyHandle, type Octets, StoreFault } from '@mailwright/core'
import { isCode } from './disk.js'
import { type NamedSizes, sizesOfBase } from './file-name.js'
import type { JournalRecord } from './journal-line.js'
import { RENAME_TRIES } from './limits.js'
import type { Mailbox } from './mailbox.js'
import { measure, messageBody, type OpenedMessage, openMessage } from './message-file.js'
import type { StoredMessage } from './message-table.js'
import { inParallel } from './serial.js'

/** Opens a message wherever it is by now; `undefined` when it is gone. Not to be called within a change. */
async function openStored(mailbox: Mailbox, message: StoredMessage): Promise<OpenedMessage | undefined> {
  for (let attempt = 0; attempt < RENAME_TRIES; attempt++) {
    if (mailbox.table.byUid(message.uid) !== message) return undefined
    try {
      return await openMessage(mailbox.pathOf(message), isRaw(message))
    } catch (reason) {
      if (!isCode(reason, 'ENOENT', 'ENOTDIR')) throw reason
      await mailbox.lookNow()
    }
  }
  throw new StoreFault(`${mailbox.pathOf(message)} is renamed faster than it can be opened`)
}

/**
 * A message's body. Its length is counted by us for the file as it is now: no name is believed for what goes out.
 *
 * @returns `undefined` when the message is gone.
 */
export async function bodyOf(mailbox: Mailbox, message: StoredMessage): Promise<BodyHandle | undefined> {
  const { limits, lineIndexes } = mailbox.context
  const facts = await lstat(mailbox.pathOf(message)).catch(() => undefined)
  if (facts !== undefined && facts.size !== message.size) message.octets = null
  if (message.octets === null) await measureAll(mailbox, [message])
  if (message.octets === null) return undefined
  const find = async (): Promise<OpenedMessage> => {
    const gone = `message ${message.uid} of ${mailbox.location.folder} cannot be read`
    const opened = await openStored(mailbox, message).catch((cause: unknown) => {
      throw new StoreFault(gone, { cause })
    })
    if (opened === undefined) throw new StoreFault(gone)
    return opened
  }
  return messageBody(message.octets, find, lineIndexes, limits.chunk)
}

/**
 * Lengths in wire form. A name's `W=` is taken where its `S=` is the file's length; other messages are read once, and
 * the journal remembers. Messages that are gone count 0.
 */
export async function octetsOf(mailbox: Mailbox, messages: readonly StoredMessage[]): Promise<Octets[]> {
  await measureAll(
    mailbox,
    messages.filter((message) => message.octets === null && hintedOctets(message) === null),
  )
  return messages.map(knownOctets)
}

/** Length in wire form as far as it is known without reading; 0 where it is not. */
export function knownOctets(message: StoredMessage): Octets {
  return message.octets ?? hintedOctets(message) ?? 0
}

async function measureAll(mailbox: Mailbox, messages: readonly StoredMessage[]): Promise<void> {
  const measured: JournalRecord[] = []
  await inParallel(messages, mailbox.context.limits.parallel, async (message) => {
    const opened = await openStored(mailbox, message)
    if (opened === undefined) return
    try {
      const octets = await measure(opened, mailbox.context.limits.chunk)
      message.size = Number(opened.facts.size)
      message.octets = octets
      measured.push({ kind: 'measured', uid: message.uid, size: message.size, octets })
    } finally {
      await opened.file.close()
    }
  })
  // Not durable: what is forgotten is counted again.
  if (measured.length > 0) await mailbox.serial.run(() => mailbox.note(measured, false))
}

/** The name says that the file holds the wire form itself, and the file's length agrees with the name. */
function isRaw(message: Pick<StoredMessage, 'base' | 'size'>): boolean {
  const named = sizesOfBase(message.base)
  return named.isRaw && named.size === message.size
}

/** What the name of a further link to the message's file says. */
export function namedSizes(message: Pick<StoredMessage, 'base' | 'size' | 'octets'>): NamedSizes {
  const named = sizesOfBase(message.base)
  return named.size === message.size ? named : { size: message.size, wire: message.octets, isRaw: false }
}

/** `W=`, where `S=` is the file's length. */
function hintedOctets(message: Pick<StoredMessage, 'base' | 'size'>): Octets | null {
  const named = sizesOfBase(message.base)
  if (named.size !== message.size) return null
  if (named.isRaw) return named.size
  return named.wire !== null && named.wire >= message.size ? named.wire : null
}
