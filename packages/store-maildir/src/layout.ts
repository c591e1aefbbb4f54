import {
  type AccountId,
  decodeModifiedUtf7,
  encodeModifiedUtf7,
  INBOX,
  type MailboxName,
  mailboxName,
} from '@mailwright/core'

/** Files of ours stand beside the messages of a Maildir; other programs look at none of them. */
export const JOURNAL_FILE = 'mailwright-uids'
export const ACCOUNT_FILE = 'mailwright-account'
export const RENAME_FILE = 'mailwright-rename'
export const NEW_FILE = 'mailwright-new'
/** Begins the name of everything of ours in `tmp`: what a crash left there is removed when the account is opened. */
export const SCRATCH_PREFIX = 'mailwright-'

/** The three folders of a Maildir; `cur` is made last, so that where it is the others are. */
export const PARTS = ['tmp', 'new', 'cur'] as const
export type Part = 'new' | 'cur'

/** Where a mailbox's folder is now; a rename moves it under all who hold this. */
export interface Location {
  folder: string
}

/** Longest name of a file or folder on every usual file system, in octets. */
const NAME_OCTETS = 255

/**
 * Why an account's id cannot name a folder; `undefined` where it can. Ids come from login names: they are data, never
 * paths.
 */
export function badAccount(account: AccountId): string | undefined {
  if (account === '') return 'it is empty'
  if (Buffer.byteLength(account) > NAME_OCTETS) return `it is longer than ${NAME_OCTETS} octets`
  if (account.startsWith('.')) return 'it begins with a dot'
  if (/[/\\]/.test(account)) return 'it holds a slash'
  if (/[\u0000-\u001f\u007f]/.test(account)) return 'it holds a control character'
  if (/\p{Surrogate}/u.test(account)) return 'it is not Unicode'
  return undefined
}

/**
 * The folder of a mailbox below its account's: empty for INBOX, else Maildir++: a dot before each level, levels in
 * modified UTF-7 as Dovecot writes them by default.
 *
 * A dot inside a level is refused: Maildir++ has no escape for it, and Dovecot refuses such names as well.
 */
export function folderOf(name: MailboxName): { readonly folder: string } | { readonly denied: string } {
  if (name === INBOX) return { folder: '' }
  if (name.includes('.')) return { denied: 'A mailbox name on a Maildir cannot hold a dot' }
  // Dovecot takes it for a home folder and refuses it.
  if (name.startsWith('~')) return { denied: 'A mailbox name on a Maildir cannot begin with a tilde' }
  const encoded = encodeModifiedUtf7(name.replaceAll('/', '.'))
  if (encoded === undefined) return { denied: 'The mailbox name is not Unicode' }
  // The encoding of a level may itself hold no slash (RFC 3501 §5.1.3 writes "," for it), so one component is left.
  if (encoded.length + 1 > NAME_OCTETS) return { denied: 'The mailbox name is too long for the file system' }
  return { folder: `.${encoded}` }
}

/** The mailbox a Maildir++ folder stands for; `undefined` where no name leads to this folder. */
export function nameOfFolder(folder: string): MailboxName | undefined {
  if (!folder.startsWith('.')) return undefined
  const decoded = decodeModifiedUtf7(folder.slice(1))
  if (decoded === undefined || decoded.includes('/')) return undefined
  const result = mailboxName(decoded.replaceAll('.', '/'))
  if ('bad' in result) return undefined
  // Two folders must never share a name: `.inbox.a` is not the way to `INBOX/a`.
  const back = folderOf(result.name)
  return 'folder' in back && back.folder === folder ? result.name : undefined
}
