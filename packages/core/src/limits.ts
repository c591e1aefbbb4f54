import type { Millis, Octets } from './brands.js'

/** Bounds that hold for every engine. Each engine's own stand in its package's `limits.ts`. */
export interface CoreLimits {
  /** Octets of an inbound body that may wait for their consumer. Over it the peer is not read. Default 256 KiB: bandwidth × delay of a fast peer, and 1,000 uploads stay under 256 MiB. */
  readonly bodyWindow: Octets
  /** Octets of replies collected before they are handed out as one write. Default 16 KiB: one TLS record. */
  readonly writeBatch: Octets
  /** The slowest a peer may be within one request, octets a second, on top of the idle timeout. Default 500: slower than any modem, and a dripped line ends. Passed: the connection times out. */
  readonly minimumRate: number
}

export const CORE_LIMITS: CoreLimits = { bodyWindow: 262_144, writeBatch: 16_384, minimumRate: 500 }

/** Octets of one SASL response in base64. Default 12,288 (Postfix, Dovecot); longer: the exchange fails, the line is consumed. RFC 4954 §4. */
export const SASL_LINE_OCTETS: Octets = 12_288

/** Wait before a failed login is answered. Default 2 s (Dovecot): guessing is slow. */
export const FAILURE_DELAY: Millis = 2_000

/** Bounds of a compressed connection (RFC 4978). */
export interface CompressionLimits {
  /** Octets inflated at a time; then the engine says whether it wants more. Default 16 KiB, a read of a socket. */
  readonly inflateChunk: Octets
  /**
   * Octets a peer may send inflated for each it sent compressed, above `inflateAllowance`. Default 100: mail deflates to a half or a fifth,
   * DEFLATE's greatest is 1,032. Passed: the connection closes.
   */
  readonly inflateRatio: number
  /** Octets a peer may send inflated before `inflateRatio` counts. Default 64 MiB: six of the largest messages, all spaces. */
  readonly inflateAllowance: Octets
  /** zlib's level for what we send. Default 3: RFC 4978 §3 asks for 1 to 5 where time counts. */
  readonly level: number
  /** zlib's memLevel and windowBits for what we send: together 96 KiB a connection instead of 256. Default 7 and 13. */
  readonly memLevel: number
  readonly windowBits: number
}

export const COMPRESSION_LIMITS: CompressionLimits = {
  inflateChunk: 16_384,
  inflateRatio: 100,
  inflateAllowance: 67_108_864,
  level: 3,
  memLevel: 7,
  windowBits: 13,
}
