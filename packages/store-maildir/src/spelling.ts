import type { Mailbox } from './mailbox.js'

/** Keywords in the spelling of another mailbox; those it cannot learn any more are left behind. */
export function spelledIn(mailbox: Mailbox, keywords: readonly string[]): readonly string[] {
  const spelled = new Set<string>()
  for (const keyword of keywords) {
    const known = mailbox.spell(keyword)
    if (known !== undefined) spelled.add(known)
  }
  return mailbox.table.shareKeywords([...spelled])
}

/** All keywords of some messages, in the spelling of the mailbox they go to. */
export function keywordsOf(target: Mailbox, messages: Iterable<{ readonly keywords: readonly string[] }>): Set<string> {
  const all = new Set<string>()
  for (const { keywords } of messages) for (const keyword of spelledIn(target, keywords)) all.add(keyword)
  return all
}
