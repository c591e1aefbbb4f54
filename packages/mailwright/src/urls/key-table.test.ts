import { accountId, type MailboxId, type MailboxRef } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { type KeyState, KeyTable, newKeys } from './key-table.js'

const RUMP = 'imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred'

function ref(account: string, mailbox: string): MailboxRef {
  // Ids are the store's: any text will do here.
  return { account: accountId(account), mailbox: mailbox as MailboxId }
}

const JOE = ref('joe', '1')
const SENT = ref('joe', '2')
const BOB = ref('bob', '1')

/** A table, and what it saved last. */
function made(from: KeyState = newKeys()): { readonly table: KeyTable; saved: KeyState } {
  const kept = { saved: from, table: new KeyTable(from, async (state) => void (kept.saved = state)) }
  return kept
}

async function holds(table: KeyTable, ref: MailboxRef | null, token: string, rump = RUMP): Promise<boolean> {
  return (await table.verifyUrl({ ref, rump, token })).isValid
}

describe('tokens', () => {
  test('name their algorithm and are hexadecimal, of 32 digits at least (RFC 4467 §2.4.1, RFC 5092 §11)', async () => {
    expect((await made().table.signUrl({ ref: JOE, rump: RUMP })).token).toMatch(/^01[0-9a-f]{64}$/)
  })

  test('are of one URL, one mailbox and one account, in any case', async () => {
    const { table } = made()
    const { token } = await table.signUrl({ ref: JOE, rump: RUMP })
    expect(await holds(table, JOE, token)).toBe(true)
    expect(await holds(table, JOE, token.toUpperCase())).toBe(true)
    expect(await holds(table, JOE, token, `${RUMP}x`)).toBe(false)
    expect(await holds(table, SENT, token)).toBe(false)
    expect(await holds(table, BOB, token)).toBe(false)
    expect(await holds(table, null, token)).toBe(false)
    expect(await holds(made().table, JOE, token)).toBe(false)
  })

  test.each([
    ['shortened', (token: string) => token.slice(0, -1)],
    ['lengthened', (token: string) => `${token}0`],
    ['changed at its end', (token: string) => `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`],
    ['without its algorithm', (token: string) => token.slice(2)],
    ['none', () => ''],
  ])('%s', async (_, change) => {
    const { table } = made()
    const { token } = await table.signUrl({ ref: JOE, rump: RUMP })
    expect(await holds(table, JOE, change(token))).toBe(false)
  })

  test('accounts and mailboxes whose names run together differ', async () => {
    const { table } = made()
    const { token } = await table.signUrl({ ref: ref('a', 'b,1'), rump: RUMP })
    expect(await holds(table, ref('a,b', '1'), token)).toBe(false)
  })
})

describe('resets', () => {
  test('of a mailbox revoke its URLs and no others, for good', async () => {
    const { table } = made()
    const [inbox, sent] = [
      await table.signUrl({ ref: JOE, rump: RUMP }),
      await table.signUrl({ ref: SENT, rump: RUMP }),
    ]
    await table.resetUrlKeys(JOE)
    const second = await table.signUrl({ ref: JOE, rump: RUMP })
    await table.resetUrlKeys(JOE)
    expect(await holds(table, JOE, inbox.token)).toBe(false)
    expect(await holds(table, JOE, second.token)).toBe(false)
    expect(await holds(table, SENT, sent.token)).toBe(true)
    expect(await holds(table, JOE, (await table.signUrl({ ref: JOE, rump: RUMP })).token)).toBe(true)
  })

  test('of an account revoke all of its URLs, and nobody else’s', async () => {
    const { table } = made()
    const tokens = await Promise.all([JOE, SENT, BOB].map((ref) => table.signUrl({ ref, rump: RUMP })))
    await table.resetUrlKeys({ account: JOE.account, mailbox: null })
    const held = await Promise.all([JOE, SENT, BOB].map((ref, at) => holds(table, ref, tokens[at]?.token ?? '')))
    expect(held).toEqual([false, false, true])
  })

  test('outlive the process, and so do URLs', async () => {
    const first = made()
    const { token } = await first.table.signUrl({ ref: JOE, rump: RUMP })
    await first.table.resetUrlKeys({ account: JOE.account, mailbox: null })
    await first.table.resetUrlKeys(JOE)
    const kept = await first.table.signUrl({ ref: JOE, rump: RUMP })
    const second = made(JSON.parse(JSON.stringify(first.saved)))
    expect(await holds(second.table, JOE, token)).toBe(false)
    expect(await holds(second.table, JOE, kept.token)).toBe(true)
  })

  test('of mailboxes without end revoke all of the account, and take no more room', async () => {
    const kept = made()
    const { token } = await kept.table.signUrl({ ref: SENT, rump: RUMP })
    for (let at = 0; at < 1_000; at++) await kept.table.resetUrlKeys(ref('joe', `m${at}`))
    expect(await holds(kept.table, SENT, token)).toBe(true)
    const revoked = await kept.table.signUrl({ ref: ref('joe', 'm7'), rump: RUMP })
    await kept.table.resetUrlKeys(ref('joe', 'one more'))
    expect(await holds(kept.table, SENT, token)).toBe(false)
    expect(await holds(kept.table, ref('joe', 'm7'), revoked.token)).toBe(false)
    expect(kept.saved.accounts).toEqual([{ account: 'joe', all: 1, mailboxes: [] }])
  })
})
