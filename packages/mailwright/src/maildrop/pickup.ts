import { constants, type FSWatcher, watch } from 'node:fs'
import { open, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Body, Clock } from '@mailwright/core'
import type { Logger } from '../log/logger.js'
import { systemCode } from '../setup-error.js'
import { type Drop, parseDrop } from './drop.js'
import { maildropFolders, makeMaildrop } from './drop-mail.js'
import { MAILDROP_LIMITS, type MaildropLimits } from './limits.js'

/** A message that a program of this machine handed in. */
export interface DroppedMail extends Drop {
  /** Of whoever handed it in. */
  readonly userId: number
  /** When. */
  readonly at: number
  readonly octets: number
  readonly message: Body
}

/** A running pickup. */
export interface Pickup {
  /** Waits for the message at hand. */
  close(): Promise<void>
}

/** Text of a first line and what of its chunk belongs to the message. */
interface Head {
  readonly line: string
  readonly octets: number
}

/**
 * Takes what is put into a maildrop, oldest first, one at a time: `take` resolves when somebody else keeps the message, durable; then the file goes. A
 * crash between the two repeats the message. What cannot be taken now is tried again; what is no message is put aside.
 */
export async function startPickup(options: {
  readonly root: string
  readonly clock: Clock
  readonly logger: Logger
  readonly take: (mail: DroppedMail, signal: AbortSignal) => Promise<void>
  readonly limits?: MaildropLimits
}): Promise<Pickup> {
  await makeMaildrop(options.root)
  const pickup = new RunningPickup(options)
  pickup.look()
  return pickup
}

class RunningPickup implements Pickup {
  readonly #options: Parameters<typeof startPickup>[0]
  readonly #limits: MaildropLimits
  readonly #folders: ReturnType<typeof maildropFolders>
  readonly #stop = new AbortController()
  readonly #watcher: FSWatcher | null
  #releaseAlarm: () => void = () => {}
  /** The look under way. */
  #looking: Promise<void> | null = null
  #isAskedAgain = false

  constructor(options: Parameters<typeof startPickup>[0]) {
    this.#options = options
    this.#limits = options.limits ?? MAILDROP_LIMITS
    this.#folders = maildropFolders(options.root)
    this.#watcher = watched(this.#folders.ready, () => this.look())
  }

  /** Looks for new files, now or right after the look under way. */
  look(): void {
    if (this.#stop.signal.aborted) return
    if (this.#looking !== null) {
      this.#isAskedAgain = true
      return
    }
    this.#releaseAlarm()
    this.#looking = this.#look()
      .catch((error: unknown) => {
        this.#options.logger.error({ message: String(error) }, 'pickupFault')
        return this.#limits.retry
      })
      .then((delay) => {
        this.#looking = null
        if (this.#stop.signal.aborted) return
        this.#releaseAlarm = this.#options.clock.after(this.#isAskedAgain ? 0 : delay, () => this.look())
        this.#isAskedAgain = false
      })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#releaseAlarm()
    this.#watcher?.close()
    await this.#looking
  }

  /** Takes every file that is there; answers when to look again. */
  async #look(): Promise<number> {
    let delay = this.#limits.scan
    for (const name of (await readdir(this.#folders.ready)).sort()) {
      if (this.#stop.signal.aborted) break
      try {
        await this.#take(name)
      } catch (error) {
        delay = Math.min(delay, this.#limits.retry)
        this.#options.logger.error({ file: name, message: String(error) }, 'pickupFault')
      }
    }
    return delay
  }

  async #take(name: string): Promise<void> {
    const path = join(this.#folders.ready, name)
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
      (error: unknown) => {
        if (systemCode(error) === 'ELOOP') return null
        throw error
      },
    )
    if (file === null) return this.#putAside(name, 'a symbolic link')
    try {
      const facts = await file.stat()
      if (!facts.isFile() || facts.nlink !== 1) return await this.#putAside(name, 'not a file of its own')
      const head = await readHead(file, this.#limits.headOctets)
      const drop = head === null ? undefined : parseDrop(head.line)
      if (head === null || drop === undefined) return await this.#putAside(name, 'its first line is none')
      const message = contents(file, head.octets)
      const mail = { ...drop, userId: facts.uid, at: facts.mtimeMs, octets: facts.size - head.octets, message }
      await this.#options.take(mail, this.#stop.signal)
      await unlink(path)
    } finally {
      await file.close()
    }
  }

  /** Whoever made it may want to know; it is never looked at again. */
  async #putAside(name: string, why: string): Promise<void> {
    this.#options.logger.warn({ file: name, why }, 'dropUnusable')
    await rename(join(this.#folders.ready, name), join(this.#folders.bad, name))
  }
}

type File = Awaited<ReturnType<typeof open>>

const CHUNK = 65_536

/** The first line; `null` when there is none within the limit. */
async function readHead(file: File, limit: number): Promise<Head | null> {
  const chunks: Buffer[] = []
  let octets = 0
  while (octets <= limit) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(CHUNK), position: octets })
    if (bytesRead === 0) return null
    const chunk = buffer.subarray(0, bytesRead)
    const end = chunk.indexOf(10)
    chunks.push(end < 0 ? chunk : chunk.subarray(0, end))
    octets += end < 0 ? bytesRead : end + 1
    if (end >= 0) return octets > limit ? null : { line: Buffer.concat(chunks).toString('utf8'), octets }
  }
  return null
}

async function* contents(file: File, from: number): Body {
  for (let at = from; ; ) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(CHUNK), position: at })
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** Where the file system does not tell, the scan finds what is new. */
function watched(folder: string, tell: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, tell)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return null
  }
}
