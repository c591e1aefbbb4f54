import { fromUtf8, type MessageDigest } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, octets, type World } from '../world.js'
import { LETTERS } from './letters.js'

const MULTIPART = [
  'From: "A. U. Thor" <author@example.org>',
  'To: a@example.org, Group: b@example.org, c@example.org;',
  'Date: Mon, 1 Jul 2019 08:30:00 +0200',
  'Message-ID: <1@example.org>',
  'In-Reply-To: <0@example.org>',
  'References: <00@example.org> <0@example.org>',
  'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="b"',
  '',
  'preamble',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'text',
  '--b',
  'Content-Type: message/rfc822',
  '',
  'Subject: inner',
  '',
  'inner text',
  '--b--',
  'epilogue',
  '',
].join('\r\n')

/** Digests are computed once, of what arrived. */
export const digestLaws: readonly ComplianceCase[] = [
  law('digest/that-of-the-octets', 'MessageDigest', async (w) => {
    const inbox = await w.inbox()
    const wires = [octets(MULTIPART), ...LETTERS.map(([, wire]) => octets(wire))]
    const uids = await w.append(inbox, ...wires.map((wire) => ({ wire })))
    const { pages } = await w.fetch(inbox, uids, ['digest'])
    const digests = pages.flatMap((page) => page.digests ?? [])
    for (const [at, wire] of wires.entries()) {
      w.check.equal(digests[at], w.fixture.digest([wire]), `digest of message ${at}`)
    }
  }),

  law('digest/whatever-the-chunks', 'MessageDigest', async (w) => {
    const wire = octets(MULTIPART)
    const expected = w.fixture.digest([wire])
    for (const size of [1, 7, 100]) {
      const chunks = Array.from({ length: Math.ceil(wire.length / size) }, (_, at) =>
        wire.slice(at * size, (at + 1) * size),
      )
      async function* body(): AsyncIterable<Uint8Array> {
        yield* chunks
      }
      const result = await w.store.stage({ account: w.alice, body: body() }, NEVER)
      const { staged } = w.check.kind(result, 'staged', 'a message is staged')
      const found = w.check.kind(await w.store.staged({ staged }, NEVER), 'staged', 'it is found')
      w.check.equal(found.digest, expected, `digest from chunks of ${size}`)
      await w.discard([staged])
    }
  }),

  law('digest/kept-by-copy-and-move', 'MailStore.copy', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const expected = w.fixture.digest([fromUtf8(MULTIPART)])
    const [one = 0, two = 0] = await w.append(inbox, { wire: MULTIPART }, { wire: MULTIPART })
    await w.store.copy({ ...inbox, uids: list([one]), to: archive.mailbox }, NEVER)
    await w.store.move({ ...inbox, uids: list([two]), to: archive.mailbox }, NEVER)
    const digests = await digestsOf(w, await w.uids(archive))
    w.check.equal(digests, [expected, expected], 'digests of the copy and of the moved message')
  }),
]

async function digestsOf(w: World, uids: readonly number[]): Promise<MessageDigest[]> {
  const { pages } = await w.fetch(await w.at('Archive'), uids, ['digest'])
  return pages.flatMap((page) => page.digests ?? [])
}
