import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accountId, type MailboxId, type UrlAuthority } from '@mailwright/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SetupError } from '../setup-error.js'
import { openUrlAuthority } from './key-file.js'

const SIGNAL = new AbortController().signal
const RUMP = 'imap://joe@example.com/INBOX/;uid=1;urlauth=anonymous'
// Ids are the store's: any text will do here.
const INBOX = { account: accountId('joe'), mailbox: '1' as MailboxId }

let folder = ''
let file = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-urls-'))
  file = join(folder, 'keys')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function isValid(authority: UrlAuthority, token: string): Promise<boolean> {
  return (await authority.verifyUrl({ ref: INBOX, rump: RUMP, token }, SIGNAL)).isValid
}

test('is made for this user alone, and URLs stay authorised when it is opened again', async () => {
  const { token } = await (await openUrlAuthority(file)).signUrl({ ref: INBOX, rump: RUMP }, SIGNAL)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await isValid(await openUrlAuthority(file), token)).toBe(true)
})

test('holds every reset once it is acknowledged, also of many at a time', async () => {
  const authority = await openUrlAuthority(file)
  const { token } = await authority.signUrl({ ref: INBOX, rump: RUMP }, SIGNAL)
  const mailboxes = Array.from({ length: 20 }, (_, at) => ({ ...INBOX, mailbox: `${at + 2}` as MailboxId }))
  await Promise.all([...mailboxes, INBOX].map((each) => authority.resetUrlKeys(each, SIGNAL)))
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    accounts: [{ account: 'joe', all: 0, mailboxes: [...mailboxes, INBOX].map(({ mailbox }) => [mailbox, 1]) }],
  })
  expect(readdirSync(folder)).toEqual(['keys'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await isValid(await openUrlAuthority(file), token)).toBe(false)
})

test('a reset that cannot be written is no reset, and the next one is tried', async () => {
  const authority = await openUrlAuthority(file)
  rmSync(folder, { recursive: true })
  await expect(authority.resetUrlKeys(INBOX, SIGNAL)).rejects.toThrow('ENOENT')
  folder = mkdtempSync(join(tmpdir(), 'mailwright-urls-'))
})

test.each([
  ['nothing', ''],
  ['no JSON', 'keys'],
  ['another thing', '{"a":1}'],
  ['a secret that is too short', '{"secret":"YQ==","accounts":[]}'],
  ['counters that are none', `{"secret":"${'A'.repeat(44)}","accounts":[{"account":"a","all":"1","mailboxes":[]}]}`],
])('with %s in it is refused, and left alone', async (_, content) => {
  writeFileSync(file, content)
  await expect(openUrlAuthority(file)).rejects.toThrow(SetupError)
  expect(readFileSync(file, 'utf8')).toBe(content)
})

test('in a folder that is not there is refused in one sentence', async () => {
  await expect(openUrlAuthority(join(folder, 'nowhere', 'keys'))).rejects.toThrow(
    /keys cannot be used for the keys of URLs \(ENOENT\)$/,
  )
})
