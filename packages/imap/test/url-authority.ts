import type { MailboxRef, UrlAuthority } from '@mailwright/core'

/** The token of the examples of RFC 4467; transcripts know the first one, and others count on from it. */
const FIRST_TOKEN = 0x91354a473744909de610943775f92038n

/** Remembers what it signed. The nth URL that it signs has the nth token, so transcripts know them. */
export function rememberedUrls(): UrlAuthority {
  const signed = new Map<string, { readonly ref: MailboxRef; readonly token: string }>()
  let count = 0n
  return {
    async signUrl({ ref, rump }) {
      const token = (FIRST_TOKEN + count).toString(16)
      count += 1n
      signed.set(keyOf(ref, rump), { ref, token })
      return { token }
    },
    async verifyUrl({ ref, rump, token }) {
      return { isValid: ref !== null && signed.get(keyOf(ref, rump))?.token === token }
    },
    async resetUrlKeys({ account, mailbox }) {
      for (const [key, { ref }] of [...signed]) {
        if (ref.account === account && (mailbox ?? ref.mailbox) === ref.mailbox) signed.delete(key)
      }
      return {}
    },
  }
}

function keyOf({ account, mailbox }: MailboxRef, rump: string): string {
  return `${account} ${mailbox} ${rump}`
}
