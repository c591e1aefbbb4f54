import { Base64Decoder } from './base64.js'
import { QuotedPrintableDecoder } from './quoted-printable.js'

/** Takes encoded octets in chunks of any cutting and gives decoded ones. Chunks are not kept; results are new arrays or the chunk itself. */
export interface TransferDecoder {
  push(chunk: Uint8Array): Uint8Array
  /** What was still held back. */
  end(): Uint8Array
  /** Another decoder that stands where this one does: for who reads ahead and comes back. */
  clone(): TransferDecoder
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

/** Whether an encoding changes nothing: its octets are the content. RFC 2045 §6.2. */
export function isIdentityEncoding(encoding: string): boolean {
  return encoding === '7bit' || encoding === '8bit' || encoding === 'binary'
}

/** Whether {@link decodeTransfer} knows an encoding, given in lower case. RFC 2045 §6.1. */
export function isKnownEncoding(encoding: string): boolean {
  return isIdentityEncoding(encoding) || encoding === 'base64' || encoding === 'quoted-printable'
}

const IDENTITY: TransferDecoder = {
  push: (chunk) => chunk,
  end: () => new Uint8Array(0),
  clone: () => IDENTITY,
}
