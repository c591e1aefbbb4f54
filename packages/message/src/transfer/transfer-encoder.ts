import { fromLatin1, toBase64 } from '@mailwright/core'
import { QuotedPrintableEncoder } from './quoted-printable-encoder.js'

/** Takes octets in chunks of any cutting and gives encoded ones. Chunks are not kept; results are new arrays or the chunk itself. */
export interface TransferEncoder {
  push(chunk: Uint8Array): Uint8Array
  /** What was still held back. */
  end(): Uint8Array
}

/**
 * The encoder of a transfer encoding, in any case; octets pass unchanged for all but `base64` and `quoted-printable`.
 *
 * RFC 2045 §6. Quoted-printable takes text in wire form: CRLF stays a line end, a bare CR or LF is encoded.
 */
export function encodeTransfer(encoding: string): TransferEncoder {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return new Base64Encoder()
    case 'quoted-printable':
      return new QuotedPrintableEncoder()
    default:
      return IDENTITY
  }
}

const IDENTITY: TransferEncoder = {
  push: (chunk) => chunk,
  end: () => new Uint8Array(0),
}

/** Octets of one line of 76 characters. RFC 2045 §6.8. */
const LINE_OCTETS = 57

/** Lines of 76 characters, each with its CRLF. RFC 2045 §6.8. */
class Base64Encoder implements TransferEncoder {
  /** What does not fill a line yet. */
  readonly #line = new Uint8Array(LINE_OCTETS)
  #length = 0

  push(chunk: Uint8Array): Uint8Array {
    let text = ''
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + LINE_OCTETS - this.#length)
      at += piece.length
      if (piece.length === LINE_OCTETS) {
        text += `${toBase64(piece)}\r\n`
        continue
      }
      this.#line.set(piece, this.#length)
      this.#length += piece.length
      if (this.#length === LINE_OCTETS) text += this.#take()
    }
    return fromLatin1(text)
  }

  end(): Uint8Array {
    return fromLatin1(this.#length === 0 ? '' : this.#take())
  }

  #take(): string {
    const line = toBase64(this.#line.subarray(0, this.#length))
    this.#length = 0
    return `${line}\r\n`
  }
}
