/**
 * The chunks of a body, until `signal` aborts: also while the body keeps us waiting, which may be for ever. The body is
 * then told to end, and not waited for.
 */
export async function* untilAborted(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  signal.throwIfAborted()
  const chunks = body[Symbol.asyncIterator]()
  let refuse = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    refuse = () => reject(signal.reason)
  })
  // Without a race that waits for it, its rejection is nobody's.
  aborted.catch(() => undefined)
  signal.addEventListener('abort', refuse, { once: true })
  let isOver = false
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), aborted])
      isOver = next.done === true
      if (next.done === true) return
      yield next.value
    }
  } catch (reason) {
    isOver = !signal.aborted
    throw reason
  } finally {
    signal.removeEventListener('abort', refuse)
    if (!isOver) chunks.return?.().catch(() => undefined)
  }
}
