import type { Octets, TlsFacts } from '@mailwright/core'
import type { Duplex, DuplexSink } from '@mailwright/core/driver'

/** What TLS between the ends of a pair claims to have negotiated. Nothing is encrypted. */
const PRETENDED_TLS: TlsFacts = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }

/** Octets one end may have waiting for the other before `write` says no. Default 64 KiB, as a small socket buffer. */
const BACKLOG: Octets = 65_536

/**
 * Two connected ends of a connection in memory: what one writes the other receives, in order and on a later turn. Each end
 * honours `pause`, so backpressure is that of a real connection.
 */
export function duplexPair(backlog: Octets = BACKLOG): readonly [Duplex, Duplex] {
  const left = new PairEnd(backlog)
  const right = new PairEnd(backlog)
  left.connect(right)
  right.connect(left)
  return [left, right]
}

class PairEnd implements Duplex {
  readonly #backlog: Octets
  #peer: PairEnd | null = null
  #sink: DuplexSink | null = null
  #inbox: Uint8Array[] = []
  #inboxOctets = 0
  #isPaused = false
  #isPeerDone = false
  #hasToldEnd = false
  #isDone = false
  #isClosed = false
  #wasRefused = false
  #sent: (() => void) | null = null
  #isScheduled = false

  constructor(backlog: Octets) {
    this.#backlog = backlog
  }

  connect(peer: PairEnd): void {
    this.#peer = peer
  }

  open(sink: DuplexSink): void {
    this.#sink = sink
    this.#schedule()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#schedule()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isDone || this.#isClosed || this.#peer === null) return true
    const waiting = this.#peer.#take(bytes)
    this.#wasRefused = waiting > this.#backlog
    return !this.#wasRefused
  }

  secure(): Promise<TlsFacts> {
    return Promise.resolve(PRETENDED_TLS)
  }

  end(sent?: () => void): void {
    if (this.#isDone || this.#isClosed) return
    this.#isDone = true
    this.#sent = sent ?? null
    if (this.#peer !== null) this.#peer.#endFromPeer()
    this.#schedule()
  }

  destroy(): void {
    if (this.#isClosed) return
    this.#close()
    this.#peer?.destroy()
  }

  #take(bytes: Uint8Array): Octets {
    if (this.#isClosed) return 0
    // The writer keeps its bytes: a receiver may hold views of what it got.
    this.#inbox.push(bytes.slice())
    this.#inboxOctets += bytes.length
    this.#schedule()
    return this.#inboxOctets
  }

  #endFromPeer(): void {
    this.#isPeerDone = true
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    while (this.#sink !== null && !this.#isPaused && !this.#isClosed) {
      const chunk = this.#inbox.shift()
      if (chunk === undefined) break
      this.#inboxOctets -= chunk.length
      this.#sink.received(chunk)
    }
    if (this.#inbox.length === 0 && this.#peer !== null) this.#peer.#drain()
    if (this.#inbox.length > 0 || this.#sink === null || this.#isClosed || !this.#isPeerDone) return
    if (!this.#hasToldEnd) {
      this.#hasToldEnd = true
      this.#sink.ended()
    }
    if (this.#isDone) this.#close()
  }

  /** The peer took everything. */
  #drain(): void {
    const sent = this.#sent
    this.#sent = null
    if (sent !== null) queueMicrotask(sent)
    if (!this.#wasRefused) return
    this.#wasRefused = false
    queueMicrotask(() => this.#sink?.drained())
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#inbox = []
    const sink = this.#sink
    queueMicrotask(() => sink?.closed(null))
  }
}
