import type { LookupTables } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { describe, expect, test } from 'vitest'
import { findLogin, type LoginFacts } from './logins.js'

/** As in sasl_passwd; a table that is away throws nothing, it says so. */
const TABLE: { readonly [key: string]: string } = {
  'smtp.example.net': 'host:secret',
  '[smtp.example.org]:587': 'nexthop:se:cret',
  'alice@home.test': 'alice:hers',
  '@work.test': 'work:theirs',
  'open.example': '',
  'odd.example': 'no colon',
}
const tables: LookupTables = {
  async lookup({ table, key }) {
    if (table === 'away') return { kind: 'tryAgain', reason: 'away' }
    const value = TABLE[key]
    return value === undefined ? { kind: 'notFound' } : { kind: 'found', value }
  },
}

async function login(facts: Partial<LoginFacts>, names: readonly string[] = ['x']): Promise<string> {
  const whole = { nexthop: '[smtp.example.org]:587', host: 'smtp.example.org', ...facts }
  const found = await runFlow(findLogin(names, whole), performer([tables]), new AbortController().signal)
  if (found.kind !== 'found' || found.credentials.kind !== 'password') return found.kind
  return `${found.credentials.user} ${found.credentials.password}`
}

describe('[C4] logins at other servers, in the order of smtp_sasl_password_maps', () => {
  test.each<[string, Partial<LoginFacts>, string]>([
    ['by the nexthop as it stands; a password may have colons', {}, 'nexthop se:cret'],
    ['by the host, which comes first', { host: 'smtp.example.net' }, 'host secret'],
    ['by the sender, before both', { host: 'smtp.example.net', sender: 'alice@home.test' }, 'alice hers'],
    ['by the sender’s domain', { sender: 'bob@work.test' }, 'work theirs'],
    ['a sender without a login of his own', { sender: 'bob@home.test' }, 'nexthop se:cret'],
    ['a report has no sender', { sender: '' }, 'nexthop se:cret'],
    ['nobody logs in there', { host: 'open.example' }, 'none'],
    ['what is no login', { host: 'odd.example' }, 'none'],
    ['nobody said anything of it', { nexthop: 'example.com', host: 'mx.example.com' }, 'none'],
  ])('%s', async (_, facts, expected) => {
    expect(await login(facts)).toBe(expected)
  })

  test('a table that is away: nothing is sent without a login that there may be', async () => {
    expect(await login({}, ['away', 'x'])).toBe('unavailable')
  })
})
