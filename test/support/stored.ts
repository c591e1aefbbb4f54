import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Appliance } from './appliance.js'
import { imap, imapSession } from './dialogue.js'

/** A message as the store has it. */
export interface Stored {
  readonly uid: number
  readonly subject: string
  /** Sorted; without `\Recent`, which is nobody's property. */
  readonly flags: readonly string[]
  /** With CRLF, octets as latin1. */
  readonly message: string
}

/**
 * What is in a mailbox, by a session of its own, in the order of UIDs. Where the store is a Maildir, its files say the same, or the test fails.
 *
 * @param mailbox as it is spelled on the wire.
 */
export async function stored(site: Appliance, user: string, mailbox = 'INBOX'): Promise<readonly Stored[]> {
  const wire = await imapSession(site.port('imap'), user, site.password(user))
  try {
    const [answer] = (await imap(wire, `e EXAMINE "${mailbox}"`)).slice(-1)
    if (!answer?.startsWith('e OK')) throw new Error(`${mailbox} is not to be seen: ${answer}`)
    const responses = await imap(wire, 'f UID FETCH 1:* (FLAGS BODY.PEEK[])')
    const messages = responses.flatMap((response) => message(response) ?? [])
    const folder = maildirFolder(site.maildir(user), mailbox)
    if (existsSync(folder)) expect(files(folder)).toEqual(messages.map(asFile).sort(byText))
    return messages
  } finally {
    wire.destroy()
  }
}

/** Flags by subject. */
export async function storedFlags(
  site: Appliance,
  user: string,
  mailbox = 'INBOX',
): Promise<{ readonly [subject: string]: string }> {
  const messages = await stored(site, user, mailbox)
  return Object.fromEntries(messages.map(({ subject, flags }) => [subject, flags.join(' ')]))
}

/** Names of all mailboxes of a user, as they are spelled on the wire, sorted. */
export async function storedMailboxes(site: Appliance, user: string): Promise<readonly string[]> {
  const wire = await imapSession(site.port('imap'), user, site.password(user))
  try {
    const responses = await imap(wire, 'l LIST "" "*"')
    return responses.flatMap((line) => /^\* LIST \([^)]*\) "\/" "?(.*?)"?$/.exec(line)?.[1] ?? []).sort()
  } finally {
    wire.destroy()
  }
}

/** Flags as IMAP writes them, in one order. `\Recent` is left out: it is a session's, not the message's. */
export function lastingFlags(text: string): readonly string[] {
  const flags = text.split(' ')
  return flags.filter((flag) => flag !== '' && flag !== '\\Recent').sort()
}

function message(response: string): Stored | undefined {
  const [, items, octets] = /^\* \d+ FETCH \(([^{]*) BODY\[\] \{\d+\}\r\n([\s\S]*)\)$/.exec(response) ?? []
  if (items === undefined || octets === undefined) return undefined
  return {
    uid: Number(/UID (\d+)/.exec(items)?.[1]),
    subject: /^Subject: (.*)\r$/m.exec(octets)?.[1] ?? '',
    flags: lastingFlags(/FLAGS \(([^)]*)\)/.exec(items)?.[1] ?? ''),
    message: octets,
  }
}

/** Letters of a Maildir's file names. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['D', '\\Draft'],
  ['F', '\\Flagged'],
  ['R', '\\Answered'],
  ['S', '\\Seen'],
  ['T', '\\Deleted'],
])

/** A message's file: what both sides of the comparison have in common. */
function asFile({ flags, message }: Stored): string {
  return `${flags.filter((flag) => flag.startsWith('\\')).join(' ')}\n${message}`
}

function files(folder: string): readonly string[] {
  return ['cur', 'new']
    .flatMap((part) => readdirSync(join(folder, part)).map((name) => join(folder, part, name)))
    .map((path) => {
      const letters = /:2,([A-Za-z]*)$/.exec(path)?.[1] ?? ''
      const flags = [...letters].flatMap((letter) => LETTERS.get(letter) ?? []).sort()
      return `${flags.join(' ')}\n${readFileSync(path, 'latin1').replaceAll(/\r?\n/g, '\r\n')}`
    })
    .sort(byText)
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Maildir++: mailboxes are folders beside each other. */
function maildirFolder(maildir: string, mailbox: string): string {
  return mailbox === 'INBOX' ? maildir : join(maildir, `.${mailbox.replaceAll('/', '.')}`)
}
