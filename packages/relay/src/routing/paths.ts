/** Which names lead to which: so that each is followed once, and none is left that leads to nobody. */
export class Paths {
  /** Of each name that was entered, where it leads; an end leads nowhere. */
  readonly #next = new Map<string, readonly string[]>()

  /** `seen`: it was entered before, and what it leads to is known or will be. */
  enter(name: string): 'new' | 'seen' {
    if (this.#next.has(name)) return 'seen'
    this.#next.set(name, [])
    return 'new'
  }

  lead(name: string, next: readonly string[]): void {
    this.#next.set(name, next)
  }

  /** Whether from every name some end can be reached. Time linear in the number of steps from one to another. */
  allEnd(): boolean {
    const before = new Map<string, string[]>()
    const reached = new Set<string>()
    const waiting: string[] = []
    const reach = (name: string): void => {
      if (reached.has(name)) return
      reached.add(name)
      waiting.push(name)
    }
    for (const [name, next] of this.#next) {
      if (next.length === 0) reach(name)
      for (const each of next) {
        const known = before.get(each)
        if (known === undefined) before.set(each, [name])
        else known.push(name)
      }
    }
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      for (const each of before.get(name) ?? []) reach(each)
    }
    return reached.size === this.#next.size
  }
}
