import type { Body } from '@mailwright/core'

/**
 * The chunks of `body`, until `signal` aborts: then it throws the signal's reason, also while a chunk is waited for.
 * Whatever ends it, the body's iterator is told to let go.
 */
export async function* inTime(body: Body, signal: AbortSignal): Body {
  let interrupt: (reason: unknown) => void = () => {}
  const listener = (): void => interrupt(signal.reason)
  signal.addEventListener('abort', listener)
  const chunks = body[Symbol.asyncIterator]()
  let isOver = false
  try {
    while (true) {
      signal.throwIfAborted()
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        interrupt = reject
        chunks.next().then(resolve, reject)
      })
      if (next.done === true) {
        isOver = true
        return
      }
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', listener)
    // Not awaited: a generator that hangs lets go only when its own wait ends.
    if (!isOver) void Promise.resolve(chunks.return?.()).catch(() => undefined)
  }
}
