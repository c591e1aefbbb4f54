import { Base64Decoder } from './base64.js'
import { QuotedPrintableDecoder } from './quoted-printable.js'

/** Takes encoded octets in chunks of any cutting and gives decoded ones. Chunks are not kept; results are new arrays or the chunk itself. */
export interface TransferDecoder {
  push(chunk: Uint8Array): Uint8Array
  /** What was still held back. */
  end(): Uint8Array
}

/**
 * The decoder of a transfer encoding, in any case; octets pass unchanged for `7bit`, `8bit`, `binary` and what is not known.
 *
 * RFC 2045 §6. Never fails: malformed parts are passed over or through.
 */
export function decodeTransfer(encoding: string): TransferDecoder {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return new Base64Decoder()
    case 'quoted-printable':
      return new QuotedPrintableDecoder()
    default:
      return IDENTITY
  }
}

const IDENTITY: TransferDecoder = {
  push: (chunk) => chunk,
  end: () => new Uint8Array(0),
}
