import { writeSync } from 'node:fs'
import { accountId, fromLatin1, INBOX, type MailboxRef } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { createMaildirStore } from '../src/index.js'

/** Appends, expunges and moves without end and says on standard output what was acknowledged; somebody will kill it. */
async function main(root: string, round: string): Promise<void> {
  const store = await createMaildirStore({ root, clock: systemClock })
  const account = accountId('alice')
  const never = new AbortController().signal
  const { mailboxes } = await store.mailboxes({ account }, never)
  const at = (name: string): MailboxRef => {
    const found = mailboxes.find((entry) => entry.name === name)
    if (found === undefined) throw new Error(`no mailbox ${name}`)
    return { account, mailbox: found.id }
  }
  const inbox = at(INBOX)
  const archive = at('Archive')
  // One write for each line: what the parent reads was acknowledged before the process died.
  const say = (...words: readonly (string | number)[]): void => void writeSync(1, `${words.join(' ')}\n`)
  let count = 0

  const append = async (size: number): Promise<readonly { readonly id: string; readonly uid: number }[]> => {
    const ids = Array.from({ length: size }, () => `${round}-${++count}`)
    say('begin', ...ids)
    const messages = []
    for (const id of ids) {
      const body = async function* () {
        yield fromLatin1(`Message-ID: <${id}>\r\n`)
        yield fromLatin1(`\r\n${'x'.repeat(count % 3_000)}\r\nend of ${id}\r\n`)
      }
      const staged = await store.stage({ account, body: body() }, never)
      if (staged.kind !== 'staged') throw new Error(staged.kind)
      messages.push({ staged: staged.staged, flags: { system: 0, keywords: [] }, internalDate: Date.now() })
    }
    const answer = await store.append({ ...inbox, messages }, never)
    if (answer.kind !== 'appended') throw new Error(answer.kind)
    say('appended', answer.uidValidity, ...ids.flatMap((id, place) => [id, answer.uids[place] ?? 0]))
    await store.discard({ staged: messages.map((message) => message.staged) }, never)
    return ids.map((id, place) => ({ id, uid: answer.uids[place] ?? 0 }))
  }

  const work = async (lane: number): Promise<void> => {
    for (let turn = lane; ; turn++) {
      const made = await append(turn % 5 === 0 ? 4 : 1)
      const [first] = made
      if (first === undefined) continue
      const uids = Uint32Array.of(first.uid)
      if (turn % 7 === 0) {
        say('expunging', first.id)
        await store.expunge({ ...inbox, uids, regardless: true }, never)
        say('expunged', first.id)
      } else if (turn % 7 === 3) {
        say('moving', first.id)
        await store.move({ ...inbox, uids, to: archive.mailbox }, never)
        say('moved', first.id)
      }
    }
  }
  await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(work))
}

const [root = '', round = ''] = process.argv.slice(2)
await main(root, round)
