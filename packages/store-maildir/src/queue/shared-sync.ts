import type { Disk } from '../disk.js'

/**
 * Makes the entries of one folder durable for many at once: whoever asks while a sync is under way shares the next one, which begins after
 * what they did.
 */
export class SharedSync {
  readonly #disk: Disk
  readonly #folder: string
  #current: Promise<void> | null = null
  #next: Promise<void> | null = null

  constructor(disk: Disk, folder: string) {
    this.#disk = disk
    this.#folder = folder
  }

  /** Resolves when everything done before the call is on the medium. */
  sync(): Promise<void> {
    if (this.#current === null) return this.#begin()
    // What was done while a sync ran may not be covered by it.
    this.#next ??= this.#current
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.#begin()
      })
    return this.#next
  }

  #begin(): Promise<void> {
    const sync = this.#disk.syncFolder(this.#folder).finally(() => {
      if (this.#current === sync) this.#current = null
    })
    this.#current = sync
    return sync
  }
}
