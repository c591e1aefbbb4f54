import type { Body } from '@mailwright/core'

/** A reader's share of a body. */
export type SharedBody = Body & {
  /** The reader needs no more of it; for one who never began. */
  leave(): void
}

/**
 * One body for several readers, who go on together: the slowest sets the pace, and nothing is kept. A reader that leaves lets the others go
 * on; what the body throws, all get. Chunks are each reader's until all have asked for the next.
 */
export function tee(body: Body, readers: number): readonly SharedBody[] {
  const source = body[Symbol.asyncIterator]()
  let waiting: {
    readonly resolve: (result: IteratorResult<Uint8Array>) => void
    readonly reject: (error: unknown) => void
  }[] = []
  let active = readers
  const go = (): void => {
    if (active === 0 || waiting.length < active) return
    const now = waiting
    waiting = []
    source.next().then(
      (result) => {
        for (const { resolve } of now) resolve(result)
      },
      (error: unknown) => {
        for (const { reject } of now) reject(error)
      },
    )
  }
  return Array.from({ length: readers }, () => {
    let isOpen = true
    const leave = (): void => {
      if (!isOpen) return
      isOpen = false
      active--
      go()
    }
    const iterator: AsyncIterator<Uint8Array> = {
      next: () =>
        new Promise((resolve, reject) => {
          waiting.push({ resolve, reject })
          go()
        }),
      return: () => {
        leave()
        return Promise.resolve({ done: true, value: undefined })
      },
    }
    return { [Symbol.asyncIterator]: () => iterator, leave }
  })
}
