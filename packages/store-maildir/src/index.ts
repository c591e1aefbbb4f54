/**
 * Mail on Maildir++: one file a message, shared with every other program that knows the format.
 *
 * - Files are the truth about messages and flags; the journal (`mailwright-uids` in each folder) is the truth about UIDs,
 *   mod-sequences and what vanished. Each heals from the other: a file without a UID gets one, a UID without a file vanishes.
 * - What is promised is on the medium first: the file, its folder's entry, the journal's line. Deliveries that come
 *   together share their syncs.
 * - Messages stand on disk with LF and go out with CRLF. One that would not come back octet for octet is kept as it came
 *   and marked `,R=1` in its name. Names are hints: what goes out was counted.
 * - One process owns a root, held by a lock that a killed process does not keep. Other mail programs need no lock: their
 *   deliveries, flags and removals are found by two `stat` calls before each call.
 * - Names of accounts, mailboxes and files are data. Links are not followed, and only regular files are messages.
 */
export type { Durability } from './disk.js'
export { MAILDIR_LIMITS, type MaildirLimits } from './limits.js'
export type { MaildirStoreOptions } from './options.js'
export type { MaildirProblem } from './problem.js'
export { createFileQueue } from './queue/file-queue.js'
export type { FileQueueOptions, QueueProblem } from './queue/options.js'
export { createMaildirStore } from './store.js'
