import { accountId, INBOX, latin1, type MailStore, uid } from '@mailwright/core'
import { IMAP_LIMITS } from '@mailwright/imap'
import { createMemoryStore } from '@mailwright/store-memory'
import { VirtualClock } from '@mailwright/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TestClient } from './client.js'

const FRED = accountId('fred')
const SIGNAL = new AbortController().signal
const STORED = 'From: a@example.com\r\nSubject: stored\r\n\r\nThe body of a stored message.\r\n'
const HEADER = STORED.indexOf('\r\n\r\n') + 4

/** A part of CATENATE: its octets, and what names them on the wire. */
type Part = { readonly octets: string; readonly wire: string }

/** No NUL: a plain literal holds none. */
const octets = fc.string({
  unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 150,
})
const text: fc.Arbitrary<Part> = octets.map((octets) => ({ octets, wire: `TEXT {${octets.length}+}\r\n${octets}` }))
const range = fc.option(fc.record({ start: fc.nat(80), count: fc.integer({ min: 1, max: 80 }) }))
const url: fc.Arbitrary<Part> = fc.tuple(fc.constantFrom('', 'HEADER', 'TEXT'), range).map(([section, range]) => {
  const whole = section === '' ? STORED : section === 'HEADER' ? STORED.slice(0, HEADER) : STORED.slice(HEADER)
  const partial = range === null ? '' : `/;PARTIAL=${range.start}.${range.count}`
  const octets = range === null ? whole : whole.slice(range.start, range.start + range.count)
  return { octets, wire: `URL "/INBOX/;UID=1${section === '' ? '' : `/;SECTION=${section}`}${partial}"` }
})
const catenated: fc.Arbitrary<Part> = fc.array(fc.oneof(text, url), { minLength: 1, maxLength: 6 }).map((parts) => ({
  octets: parts.map((part) => part.octets).join(''),
  wire: `CATENATE (${parts.map((part) => part.wire).join(' ')})`,
}))
const plain: fc.Arbitrary<Part> = octets.map((octets) => ({ octets, wire: `{${octets.length}+}\r\n${octets}` }))
const messages = fc.array(fc.oneof(plain, catenated), { minLength: 1, maxLength: 4 })

/** Small enough that some parts are held and some staged on their own. */
const limits = { afterLogin: { ...IMAP_LIMITS.afterLogin, literal: 60, literalOctets: 200 } }

async function contents(store: MailStore): Promise<string[]> {
  const { mailboxes } = await store.mailboxes({ account: FRED }, SIGNAL)
  const mailbox = mailboxes.find(({ name }) => name === INBOX)?.id
  if (mailbox === undefined) throw new Error('there is no INBOX')
  const ref = { account: FRED, mailbox }
  const snapshot = await store.snapshot(ref, SIGNAL)
  if (snapshot.kind !== 'snapshot') throw new Error('INBOX has no snapshot')
  const found: string[] = []
  for (const number of snapshot.messages.uids) {
    const answer = await store.body({ ...ref, uid: uid(number) }, SIGNAL)
    if (answer.kind !== 'body') throw new Error('a message has no body')
    let octets = ''
    for await (const chunk of answer.body.read()) octets += latin1(chunk)
    found.push(octets)
  }
  return found
}

test('each message of an APPEND is its parts in order, and an empty one takes them all back', async () => {
  await fc.assert(
    fc.asyncProperty(messages, fc.array(fc.nat(2_000), { maxLength: 5 }), async (messages, cuts) => {
      const store = createMemoryStore({ clock: new VirtualClock() })
      const client = new TestClient(store, { limits, switchedOff: ['UTF8=ACCEPT'] })
      await client.send('0 LOGIN fred secret\r\n')
      await client.send(`1 APPEND INBOX {${STORED.length}+}\r\n${STORED}\r\n`)
      const command = `2 APPEND INBOX ${messages.map(({ wire }) => wire).join(' ')}\r\n`
      let at = 0
      for (const cut of [...cuts].sort((a, b) => a - b)) {
        if (cut <= at || cut >= command.length) continue
        await client.send(command.slice(at, cut))
        at = cut
      }
      await client.send(command.slice(at))
      await client.send('3 NOOP\r\n')
      const isTaken = messages.every(({ octets }) => octets !== '')
      expect(client.output).toMatch(isTaken ? /^2 OK \[APPENDUID /m : /^2 NO Can't save a zero byte message/m)
      expect(client.output).toMatch(/^3 OK /m)
      const expected = isTaken ? [STORED, ...messages.map(({ octets }) => octets)] : [STORED]
      expect(await contents(store)).toEqual(expected)
      expect(client.events.filter(({ name }) => name === 'engineFault' || name === 'adapterFault')).toEqual([])
    }),
    { numRuns: 200 },
  )
}, 60_000)
