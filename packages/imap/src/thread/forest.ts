/** Steps up a tree that are walked before the forest is kept in the other form, too. Threads are seldom deeper. */
const WALK = 64

const NONE = -1

/**
 * Parents and children, without loops. Whether a link would make one is known in logarithmic time, however deep the
 * trees: a mailbox of one long chain costs no more than any other.
 *
 * Most trees are shallow, and there walking up is fastest. Only when one is deeper the forest becomes a link-cut tree, too
 * (Sleator and Tarjan 1983): paths as splay trees, each pointing to the path above it.
 */
export class Forest {
  /** By node; -1 for none. */
  readonly #parents: number[] = []
  #paths: LinkCutTrees | null = null

  get size(): number {
    return this.#parents.length
  }

  /** A new node, which has neither parent nor children. Nodes are numbered from 0. */
  add(): number {
    this.#paths?.add()
    return this.#parents.push(NONE) - 1
  }

  /** -1 for none. */
  parentOf(node: number): number {
    return this.#parents[node] ?? NONE
  }

  /** Makes `parent` the parent of `child`, which has none, unless it stands below it. */
  link(parent: number, child: number): void {
    if (this.#rootOf(parent) === child) return
    this.#parents[child] = parent
    this.#paths?.link(parent, child)
  }

  /** Takes its parent away from a node. */
  cut(child: number): void {
    if (this.parentOf(child) === NONE) return
    this.#parents[child] = NONE
    this.#paths?.cut(child)
  }

  #rootOf(node: number): number {
    if (this.#paths !== null) return this.#paths.rootOf(node)
    let root = node
    for (let steps = 0; steps < WALK; steps++) {
      const parent = this.parentOf(root)
      if (parent === NONE) return root
      root = parent
    }
    this.#paths = new LinkCutTrees(this.#parents)
    return this.#paths.rootOf(node)
  }
}

/** Splay trees of paths. A path's tree has the nodes near the root to the left. */
class LinkCutTrees {
  readonly #left: number[]
  readonly #right: number[]
  /** In a path's tree the node above; for its topmost node the parent of the path. */
  readonly #up: number[]

  /** Every node is a path of its own at first. */
  constructor(parents: readonly number[]) {
    this.#left = parents.map(() => NONE)
    this.#right = parents.map(() => NONE)
    this.#up = [...parents]
  }

  add(): void {
    this.#left.push(NONE)
    this.#right.push(NONE)
    this.#up.push(NONE)
  }

  link(parent: number, child: number): void {
    this.#access(child)
    this.#up[child] = parent
  }

  cut(child: number): void {
    this.#access(child)
    const above = this.#leftOf(child)
    if (above === NONE) return
    this.#up[above] = NONE
    this.#left[child] = NONE
  }

  rootOf(node: number): number {
    this.#access(node)
    let root = node
    for (let left = this.#leftOf(root); left !== NONE; left = this.#leftOf(root)) root = left
    this.#splay(root)
    return root
  }

  /** Makes the path from the root to `node` one tree, with `node` on top and nothing below it. */
  #access(node: number): void {
    this.#splay(node)
    this.#right[node] = NONE
    for (let up = this.#upOf(node); up !== NONE; up = this.#upOf(node)) {
      this.#splay(up)
      this.#right[up] = node
      this.#splay(node)
    }
  }

  /** Brings a node to the top of its path's tree. */
  #splay(node: number): void {
    while (!this.#isTop(node)) {
      const above = this.#upOf(node)
      if (!this.#isTop(above)) {
        const isStraight = this.#isLeft(node) === this.#isLeft(above)
        this.#rotate(isStraight ? above : node)
      }
      this.#rotate(node)
    }
  }

  /** Turns a node and the one above it. */
  #rotate(node: number): void {
    const above = this.#upOf(node)
    const top = this.#upOf(above)
    const [near, far] = this.#isLeft(node) ? [this.#left, this.#right] : [this.#right, this.#left]
    if (!this.#isTop(above)) {
      if (this.#isLeft(above)) this.#left[top] = node
      else this.#right[top] = node
    }
    const between = far[node] ?? NONE
    near[above] = between
    if (between !== NONE) this.#up[between] = above
    far[node] = above
    this.#up[above] = node
    this.#up[node] = top
  }

  #isTop(node: number): boolean {
    const up = this.#upOf(node)
    return up === NONE || (this.#leftOf(up) !== node && (this.#right[up] ?? NONE) !== node)
  }

  #isLeft(node: number): boolean {
    return this.#leftOf(this.#upOf(node)) === node
  }

  #leftOf(node: number): number {
    return this.#left[node] ?? NONE
  }

  #upOf(node: number): number {
    return this.#up[node] ?? NONE
  }
}
