import { MailwrightError } from '@mailwright/core'

/** The server cannot be set up as it was asked: one clear sentence, meant for the operator. */
export class SetupError extends MailwrightError {
  readonly code = 'SETUP'
  override readonly name = 'SetupError'
}
