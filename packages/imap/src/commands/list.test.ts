import { accountId, fromLatin1, latin1, type MailboxName, mailboxId, mailboxName } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { createImapServer } from '../server.js'

const PEER = { address: '192.0.2.1', port: 49152, localAddress: '192.0.2.2', localPort: 143 }

/** Runs commands against an account of so many mailboxes; counts the turns that are given to others. */
function run(commands: string, count: number): { readonly turns: number; readonly output: string } {
  const supports = { hierarchy: true, keywords: true, durable: false }
  const engine = createImapServer({ peer: PEER, supports, passwords: 'anywhere' })
  const mailboxes = Array.from({ length: count }, (_, at) => ({
    id: mailboxId(`${at}`),
    name: named(`folder${at}${'a'.repeat(100)}`),
    isSelectable: true,
    specialUse: [],
    isSubscribed: true,
  }))
  let turns = 0
  let output = ''
  engine.receive(fromLatin1(commands))
  for (let effect = engine.next(); effect !== undefined; effect = engine.next()) {
    if (effect.kind === 'yield') turns++
    if (effect.kind === 'write') output += latin1(effect.bytes)
    if (effect.kind !== 'call') continue
    const isLogin = effect.call.call === 'verifyPassword'
    const ok = isLogin ? { kind: 'accepted', user: 'a', account: accountId('a') } : { mailboxes, subscribedOnly: [] }
    engine.complete(effect.id, { ok })
  }
  return { turns, output }
}

function named(text: string): MailboxName {
  const result = mailboxName(text)
  return 'name' in result ? result.name : expect.fail(result.bad)
}

describe('LIST and LSUB of a pattern that is dear and matches nothing', () => {
  test.each(['LIST', 'LSUB'])('%s gives others their turn', (verb) => {
    const { turns, output } = run(`0 LOGIN a b\r\n1 ${verb} "" "${'*a'.repeat(31)}*b"\r\n`, 1_000)
    expect(output).toMatch(/^1 OK /m)
    expect(output).not.toContain(`* ${verb}`)
    expect(turns).toBeGreaterThan(10)
  })
  test('a pattern longer than every name is not even tried', () => {
    const { output } = run(`0 LOGIN a b\r\n1 LIST "" "*${'a'.repeat(60_000)}*"\r\n`, 1_000)
    expect(output).toMatch(/^1 OK /m)
  })
})
