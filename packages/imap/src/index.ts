/**
 * IMAP as a pure state machine over any mail store.
 *
 * - A command is a flow that ends in a reply; the runner in `server.ts` writes it, so every command has exactly one.
 * - Every command has one row in `command-table.ts`; adding one is a file, a row and a transcript.
 * - Sequence numbers are made in one place, the session's `MailboxView`; what others did is told only where
 *   RFC 3501 §7.4.1 allows it.
 * - What may not come is refused on the line that announces it; what comes all the same is counted out, never parsed.
 * - A message streams in without being held, and is spliced out unseen.
 * - Words of replies are Dovecot's where the RFC leaves them free: clients have been tested against those.
 */

export type { ImapCall } from './calls.js'
export { CAPABILITY_PROFILES, type CapabilityProfile, type CapabilityProfileName } from './capability-profiles.js'
export { CAPABILITY_ROWS, type CapabilityName, type CapabilityRow } from './capability-table.js'
export { COMMANDS } from './command-table.js'
export { LANGUAGES } from './language/languages.js'
export { type CommandLimits, IMAP_LIMITS, type ImapLimits } from './limits.js'
export type { ImapServerOptions, UrlAuthRoles } from './options.js'
export { createImapServer } from './server.js'
export { ADMITS, type Admission, type ImapState } from './states.js'
export { type SubmittedUrl, type SubmittedUrlOptions, type SubmittedUrls, submittedUrls } from './submitted-urls.js'
