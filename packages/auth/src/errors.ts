import { MailwrightError } from '@mailwright/core'

/** A stored hash that this package cannot check: an unknown scheme, a malformed text, or a cost past the limits. */
export class UnsupportedHash extends MailwrightError {
  readonly code = 'UNSUPPORTED_HASH'
  override readonly name = 'UnsupportedHash'
}

/** A password that may not be set: empty, too long, or holding NUL. `message` says which. */
export class UnusablePassword extends MailwrightError {
  readonly code = 'UNUSABLE_PASSWORD'
  override readonly name = 'UnusablePassword'
}

/** Too many hashes wait already. Logins become `unavailable`, and the peer tries again later. */
export class HashQueueFull extends MailwrightError {
  readonly code = 'HASH_QUEUE_FULL'
  override readonly name = 'HashQueueFull'
}

/** A hash could not be computed: the pool was closed, or its thread died. */
export class HashFault extends MailwrightError {
  readonly code = 'HASH_FAULT'
  override readonly name = 'HashFault'
}

/** One thing that is wrong with a passwd-file. */
export interface PasswdFileProblem {
  /** From 1; 0 when the file as a whole is meant. */
  readonly line: number
  readonly reason: string
}

/** A passwd-file that cannot be used. `message` names each place as `path:line: reason`; no secret is ever part of it. */
export class PasswdFileError extends MailwrightError {
  readonly code = 'BAD_PASSWD_FILE'
  override readonly name = 'PasswdFileError'
  readonly path: string
  readonly problems: readonly PasswdFileProblem[]

  constructor(path: string, problems: readonly PasswdFileProblem[], total = problems.length, options?: ErrorOptions) {
    const lines = problems.map(({ line, reason }) => (line === 0 ? `${path}: ${reason}` : `${path}:${line}: ${reason}`))
    if (total > problems.length) lines.push(`${path}: and ${total - problems.length} more`)
    super(lines.join('\n'), options)
    this.path = path
    this.problems = problems
  }
}

/** Another process holds the lock of a passwd-file for too long. `message` names the lock file. */
export class FileLocked extends MailwrightError {
  readonly code = 'FILE_LOCKED'
  override readonly name = 'FileLocked'
}
