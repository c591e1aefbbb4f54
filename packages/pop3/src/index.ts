/**
 * POP3 as a pure state machine over any mail store.
 *
 * - A session sees its maildrop as it was at login. DELE marks; only QUIT removes, and only what was marked (RFC 1939
 *   §6). A connection that ends in any other way leaves everything.
 * - POP3 sessions of one account exclude each other through the host's `MaildropLock`; IMAP may work alongside. What
 *   it removes meanwhile is answered `-ERR` when asked for, and keeps its number.
 * - Messages go from store to peer unseen. The engine looks into one only for TOP, in windows.
 * - Passwords in clear text are refused unless the host allows them; unknown users and wrong passwords are answered
 *   alike.
 * - RPOP and KPOP are not spoken: the one trusts a port number, the other is Kerberos before the first octet. Kerberos
 *   belongs into a SASL mechanism given to `mechanisms`.
 * - Replies follow the examples of RFC 1939 where it has one, Dovecot elsewhere, and never repeat what the peer sent.
 */
export * from './calls.js'
export { COMMANDS, type CommandRow } from './command-table.js'
export * from './limits.js'
export * from './maildrop-lock.js'
export type { Pop3Options } from './options.js'
export { createPop3Server } from './server.js'
export { ADMITS, type Pop3State, type Verb } from './states.js'
export * from './uidl-format.js'
