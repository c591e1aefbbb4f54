import { randomBytes } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { unlink, utimes } from 'node:fs/promises'
import {
  type Body,
  type BodyHandle,
  bytesHandle,
  type MessageDigest,
  type Octets,
  type StagedId,
  stagedId,
  type UnixMillis,
} from '@mailwright/core'
import { untilAborted } from './abortable.js'
import type { StoreContext } from './context.js'
import { digestBody } from './digest-body.js'
import { unlessMissing } from './disk.js'
import { SCRATCH_PREFIX } from './layout.js'
import { DiskToWire } from './line-ends.js'
import { messageBody, openMessage } from './message-file.js'
import type { SourceFile } from './placement.js'
import { StageWriter } from './stage-writer.js'

/** Where the octets of a staged message are, in the disk's form. */
export type StagedContent =
  /** In `tmp` of an account's INBOX, on the medium. */
  | { readonly kind: 'file'; readonly path: string; readonly facts: BigIntStats }
  /** Small: it gets its file when a mailbox gets the message, in one write, which that mailbox then keeps. */
  | { readonly kind: 'held'; readonly octets: Uint8Array }

/** A message received whole. */
export interface StagedMessage {
  readonly content: StagedContent
  readonly octets: Octets
  /** What `W=` says: the length every other program computes, which for a raw file may not be ours. */
  readonly wire: Octets
  readonly isRaw: boolean
  /** `null` until somebody asks: what is delivered is often read much later. */
  digest: MessageDigest | null
}

interface Entry {
  readonly message: StagedMessage
  readonly folder: string
  readonly forgetAt: number
  isDated: boolean
}

/** Messages received and in no mailbox yet. Only small ones are in memory, and not many: any size and number will do. */
export class Staging {
  readonly #context: StoreContext
  readonly #staged = new Map<StagedId, Entry>()
  /** Octets of staged messages in memory. */
  #held = 0

  /** Of this process and life: nobody else makes such names. */
  readonly #prefix = randomBytes(8).toString('hex')
  #count = 0

  constructor(context: StoreContext) {
    this.#context = context
  }

  get(id: StagedId): StagedMessage | undefined {
    return this.#staged.get(id)?.message
  }

  /**
   * Receives a body at its own pace, for `folder`. The chunks may be reused as soon as the next is asked for. If the
   * body throws or `signal` aborts, nothing remains.
   */
  async stage(folder: string, body: Body, signal: AbortSignal): Promise<{ id: StagedId; message: StagedMessage }> {
    const now = this.#context.clock.now()
    if (this.#isAnyOld(now)) await this.#forgetOld(now)
    const key = this.#nextKey()
    const writer = new StageWriter(this.#context, this.#pathOf(folder, key))
    try {
      for await (const chunk of untilAborted(body, signal)) {
        const written = writer.write(chunk)
        if (written !== undefined) await written
      }
      const message = await writer.end((octets) => this.#held + octets <= this.#context.limits.stagedOctets)
      signal.throwIfAborted()
      const id = stagedId(key)
      const forgetAt = now + this.#context.limits.stagedFor
      this.#staged.set(id, { message, folder, forgetAt, isDated: false })
      if (message.content.kind === 'held') this.#held += message.content.octets.length
      return { id, message }
    } catch (reason) {
      await writer.abandon()
      throw reason
    }
  }

  /** The whole of a staged message. */
  bodyOf({ content, octets, isRaw }: StagedMessage): BodyHandle {
    const { lineIndexes, limits } = this.#context
    if (content.kind === 'file')
      return messageBody(octets, () => openMessage(content.path, isRaw), lineIndexes, limits.chunk)
    return bytesHandle(isRaw ? content.octets : new DiskToWire().push(content.octets))
  }

  async digestOf(message: StagedMessage): Promise<MessageDigest> {
    message.digest ??= await digestBody(this.bodyOf(message).read())
    return message.digest
  }

  /**
   * A file for the mailbox that is to have the message. Dovecot takes a file's time for the internal date: it is set before the first mailbox gets the file.
   *
   * @returns `undefined`: the message was discarded.
   */
  async fileFor(id: StagedId, internalDate: UnixMillis): Promise<SourceFile | undefined> {
    const entry = this.#staged.get(id)
    if (entry === undefined) return undefined
    const { content } = entry.message
    if (content.kind === 'held') {
      const path = this.#pathOf(entry.folder, this.#nextKey())
      const facts = await this.#context.disk.create(path, content.octets)
      await setTime(path, facts, internalDate)
      return { path, facts, use: 'move' }
    }
    const { path, facts } = content
    if (!entry.isDated) {
      entry.isDated = true
      await setTime(path, facts, internalDate)
    }
    return { path, facts, use: 'link' }
  }

  /** A file that no mailbox got after all. */
  async giveUp({ path, use }: SourceFile): Promise<void> {
    if (use === 'move') await unlink(path).catch(unlessMissing)
  }

  async discard(ids: Iterable<StagedId>): Promise<void> {
    for (const id of ids) {
      const content = this.get(id)?.content
      this.#staged.delete(id)
      if (content?.kind === 'held') this.#held -= content.octets.length
      else if (content !== undefined) await unlink(content.path).catch(unlessMissing)
    }
  }

  close(): Promise<void> {
    return this.discard([...this.#staged.keys()])
  }

  #isAnyOld(now: number): boolean {
    for (const { forgetAt } of this.#staged.values()) return forgetAt <= now
    return false
  }

  async #forgetOld(now: number): Promise<void> {
    const old: StagedId[] = []
    // In the order they were staged, so the first that is young ends it.
    for (const [id, { forgetAt }] of this.#staged) {
      if (forgetAt > now) break
      old.push(id)
    }
    await this.discard(old)
  }

  #nextKey(): string {
    return `${this.#prefix}-${++this.#count}`
  }

  #pathOf(folder: string, key: string): string {
    return `${folder}/${SCRATCH_PREFIX}stage-${key}`
  }
}

async function setTime(path: string, facts: BigIntStats, internalDate: UnixMillis): Promise<void> {
  // An internal date has seconds (RFC 9051 §2.3.3): a file that was written within that second has it already.
  if (Math.floor(internalDate / 1_000) === Math.floor(Number(facts.mtimeMs) / 1_000)) return
  await utimes(path, internalDate / 1_000, internalDate / 1_000)
}
