import type { Octets } from './brands.js'
import { view } from './bytes.js'
import { gathered } from './small-pieces.js'

const LF = 10
const CR = 13
const DOT = 46
const DOT_OCTET = view(new Uint8Array([DOT]))
const CRLF_OCTETS = view(new Uint8Array([CR, LF]))

/**
 * What happens to a CR or LF that stands alone in message data. `reject`: the data is flawed (RFC 5321 §2.3.8);
 * `normalise`: each becomes CRLF. In neither case does it help to end the data (CVE-2023-51764).
 */
export type LineEndPolicy = 'reject' | 'normalise'

/** What makes message data unacceptable. It is consumed to its true end all the same. */
export type DataFlaw = 'tooBig' | 'bareLineFeed' | 'bareCarriageReturn'

/**
 * Where the reader stands. Within a line nothing is held back; elsewhere what was read last waits for what follows:
 * a dot, a dot and CR, a CR, or (`bare`) a lone line end that will be handed out as CRLF.
 */
type Place = 'inLine' | 'lineStart' | 'dot' | 'dotCr' | 'cr' | 'bare'

/**
 * Takes dot-stuffed data apart: hands out what lies between the dots and finds the end, which is CRLF.CRLF and nothing
 * else. Works by search and views; octets are looked at singly only where lines begin and end.
 *
 * RFC 5321 §4.5.2.
 */
export class DotUnstuffer {
  readonly #limit: Octets
  readonly #lineEnds: LineEndPolicy
  #place: Place = 'lineStart'
  #octets = 0
  #flaw: DataFlaw | null = null
  #isOver = false
  #position = 0

  constructor(limit: Octets, lineEnds: LineEndPolicy) {
    this.#limit = limit
    this.#lineEnds = lineEnds
  }

  /** The end was found. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** The first thing that made the data unacceptable. From then on nothing is handed out; the end is still found. */
  get flaw(): DataFlaw | null {
    return this.#flaw
  }

  /** Octets of the data as it was meant, up to its flaw. */
  get octets(): Octets {
    return this.#octets
  }

  /** Up to where the last `take` used its chunk. */
  get position(): number {
    return this.#position
  }

  /**
   * Reads on in `chunk` from `start`. Returns a piece of the data (a view of the chunk) or `undefined` when what was
   * read holds none. Call again from `position` until the chunk is used up or the end is found.
   */
  take(chunk: Uint8Array, start: number): Uint8Array | undefined {
    let at = start
    while (this.#place !== 'inLine') {
      if (this.#place === 'bare') {
        this.#place = 'inLine'
        this.#position = at
        return this.#piece(CRLF_OCTETS)
      }
      this.#position = at
      if (at === chunk.length) return undefined
      const octet = chunk[at]
      switch (this.#place) {
        case 'lineStart':
          this.#place = octet === DOT ? 'dot' : 'inLine'
          if (octet === DOT) at++
          break
        case 'dot':
          this.#place = octet === CR ? 'dotCr' : 'inLine'
          if (octet === CR) at++
          break
        case 'dotCr':
          if (octet === LF) {
            this.#isOver = true
            this.#position = at + 1
            return undefined
          }
          this.#loneLineEnd('bareCarriageReturn')
          break
        case 'cr':
          if (octet === LF) {
            this.#place = 'lineStart'
            this.#position = at + 1
            return this.#piece(CRLF_OCTETS)
          }
          this.#loneLineEnd('bareCarriageReturn')
          break
        default:
          this.#place satisfies never
      }
    }
    const end = this.#scan(chunk, at)
    return end === at ? undefined : this.#piece(chunk.subarray(at, end))
  }

  /** Runs over whole lines; returns where the piece ends: where a dot, the chunk's end or a lone line end stands. */
  #scan(chunk: Uint8Array, start: number): number {
    let at = start
    let cr = chunk.indexOf(CR, at)
    for (;;) {
      const lf = chunk.indexOf(LF, at)
      if (cr !== -1 && cr < at) cr = chunk.indexOf(CR, at)
      if (cr !== -1 && cr === lf - 1) {
        at = lf + 1
        if (at === chunk.length || chunk[at] === DOT) return this.#stop('lineStart', at, at)
      } else if (cr !== -1 && (lf === -1 || cr < lf)) {
        if (cr === chunk.length - 1) return this.#stop('cr', cr, chunk.length)
        this.#loneLineEnd('bareCarriageReturn')
        return this.#stop(this.#place, cr, cr + 1)
      } else if (lf !== -1) {
        this.#loneLineEnd('bareLineFeed')
        return this.#stop(this.#place, lf, lf + 1)
      } else {
        return this.#stop('inLine', chunk.length, chunk.length)
      }
    }
  }

  #stop(place: Place, end: number, position: number): number {
    this.#place = place
    this.#position = position
    return end
  }

  /** What follows a lone line end is no line start: a dot there is data, and ends nothing. */
  #loneLineEnd(flaw: DataFlaw): void {
    this.#place = this.#lineEnds === 'reject' ? 'inLine' : 'bare'
    if (this.#lineEnds === 'reject') this.#flaw ??= flaw
  }

  #piece(piece: Uint8Array): Uint8Array | undefined {
    if (this.#flaw !== null) return undefined
    if (this.#octets + piece.length > this.#limit) {
      this.#flaw = 'tooBig'
      return undefined
    }
    this.#octets += piece.length
    return piece
  }
}

/**
 * Doubles the dots that begin lines, chunk by chunk, for data on its way out. `end` returns what is still missing:
 * the CRLF of an unfinished last line, and the final dot.
 *
 * RFC 5321 §4.5.2, RFC 1939 §3.
 */
export class DotStuffer {
  #isLineStart = true
  #lastOctet = LF

  /** The chunk with its dots doubled: views of it, and what is too short to be sent by itself gathered. */
  stuff(chunk: Uint8Array): Generator<Uint8Array> {
    return gathered(this.#pieces(chunk))
  }

  /** Pieces of `chunk` and single dots, in order; no octet is copied. */
  *#pieces(chunk: Uint8Array): Generator<Uint8Array> {
    if (chunk.length === 0) return
    const octets = view(chunk)
    let from = 0
    if (this.#isLineStart && octets[0] === DOT) yield DOT_OCTET
    for (;;) {
      const lf = this.#lineFeedBeforeDot(octets, from)
      if (lf === -1) break
      yield octets.subarray(from, lf + 1)
      yield DOT_OCTET
      from = lf + 1
    }
    if (from < octets.length) yield octets.subarray(from)
    this.#lastOctet = octets[octets.length - 1] ?? LF
    this.#isLineStart = this.#lastOctet === LF
  }

  /** The terminating line. */
  end(): Uint8Array {
    const end = this.#isLineStart ? '.\r\n' : this.#lastOctet === CR ? '\n.\r\n' : '\r\n.\r\n'
    return view(Uint8Array.from(end, (character) => character.charCodeAt(0)))
  }

  #lineFeedBeforeDot(octets: Uint8Array, from: number): number {
    for (let dot = octets.indexOf(DOT, from + 1); dot !== -1; dot = octets.indexOf(DOT, dot + 1)) {
      if (octets[dot - 1] === LF) return dot - 1
    }
    return -1
  }
}
