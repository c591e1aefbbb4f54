import type { Maildrop } from './maildrop.js'

/** Every command this engine knows. */
export type Verb =
  | 'APOP'
  | 'AUTH'
  | 'CAPA'
  | 'DELE'
  | 'LANG'
  | 'LIST'
  | 'NOOP'
  | 'PASS'
  | 'QUIT'
  | 'RETR'
  | 'RSET'
  | 'STAT'
  | 'STLS'
  | 'TOP'
  | 'UIDL'
  | 'USER'
  | 'UTF8'

/** Where a session stands. RFC 1939 §3. */
export type Pop3State =
  /** Nobody is logged in; `user` is who USER named, until PASS or another login command. */
  | { readonly name: 'authorization'; readonly user: string | null }
  | { readonly name: 'transaction'; readonly user: string; readonly maildrop: Maildrop }
  /** QUIT was given: no command comes any more. `user` is who was logged in. */
  | { readonly name: 'update'; readonly user: string | null }

/**
 * Commands each state admits; others are answered `-ERR`. RFC 1939 §9, RFC 2449 §5, RFC 2595 §4, RFC 5034 §4, RFC 6856
 * §2, §3.
 */
export const ADMITS: { readonly [S in Pop3State['name']]: ReadonlySet<Verb> } = {
  authorization: new Set<Verb>(['APOP', 'AUTH', 'CAPA', 'LANG', 'PASS', 'QUIT', 'STLS', 'USER', 'UTF8']),
  transaction: new Set<Verb>(['CAPA', 'DELE', 'LANG', 'LIST', 'NOOP', 'QUIT', 'RETR', 'RSET', 'STAT', 'TOP', 'UIDL']),
  update: new Set<Verb>(),
}
