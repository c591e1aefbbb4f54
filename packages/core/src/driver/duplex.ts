import type { TlsFacts } from '../engine.js'

/** What a duplex tells its driver. Called from the event loop, never from within the driver's own call. */
export interface DuplexSink {
  /** The chunk is the sink's from now on. */
  received(chunk: Uint8Array): void
  /** The peer closed its side; ours is still open. */
  ended(): void
  /** Writing is possible again after `write` said no. */
  drained(): void
  /** The connection is gone in both directions, by whichever side. Nothing is told after this. */
  closed(error: unknown): void
}

/** A connection's octets: a socket, one end of an in-memory pair, a worker's port. */
export interface Duplex {
  /** Begins to deliver to `sink`. Called once. */
  open(sink: DuplexSink): void
  /** Stops and resumes delivery; what is under way may still arrive. */
  pause(): void
  resume(): void
  /** Sends, in order; takes the bytes even when it returns false, which asks the driver to wait for `drained`. */
  write(bytes: Uint8Array): boolean
  /**
   * Negotiates TLS as the server over what is open. Octets received from then on are those within TLS.
   *
   * Rejects when the handshake fails or no certificate was given.
   */
  secure(): Promise<TlsFacts>
  /**
   * From now on both directions are raw DEFLATE (RFC 1951): `write` deflates, with a flush behind each piece so that the peer waits for
   * nothing; what is received is inflated before the sink sees it, `received` first. Inflates only while not paused, in bounded
   * pieces. Octets that are no DEFLATE end the connection. Absent: this duplex does not compress. Called once.
   */
  compress?(received: Uint8Array): void
  /** Sends what was written, then closes our side. `sent` is called once it is all sent, unless the connection was gone before. */
  end(sent?: () => void): void
  /** Closes at once. */
  destroy(): void
}
