import type { MailboxName } from '@mailwright/core'
import { writeListed } from './response/mailbox-data.js'
import type { Session } from './session.js'

/**
 * Tells a client of IMAP4rev2 the normal form of a name that it wrote in another (RFC 9051 §6.3.4, §6.3.5, §6.3.6, §6.3.9.7): as if
 * somebody had renamed the mailbox.
 *
 * @param of the name in the command. @param now what it is called; of a mailbox that was renamed, the new name.
 */
export function tellNormalName(
  session: Session,
  of: MailboxName,
  { now = of, attributes = [] }: { readonly now?: MailboxName; readonly attributes?: readonly string[] } = {},
): void {
  const isOdd = session.supplied.has(of) || session.supplied.has(now)
  if (!session.isRev2 || !isOdd) return
  const oldName = session.supplied.get(of) ?? of
  session.untagged(writeListed('LIST', attributes, now, session.nameForm, { oldName }))
}
