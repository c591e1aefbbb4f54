import type { Millis, Octets } from '@mailwright/core'

/** Bounds of the maildrop: what programs of this machine may hand in, and how soon it is looked at. */
export interface MaildropLimits {
  /** Octets of the first line of a dropped file, which holds sender and recipients. Default 1 MiB: ten thousand long addresses. Passed: `sendmail` says so and exits; a file that somebody made by hand is put aside. */
  readonly headOctets: Octets
  /** How often the folder is looked at when nobody is told of a new file. Default 10 s; file systems tell of most at once. */
  readonly scan: Millis
  /** How long a file waits that could not be taken, because a table or the queue was not to be read. Default 10 s. */
  readonly retry: Millis
}

export const MAILDROP_LIMITS: MaildropLimits = { headOctets: 1_048_576, scan: 10_000, retry: 10_000 }
