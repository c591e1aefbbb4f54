import type { Octets } from './brands.js'

/** A message on its way in: chunks in wire form (CRLF), each consumed before the next is asked for. */
export type Body = AsyncIterable<Uint8Array>

/** A half-open span of octets, `[start, end)`. */
export interface OctetRange {
  readonly start: Octets
  readonly end: Octets
}

/**
 * A stored message on its way out. Holds nothing open: each `read` finds the message again, so a handle may outlive
 * a flag change or never be read at all.
 */
export interface BodyHandle {
  /** Length in wire form (CRLF). */
  readonly octets: Octets
  /**
   * Yields exactly the octets of `range` (all when absent), in order. The chunks belong to the reader.
   *
   * Reading a range never reads the rest of the message. Rejects with a fault when the message is gone.
   */
  read(range?: OctetRange, signal?: AbortSignal): AsyncIterable<Uint8Array>
}

/** A body handle over bytes in memory. */
export function bytesHandle(bytes: Uint8Array): BodyHandle {
  return {
    octets: bytes.length,
    read: (range = { start: 0, end: bytes.length }) => chunksBody([bytes.subarray(range.start, range.end)]),
  }
}

/** A body that yields the given chunks; for what is in memory already. */
export function chunksBody(chunks: Iterable<Uint8Array>): Body {
  return {
    [Symbol.asyncIterator]() {
      const iterator = chunks[Symbol.iterator]()
      return {
        next: () => Promise.resolve(iterator.next()),
        return: () => Promise.resolve({ done: true, value: undefined }),
      }
    },
  }
}
