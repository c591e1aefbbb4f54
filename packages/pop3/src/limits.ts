import { FAILURE_DELAY, type Millis, type Octets } from '@mailwright/core'

/** Bounds of a POP3 session. */
export interface Pop3Limits {
  /**
   * Octets of a command line without its end. Default 512: twice what RFC 2449 §4 obliges a server to take, and room
   * for a long password. Passed: `-ERR`, the line is consumed to its end.
   */
  readonly commandLine: Octets
  /**
   * Silence before login. Default 10 min, the least RFC 1939 §3 allows. Passed: closed without a word, as RFC 1939 §3
   * wants.
   */
  readonly patienceBeforeLogin: Millis
  /**
   * Silence after login. Default 10 min, the least RFC 1939 §3 allows. Passed: closed without a word; nothing is
   * deleted.
   */
  readonly patience: Millis
  /**
   * Failed logins and commands refused before login, in all. Default 3: nobody mistypes more. Reached: the last one is
   * answered, then the connection closes.
   */
  readonly refusedBeforeLogin: number
  /**
   * Commands refused after login, one after the other. Default 20 (Dovecot): whoever speaks something else is cut off.
   * Reached: the last one is answered, then the connection closes; nothing is deleted.
   */
  readonly refused: number
  /**
   * Wait before a failed login is answered. Default 2 s: guessing is slow. An authenticator may ask for more, never
   * for less.
   */
  readonly failureDelay: Millis
}

export const POP3_LIMITS: Pop3Limits = {
  commandLine: 512,
  patienceBeforeLogin: 600_000,
  patience: 600_000,
  refusedBeforeLogin: 3,
  refused: 20,
  failureDelay: FAILURE_DELAY,
}

/** Characters of a unique-id. RFC 1939 §7 (UIDL). A longer format is refused when the engine is made. */
export const UNIQUE_ID_CHARACTERS = 70

/** Octets of a reply's first line with its end. RFC 2449 §4. A longer greeting is refused when the engine is made. */
export const REPLY_LINE_OCTETS: Octets = 512
