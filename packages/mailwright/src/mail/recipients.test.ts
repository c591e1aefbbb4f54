import { staticAuthenticator } from '@mailwright/auth'
import { parseMailbox } from '@mailwright/smtp'
import { describe, expect, test } from 'vitest'
import { Recipients } from './recipients.js'

const recipients = Recipients.of(staticAuthenticator({ bob: 'x', root: 'x', 'ana@second.example': 'x' }), {
  domains: ['Site.example', 'second.example'],
  postmaster: 'root',
})

async function find(address: string): Promise<string> {
  const mailbox = parseMailbox(address)
  if (mailbox === undefined) throw new Error(`no address: ${address}`)
  const answer = await recipients.find(mailbox, new AbortController().signal)
  return answer.kind === 'local' ? answer.account : answer.kind
}

describe('users behind addresses', () => {
  test.each([
    ['bob@site.example', 'bob'],
    ['bob@SECOND.example', 'bob'],
    ['bob+lists@site.example', 'bob'],
    ['ana@second.example', 'ana@second.example'],
    ['ana@site.example', 'unknownUser'],
    ['bob', 'bob'],
    ['postmaster', 'root'],
    ['Postmaster@second.example', 'root'],
    ['bob@elsewhere.example', 'notOurs'],
    ['bob%elsewhere.example@site.example', 'unknownUser'],
    ['bob%elsewhere.example', 'notOurs'],
    ['"bob@elsewhere.example"@site.example', 'unknownUser'],
  ])('%s: %s', async (address, expected) => {
    expect(await find(address)).toBe(expected)
  })

  test('names without a domain get our first', () => {
    expect(recipients.qualify({ localPart: 'a b', domain: null })).toEqual({ localPart: 'a b', domain: 'site.example' })
    expect(recipients.qualify({ localPart: 'bob', domain: 'x.example' })).toEqual({
      localPart: 'bob',
      domain: 'x.example',
    })
  })
})
