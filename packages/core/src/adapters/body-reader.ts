import type { BodyHandle } from '../body.js'
import type { Octets } from '../brands.js'

/** Lets an engine look into a stored message, where splicing it unseen will not do. Answered by the driver itself. */
export interface BodyReader {
  /** The octets `[start, end)` of the message, in one array: ask for windows, not for whole messages. */
  readBody(
    args: { readonly source: BodyHandle; readonly start: Octets; readonly end: Octets },
    signal: AbortSignal,
  ): Promise<{ readonly octets: Uint8Array }>
}

/** Octets an engine asks for at once. Default 64 KiB: few calls for a long message, little memory for many sessions. */
export const READ_WINDOW: Octets = 65_536
