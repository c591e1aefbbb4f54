import type { MailboxRef } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, type World } from '../world.js'

/**
 *     objectid = 1*255(ALPHA / DIGIT / "_" / "-")
 *
 * RFC 8474 §7.
 */
const OBJECT_ID = /^[A-Za-z0-9_-]{1,255}$/

const QUESTION = 'Message-ID: <question@example.org>\r\nSubject: law\r\n\r\nWhy?\r\n'
const ANSWER =
  'Message-ID: <answer@example.org>\r\nIn-Reply-To: <question@example.org>\r\nSubject: Re: law\r\n\r\nSo.\r\n'

/** Ids of mailboxes, messages and threads. A store that gives none has no such columns. */
export const objectIdLaws: readonly ComplianceCase[] = [
  objectIdLaw('objectid/have-their-form', 'RFC 8474 §4, §7', async (w) => {
    const inbox = await w.inbox()
    await w.create('Archive')
    const uids = await w.append(inbox, {}, { wire: '\r\n' })
    for (const { id } of await w.entries()) w.check.ok(OBJECT_ID.test(id), `mailbox id ${id}`)
    for (const { email, thread } of await idsOf(w, inbox, uids)) {
      w.check.ok(OBJECT_ID.test(email), `email id ${email}`)
      w.check.ok(thread === null || OBJECT_ID.test(thread), `thread id ${thread}`)
    }
  }),

  objectIdLaw('objectid/differ-with-the-content', 'RFC 8474 §5.1', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {}, { wire: '\r\n' }, { wire: 'A: b\r\n\r\n' })
    const emails = (await idsOf(w, inbox, uids)).map(({ email }) => email)
    w.check.equal(new Set(emails).size, uids.length, 'as many email ids as messages')
  }),

  objectIdLaw('objectid/go-with-copy-and-move', 'RFC 8474 §5.1, §5.2', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const uids = await w.append(inbox, {}, {})
    const before = await idsOf(w, inbox, uids)
    await w.flag(inbox, uids, { mode: 'add', flags: { system: 1, keywords: [] } })
    w.check.equal(await idsOf(w, inbox, uids), before, 'ids after flags changed')
    await w.store.copy({ ...inbox, uids: list(uids), to: archive.mailbox }, NEVER)
    w.check.equal(await idsOf(w, archive, await w.uids(archive)), before, 'ids of the copies')
    await w.store.move({ ...inbox, uids: list(uids), to: archive.mailbox }, NEVER)
    const moved = (await w.uids(archive)).slice(uids.length)
    w.check.equal(await idsOf(w, archive, moved), before, 'ids of what was moved')
  }),

  objectIdLaw('objectid/threads-hold-together', 'RFC 8474 §5.2', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, { wire: QUESTION }, { wire: ANSWER }, {})
    const [question, answer, other] = (await idsOf(w, inbox, uids)).map(({ thread }) => thread)
    w.check.equal(answer, question, 'an answer is of the thread it answers')
    w.check.ok(other === null || other !== question, 'and another message is not')
  }),
]

function objectIdLaw(id: string, source: string, prove: (w: World) => Promise<void>): ComplianceCase {
  return law(id, source, async (w) => {
    if (w.store.supports.objectIds === true) return prove(w)
    const inbox = await w.inbox()
    const { pages } = await w.fetch(inbox, await w.append(inbox, {}), ['emailId', 'threadId'])
    for (const { emailIds, threadIds } of pages) {
      w.check.equal([emailIds, threadIds], [undefined, undefined], 'a store without object ids tells none')
    }
  })
}

interface Ids {
  readonly email: string
  readonly thread: string | null
}

async function idsOf(w: World, at: MailboxRef, uids: readonly number[]): Promise<Ids[]> {
  const { pages } = await w.fetch(at, uids, ['emailId', 'threadId'])
  const emails = pages.flatMap((page) => page.emailIds ?? [])
  const threads = pages.flatMap((page) => page.threadIds ?? [])
  w.check.equal([emails.length, threads.length], [uids.length, uids.length], 'each message has its ids')
  return emails.map((email, at) => ({ email, thread: threads[at] ?? null }))
}
