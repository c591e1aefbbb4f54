import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib'
import type { DuplexSink } from '../driver/duplex.js'
import { COMPRESSION_LIMITS, type CompressionLimits } from '../limits.js'

/** What a layer stands on: the socket, as it is used below. */
export interface LayerBase {
  /** Takes the bytes even when it returns false. */
  write(bytes: Uint8Array): boolean
  pause(): void
  resume(): void
  end(sent: () => void): void
  /** The peer broke the format or the limits: ends the connection at once. */
  fail(error: unknown): void
}

/** Octets that may wait to be deflated before the engine is held back. Default 64 KiB: zlib's thread always has work. */
const DEFLATE_BACKLOG = 65_536

/**
 * Raw DEFLATE (RFC 1951) in both directions, between a driver's sink and a socket, in zlib's threads.
 *
 * Each write is flushed behind it (RFC 4978 §4 leaves the flushes to us; without one the peer would wait). While the sink is paused at
 * most one piece of `inflateChunk` is inflated ahead, and the socket is read no further than one buffer: a bomb costs what its
 * reader takes of it, and passes `inflateRatio` soon.
 */
export class DeflateLayer {
  readonly #base: LayerBase
  readonly #sink: DuplexSink
  readonly #limits: CompressionLimits
  readonly #deflater
  readonly #inflater
  #octetsIn = 0
  #octetsOut = 0
  #isOver = false

  constructor(base: LayerBase, sink: DuplexSink, limits: CompressionLimits = COMPRESSION_LIMITS) {
    const { level, memLevel, windowBits, inflateChunk } = limits
    this.#base = base
    this.#sink = sink
    this.#limits = limits
    this.#deflater = createDeflateRaw({
      ...{ level, memLevel, windowBits, flush: constants.Z_SYNC_FLUSH },
      ...{ writableHighWaterMark: DEFLATE_BACKLOG },
    })
    // A peer that leaves without ending its stream has said what it has said.
    this.#inflater = createInflateRaw({ chunkSize: inflateChunk, finishFlush: constants.Z_SYNC_FLUSH })
    this.#connect()
  }

  #connect(): void {
    const deflater = this.#deflater
    const inflater = this.#inflater
    deflater.on('data', (bytes: Uint8Array) => {
      if (!this.#base.write(bytes)) deflater.pause()
    })
    deflater.on('drain', () => this.#sink.drained())
    deflater.on('error', (error) => this.#base.fail(error))
    inflater.on('data', (bytes: Uint8Array) => this.#inflated(bytes))
    inflater.on('drain', () => this.#base.resume())
    inflater.on('end', () => {
      this.#isOver = true
      this.#sink.ended()
    })
    inflater.on('error', (error) => this.#base.fail(error))
  }

  /** From the peer. */
  received(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#isOver || this.#inflater.destroyed) return
    this.#octetsIn += bytes.length
    if (!this.#inflater.write(bytes)) this.#base.pause()
  }

  /** The peer closed its side; what it sent is still inflated. */
  ended(): void {
    if (!this.#isOver) this.#inflater.end()
  }

  /** The socket takes more. */
  drained(): void {
    this.#deflater.resume()
  }

  write(bytes: Uint8Array): boolean {
    return this.#deflater.write(bytes)
  }

  pause(): void {
    this.#inflater.pause()
  }

  resume(): void {
    this.#inflater.resume()
  }

  end(sent: () => void): void {
    this.#deflater.once('end', () => this.#base.end(sent))
    this.#deflater.end()
  }

  /** The connection is gone: gives zlib's memory back. */
  destroy(): void {
    this.#deflater.destroy()
    this.#inflater.destroy()
  }

  #inflated(bytes: Uint8Array): void {
    this.#octetsOut += bytes.length
    const { inflateAllowance, inflateRatio } = this.#limits
    if (this.#octetsOut > inflateAllowance + inflateRatio * this.#octetsIn) {
      this.#inflater.destroy()
      this.#base.fail(new Error(`${this.#octetsIn} octets inflate to more than ${this.#octetsOut}`))
      return
    }
    this.#sink.received(bytes)
  }
}
