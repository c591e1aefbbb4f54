/**
 * Who may enter: authenticators over files of users, and the password hashes in them.
 *
 * - Unknown users cost the same work as wrong passwords: one hash computation, of the file's prevailing kind.
 * - Hashes are computed by a few threads behind a bounded queue, never on the event loop.
 * - A hash that nobody here can check is an error when the file is loaded, never a wrong password at login.
 * - A broken new version of a file changes nobody: the last good one serves until it is repaired.
 * - Nothing here waits to punish: `throttled` says how long, the engine does the waiting. A right password never waits.
 * - An empty password never matches, and nobody logs in for somebody else.
 * - Files are written whole or not at all, under a lock, and what is not ours in them stays octet by octet.
 */
export { chain } from './chain.js'
export {
  FileLocked,
  HashFault,
  HashQueueFull,
  PasswdFileError,
  type PasswdFileProblem,
  UnsupportedHash,
  UnusablePassword,
} from './errors.js'
export { createHashPool, type HashPool, type HashPoolOptions } from './hash-pool.js'
export type { DeriveJob } from './hash-worker/derive-job.js'
export {
  HASH_COSTS,
  HASH_LIMITS,
  type HashCosts,
  type HashLimits,
  THROTTLE_LIMITS,
  type ThrottleLimits,
} from './limits.js'
export {
  createPasswdFileAuthenticator,
  type PasswdFileAuthenticator,
  type PasswdFileOptions,
} from './passwd-file-authenticator.js'
export {
  addUser,
  type BadInput,
  type ListedUser,
  listUsers,
  removeUser,
  type SetPasswordArgs,
  setPassword,
} from './passwd-file-editor.js'
export type { ProblemListener } from './passwd-file-source.js'
export { type HashOptions, hashPassword, verifyHash } from './password-hash.js'
export { staticAuthenticator } from './static-authenticator.js'
export { PASSWORD_SCHEMES, type PasswordScheme } from './stored-hash.js'
export { type ThrottleOptions, throttled } from './throttled.js'
export type { BadUserName, UserNameRules } from './user-name.js'
