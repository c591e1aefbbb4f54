import { accountId, CORE_LIMITS, INBOX, mailboxId, modSeq, type Outcome, uid } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { createPop3Server, type Pop3Call } from '../src/index.js'
import { run } from './bare-engine.js'

const MESSAGES = 100_000
const PAGE = 4_096

const UIDS = Uint32Array.from({ length: MESSAGES }, (_, at) => at + 1)

/** A store whose INBOX holds 100,000 messages of 1,000 octets. */
function answer(call: Pop3Call): Outcome {
  switch (call.call) {
    case 'verifyPassword':
      return { ok: { kind: 'accepted', user: 'robin', account: accountId('robin') } }
    case 'lockMaildrop':
      return { ok: { kind: 'locked' } }
    case 'mailboxes': {
      const inbox = { id: mailboxId('m'), name: INBOX, isSelectable: true, specialUse: [], isSubscribed: true }
      return { ok: { mailboxes: [inbox], subscribedOnly: [] } }
    }
    case 'snapshot': {
      const messages = { uids: UIDS, system: new Uint8Array(MESSAGES), keywordNames: [], words: 0 }
      return {
        ok: {
          kind: 'snapshot',
          uidValidity: 1,
          uidNext: uid(MESSAGES + 1),
          highestModSeq: modSeq(1),
          messages: { ...messages, keywordBits: new Uint32Array() },
        },
      }
    }
    case 'fetch': {
      const from = call.args.cursor ?? 0
      const uids = UIDS.subarray(from, from + PAGE)
      const next = from + PAGE
      const octets = new Float64Array(uids.length).fill(1_000)
      return { ok: { kind: 'page', uids, octets, cursor: next < MESSAGES ? next : null } }
    }
    default:
      return { fault: new Error(`nobody expected ${call.call}`) }
  }
}

function loggedIn(): ReturnType<typeof createPop3Server> {
  const peer = { address: '192.0.2.7', port: 1, localAddress: '192.0.2.1', localPort: 110 }
  const engine = createPop3Server({ peer, session: 'one', allowPlaintext: true })
  const { writes } = run(engine, 'USER robin\r\nPASS robin\r\n', answer)
  expect(writes.join('')).toContain(`+OK maildrop has ${MESSAGES} messages (100000000 octets)\r\n`)
  return engine
}

describe('a maildrop of 100,000 messages', () => {
  test.each([
    ['LIST', '+OK 100000 messages (100000000 octets)', '100000 1000'],
    ['UIDL', '+OK', '100000 000186a000000001'],
  ])(
    '%s comes in writes of bounded size, and lets other sessions have their turn between them',
    (command, head, last) => {
      const { writes, effects } = run(loggedIn(), `${command}\r\n`, answer)
      const lines = writes.join('').split('\r\n')
      expect(lines).toHaveLength(MESSAGES + 3)
      expect(lines[0]).toBe(head)
      expect(lines.slice(-3)).toEqual([last, '.', ''])
      for (const write of writes) expect(write.length).toBeLessThan(CORE_LIMITS.writeBatch + 64)
      expect(effects.filter(({ kind }) => kind === 'yield').length).toBeGreaterThanOrEqual(writes.length - 1)
    },
  )

  test('a peer that does not read stops the list: nothing is made in advance', () => {
    const engine = loggedIn()
    engine.receive(new TextEncoder().encode('LIST\r\nLIST\r\nLIST\r\n'))
    const first = engine.next()
    expect(first?.kind === 'write' && first.bytes.length < CORE_LIMITS.writeBatch + 64).toBe(true)
    expect(engine.wantsInput).toBe(false)
  })
})
