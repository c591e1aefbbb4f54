/** Root of what Mailwright throws. `code` is stable and meant for programs; `message` is for people. */
export abstract class MailwrightError extends Error {
  abstract readonly code: string
}

/** An adapter could not do its work (disk, network, a bug). The peer sees one temporary refusal, the log sees `cause`. */
export class StoreFault extends MailwrightError {
  readonly code = 'STORE_FAULT'
  override readonly name = 'StoreFault'
}

/** The host used an engine or adapter against its contract. Never caused by a peer. */
export class HostError extends MailwrightError {
  readonly code = 'HOST_MISUSE'
  override readonly name = 'HostError'
}

/** Thrown by a body's iterator when the peer never finished it, or finished it in a form that is refused. */
export class BodyIncomplete extends MailwrightError {
  readonly code = 'BODY_INCOMPLETE'
  override readonly name = 'BodyIncomplete'
}

/** The reason of an `AbortSignal` when a call is cancelled because its connection is gone. */
export class CallCancelled extends MailwrightError {
  readonly code = 'CALL_CANCELLED'
  override readonly name = 'CallCancelled'
}
