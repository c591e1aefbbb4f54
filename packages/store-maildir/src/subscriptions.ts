import { join } from 'node:path'
import {
  decodeModifiedUtf7,
  encodeModifiedUtf7,
  HostError,
  INBOX,
  type MailboxName,
  mailboxName,
} from '@mailwright/core'
import type { StoreContext } from './context.js'
import { readText } from './disk.js'
import { editUnderLock } from './dotlock.js'

/** Begins a file of Dovecot 2.3 and later: levels are separated by tabs. Without it they are by dots. */
const HEADER = 'V\t2\n\n'

/** An account's subscriptions: the file `subscriptions`, shared with Dovecot. */
export class Subscriptions {
  readonly #context: StoreContext
  readonly #path: string

  constructor(context: StoreContext, folder: string) {
    this.#context = context
    this.#path = join(folder, 'subscriptions')
  }

  async read(): Promise<Set<MailboxName>> {
    const names = new Set<MailboxName>()
    for (const line of linesOf(await readText(this.#path))) {
      const name = nameOf(line)
      if (name !== undefined) names.add(name)
    }
    return names
  }

  /** Durable before it resolves. Lines that name no mailbox of ours stay as they are. */
  async set(name: MailboxName, subscribed: boolean): Promise<void> {
    const wanted = lineOf(name)
    await editUnderLock(this.#context.disk, this.#path, this.#context.limits, (old) => {
      const lines = linesOf(old)
      const others = lines.filter((line) => nameOf(line) !== name)
      const isThere = others.length < lines.length
      if (isThere === subscribed) return undefined
      const all = subscribed ? [...lines, wanted] : others
      return HEADER + all.map((line) => `${line}\n`).join('')
    })
  }
}

/** Lines in the form with tabs, whichever form the file has. */
function linesOf(content: string | undefined): string[] {
  if (content === undefined) return []
  const isTabbed = content.startsWith(HEADER)
  const lines = (isTabbed ? content.slice(HEADER.length) : content).split('\n').filter((line) => line !== '')
  return isTabbed ? lines : lines.map((line) => line.replaceAll('.', '\t'))
}

/** Names stand as in folder names, in modified UTF-7, so nothing in them needs Dovecot's escapes for tabs. */
function lineOf(name: MailboxName): string {
  if (name === INBOX) return INBOX
  const levels = name.split('/').map(encodeModifiedUtf7)
  if (levels.includes(undefined)) throw new HostError('a mailbox name must be Unicode')
  return levels.join('\t')
}

function nameOf(line: string): MailboxName | undefined {
  const levels = line.split('\t').map(decodeModifiedUtf7)
  if (levels.some((level) => level === undefined || level.includes('/'))) return undefined
  const result = mailboxName(levels.join('/'))
  return 'name' in result ? result.name : undefined
}
