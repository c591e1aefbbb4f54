/**
 * Deliveries on their way to a mailbox, whose files are being written. Who makes a round of deliveries durable waits for those that are nearly there: more of
 * them share its syncs, and none waits longer than a small file takes.
 */
export class Arrivals {
  #underWay = 0
  #missing = 0
  #go: (() => void) | null = null

  begin(): void {
    this.#underWay++
  }

  /** One has come, or will not. */
  end(): void {
    this.#underWay--
    this.#missing--
    if (this.#missing <= 0) this.#release()
  }

  /** Resolves when as many have ended as are under way now. One waits at a time: who runs in the mailbox's serial. */
  async settled(): Promise<void> {
    if (this.#underWay === 0) return
    this.#missing = this.#underWay
    await new Promise<void>((resolve) => {
      this.#go = resolve
    })
  }

  #release(): void {
    const go = this.#go
    this.#go = null
    go?.()
  }
}
