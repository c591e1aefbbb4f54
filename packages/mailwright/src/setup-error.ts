import { MailwrightError } from '@mailwright/core'

/** The server cannot be set up as it was asked: one clear sentence, meant for the operator. */
export class SetupError extends MailwrightError {
  readonly code = 'SETUP'
  override readonly name = 'SetupError'
}

/**
 * What to tell the operator where something could not be set up; `undefined` for anything else, which is a bug. The
 * system's own refusals name file and reason.
 */
export function setupSentence(error: unknown): string | undefined {
  if (error instanceof MailwrightError) return error.message
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return undefined
  const path = 'path' in error ? String(error.path) : String(error.syscall)
  return `${path} cannot be used (${String(error.code)})`
}

/** The system's short name for what went wrong, as in `ENOENT`; the error's own words where it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
