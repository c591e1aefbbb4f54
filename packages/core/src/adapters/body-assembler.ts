import type { BodyHandle } from '../body.js'
import type { AccountId, Octets } from '../brands.js'
import type { CallResult } from './call.js'
import type { MailStore, MessageRef } from './mail-store.js'

/** Some octets of a message that is put together. */
export type BodyPiece =
  | { readonly kind: 'octets'; readonly octets: Uint8Array }
  /** `[start, end)` of a stored or staged message: as it stands, or in base64 of lines ended by CRLF, the last one without its end. */
  | {
      readonly kind: 'range'
      readonly source: BodyHandle
      readonly start: Octets
      readonly end: Octets
      readonly form: 'asIs' | 'base64'
    }

/** Makes new messages of stored ones without an engine that holds their octets. Answered by the driver itself. */
export interface BodyAssembler {
  /**
   * Stages one message made of `pieces`, in order: `stage` of the store, whose body the driver reads from the pieces. Rejects when a source is
   * gone; then nothing remains.
   */
  stageAssembled(
    args: { readonly account: AccountId; readonly pieces: readonly BodyPiece[]; readonly replaces?: MessageRef },
    signal: AbortSignal,
  ): Promise<CallResult<MailStore, 'stage'>>
}
