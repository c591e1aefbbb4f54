import { accountId, type LookupAnswer } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { describe, expect, test } from 'vitest'
import { readAliasTable } from '../tables/alias-table.js'
import type { Table } from '../tables/table.js'
import { readTextTable } from '../tables/text-table.js'
import { canonicalSender, expandRecipient } from './expand.js'
import { Router } from './router.js'
import { ROUTING_RULES, type RoutingRules } from './rules.js'

const signal = new AbortController().signal

/** A site for tests: tables by their names, users by theirs. */
function site(
  rules: Partial<RoutingRules>,
  tables: { readonly [name: string]: string },
  users: readonly string[] = ['usuario', 'bob'],
): { readonly router: Router; readonly perform: ReturnType<typeof performer> } {
  const read = new Map<string, Table>()
  for (const [name, text] of Object.entries(tables)) {
    read.set(name, (name.startsWith('aliases:') ? readAliasTable(text) : readTextTable(text)).table)
  }
  const adapter = {
    async lookup({ table, key }: { table: string; key: string }): Promise<LookupAnswer> {
      if (table.endsWith(':away')) return { kind: 'tryAgain', reason: 'away' }
      if (table.startsWith('include:')) return { kind: 'found', value: tables[table] ?? '' }
      const value = read.get(table)?.lookup(key)
      return value === undefined ? { kind: 'notFound' } : { kind: 'found', value }
    },
    async lookupUser({ user }: { user: string }) {
      return users.includes(user) ? { kind: 'found', user, account: accountId(user) } : { kind: 'noSuchUser' }
    },
  }
  const router = new Router({
    ...ROUTING_RULES,
    origin: 'site.example',
    destinations: ['site.example', 'localhost'],
    ...rules,
  })
  return { router, perform: performer([adapter]) }
}

type Site = ReturnType<typeof site>

async function expand({ router, perform }: Site, address: string): Promise<readonly string[] | string> {
  const answer = await runFlow(expandRecipient(router, { address }), perform, signal)
  if (answer.kind === 'refused') return `${answer.reply.code} ${answer.reply.enhanced} ${answer.reply.text}`
  return answer.recipients.map(({ recipient, place, sender }) => {
    const by = recipient.originalTo === undefined ? '' : ` for ${recipient.originalTo}`
    return `${recipient.address}${place === 'store' ? ' (store)' : ''}${by}${sender === undefined ? '' : ` from ${sender}`}`
  })
}

async function route({ router, perform }: Site, address: string, reversePath = 'me@d'): Promise<string> {
  const answer = await runFlow(router.route(address, { reversePath }), perform, signal)
  if (answer.kind !== 'route') return `${answer.kind} ${answer.status} ${answer.text}`
  return `${answer.route.transport}:${answer.route.nexthop} ${answer.route.address}`
}

describe('[C16] virtual alias domains, as in seed 004', () => {
  const virtual = site(
    { virtualAliasDomains: ['dominio2', 'dominio3'], virtualAliasMaps: ['hash:virtual'] },
    { 'hash:virtual': 'info@dominio2 usuario\nventas@dominio2 bob, ext@elsewhere.example\n@dominio3 usuario\n' },
  )
  test.each<[string, readonly string[] | string]>([
    ['info@dominio2', ['usuario@site.example (store) for info@dominio2']],
    ['ventas@dominio2', ['bob@site.example (store) for ventas@dominio2', 'ext@elsewhere.example for ventas@dominio2']],
    ['anybody@dominio3', ['usuario@site.example (store) for anybody@dominio3']],
    ['nobody@dominio2', '550 5.1.1 <nobody@dominio2>: Recipient address rejected: User unknown in virtual alias table'],
    ['usuario@site.example', ['usuario@site.example (store)']],
    ['usuario', ['usuario@site.example (store)']],
    [
      'nobody@site.example',
      '550 5.1.1 <nobody@site.example>: Recipient address rejected: User unknown in local recipient table',
    ],
    ['x@elsewhere.example', ['x@elsewhere.example']],
  ])('%s', async (address, expected) => {
    expect(await expand(virtual, address)).toEqual(expected)
  })
})

describe('[C14] aliases', () => {
  const aliases = {
    'aliases:a': `postmaster: root
hostmaster: root
root: usuario
list: bob, far@elsewhere.example, nobody
owner-list: usuario
bob2: \\bob
self: self, bob
usuario: usuario, archive@elsewhere.example
loop1: loop2
loop2: loop1
prog: "|/bin/prog x"
file: /var/mail/x
inc: :include:/etc/list
`,
    'include:/etc/list': 'bob, far@elsewhere.example',
  }
  const plain = site({ aliasMaps: ['aliases:a'] }, aliases)
  const allowing = site({ aliasMaps: ['aliases:a'], aliasesMay: new Set(['command', 'file', 'include']) }, aliases)

  test.each<[string, readonly string[] | string]>([
    [
      'hostmaster',
      [
        'usuario@site.example (store) for hostmaster@site.example',
        'archive@elsewhere.example for hostmaster@site.example',
      ],
    ],
    [
      'HostMaster@SITE.example',
      [
        'usuario@site.example (store) for HostMaster@site.example',
        'archive@elsewhere.example for HostMaster@site.example',
      ],
    ],
    ['usuario', ['usuario@site.example (store)', 'archive@elsewhere.example for usuario@site.example']],
    [
      'list',
      [
        'bob@site.example (store) for list@site.example from owner-list@site.example',
        'far@elsewhere.example for list@site.example from owner-list@site.example',
        'nobody@site.example for list@site.example from owner-list@site.example',
      ],
    ],
    ['bob2', ['bob@site.example (store) for bob2@site.example']],
    ['loop1', ['loop1@site.example']],
  ])('%s', async (address, expected) => {
    expect(await expand(plain, address)).toEqual(expected)
  })

  test('commands, files and included lists, where the host allows them', async () => {
    expect(await expand(allowing, 'prog')).toEqual([':command:/bin/prog x for prog@site.example'])
    expect(await expand(allowing, 'file')).toEqual([':file:/var/mail/x for file@site.example'])
    expect(await expand(allowing, 'inc')).toEqual([
      'bob@site.example (store) for inc@site.example',
      'far@elsewhere.example for inc@site.example',
    ])
    expect(await route(allowing, ':command:/bin/prog x')).toBe('command:/bin/prog x :command:/bin/prog x')
    expect(await route(allowing, ':file:/var/mail/x')).toBe('file:/var/mail/x :file:/var/mail/x')
    const filtered = allowing.router.route(':command:/bin/prog x', {
      reversePath: '',
      filter: 'scan:[127.0.0.1]:10025',
    })
    expect(await runFlow(filtered, allowing.perform, signal)).toMatchObject({ kind: 'failed', status: '5.3.5' })
    expect(await route(plain, ':command:/bin/prog x')).toBe('failed 5.7.1 mail to command is restricted')
  })

  test('what a peer writes is never a command', async () => {
    expect(await expand(allowing, '|/bin/prog')).toBe(
      '550 5.1.1 <|/bin/prog@site.example>: Recipient address rejected: User unknown in local recipient table',
    )
  })

  test.each([
    ['|prog@far.example', 'smtp:far.example |prog@far.example'],
    ['/etc/passwd@far.example', 'smtp:far.example /etc/passwd@far.example'],
    ['":command:/bin/prog"@far.example', 'smtp:far.example ":command:/bin/prog"@far.example'],
    [':command:/bin/prog@far.example', 'smtp:far.example ":command:/bin/prog"@far.example'],
    ['":command:/bin/prog"', 'local:site.example ":command:/bin/prog"@site.example'],
  ])('what looks like a command is an address: %s', async (address, expected) => {
    const everybody = site({ aliasesMay: new Set(['command', 'file']) }, {}, [':command:/bin/prog'])
    const finals = await expand(everybody, address)
    const [to = ''] = String(finals).split(/ (?:for|\(store\))/)
    expect(await route(everybody, to)).toBe(expected)
  })

  test('no table makes a command of an address', async () => {
    const tables = site(
      {
        virtualAliasMaps: ['hash:v'],
        canonicalMaps: ['hash:c'],
        aliasMaps: ['aliases:a'],
        luserRelay: ':command:/bin/e',
        aliasesMay: new Set(['command']),
      },
      {
        'hash:v': 'a@x.example :command:/bin/a\n',
        'hash:c': 'b@x.example :command:/bin/b\n',
        'aliases:a': 'c: :command:/bin/c\n',
      },
    )
    for (const address of ['a@x.example', 'b@x.example', 'c', 'nobody']) {
      expect([address, String(await expand(tables, address)).startsWith(':')]).toEqual([address, false])
    }
  })

  test('a list without an end', async () => {
    const wild = site({ virtualAliasMaps: ['hash:v'] }, { 'hash:v': '@x.example @sub.x.example\n' })
    expect(await expand(wild, 'a@x.example')).toEqual(['a@sub.x.example for a@x.example'])
    const many = site(
      { aliasMaps: ['aliases:a'] },
      { 'aliases:a': `all: ${Array.from({ length: 1_200 }, (_, at) => `u${at}@y`).join(', ')}\n` },
    )
    expect(await expand(many, 'all')).toBe('451 4.3.0 Temporary lookup failure')
  })

  test('what leads back is delivered once, and nothing is lost', async () => {
    const round = site(
      { virtualAliasMaps: ['hash:v'], aliasMaps: ['aliases:a'] },
      {
        'hash:v': `a@x.example b@x.example
b@x.example a@x.example
c@x.example d@x.example
d@x.example c@x.example, out@far.example
half@x.example a@x.example, out@far.example
bob@site.example bob@site.example, copy@far.example
news@site.example news@site.example, log@far.example
`,
        'aliases:a': 'news: usuario\nbob: bob, second@far.example\nping: pong\npong: ping\n',
      },
    )
    expect(await expand(round, 'a@x.example')).toBe('451 4.3.0 Temporary lookup failure')
    // Part of a list leads nowhere: all of it waits, nothing is left out.
    expect(await expand(round, 'half@x.example')).toBe('451 4.3.0 Temporary lookup failure')
    // A circle with a way out is no matter.
    expect(await expand(round, 'c@x.example')).toEqual(['out@far.example for c@x.example'])
    // Virtual aliases are over; the user's own aliases are not.
    expect(await expand(round, 'news')).toEqual([
      'usuario@site.example (store) for news@site.example',
      'log@far.example for news@site.example',
    ])
    expect(await expand(round, 'bob')).toEqual([
      'bob@site.example (store)',
      'second@far.example for bob@site.example',
      'copy@far.example for bob@site.example',
    ])
    // Nobody is called so: it stays in the queue and bounces.
    expect(await expand(round, 'ping')).toEqual(['ping@site.example'])
  })

  test('a list that comes to nobody is refused, not lost', async () => {
    const empty = site(
      { aliasMaps: ['aliases:a'], virtualAliasMaps: ['hash:v'] },
      {
        'aliases:a': 'prog: "|/bin/prog"\ninc: :include:/etc/list\nhole: (nothing)\n',
        'hash:v': 'x@site.example /etc/passwd\n',
      },
    )
    expect(await expand(empty, 'prog')).toBe(
      '550 5.7.1 <prog@site.example>: Recipient address rejected: mail to command is restricted',
    )
    expect(await expand(empty, 'inc')).toBe(
      '550 5.7.1 <inc@site.example>: Recipient address rejected: mail to include is restricted',
    )
    expect(await expand(empty, 'hole')).toBe(
      '550 5.2.4 <hole@site.example>: Recipient address rejected: mailing list has no members',
    )
    expect(await expand(empty, 'x')).toBe('451 4.3.5 Server configuration error')
  })

  test('addresses that grow without end', async () => {
    const growing = site({ virtualAliasMaps: ['hash:v'] }, { 'hash:v': '' })
    const perform = performer([
      {
        lookup: async ({ key }: { key: string }): Promise<LookupAnswer> => ({ kind: 'found', value: `a.${key}${key}` }),
      },
    ])
    expect(await expand({ ...growing, perform }, 'a@x.example')).toBe('451 4.3.0 Temporary lookup failure')
  })

  test('a table that is away makes mail wait', async () => {
    expect(await expand(site({ aliasMaps: ['hash:away'] }, {}), 'bob')).toBe('451 4.3.0 Temporary lookup failure')
    // Also in the middle of a list: a member that may be an alias must not bounce as nobody's.
    const half = site(
      { virtualAliasMaps: ['hash:v'], aliasMaps: ['hash:away'] },
      { 'hash:v': 'all@site.example bob, news\n' },
    )
    expect(await expand(half, 'all')).toBe('451 4.3.0 Temporary lookup failure')
  })
})

describe('[C5] suffixes', () => {
  const suffixed = site(
    { delimiter: '+', virtualAliasMaps: ['hash:v'], aliasMaps: ['aliases:a'] },
    { 'hash:v': 'joe@site.example bob\njoe+x@site.example usuario\n', 'aliases:a': 'news: bob\n' },
  )
  test.each<[string, readonly string[]]>([
    ['bob+lists', ['bob+lists@site.example (store)']],
    ['joe+y', ['bob+y@site.example (store) for joe+y@site.example']],
    ['joe+x', ['usuario@site.example (store) for joe+x@site.example']],
    ['news+2026', ['bob@site.example (store) for news+2026@site.example']],
  ])('%s', async (address, expected) => {
    expect(await expand(suffixed, address)).toEqual(expected)
  })
})

describe('[C3] names without a domain', () => {
  test.each([
    ['bob', {}, 'bob@site.example'],
    ['bob@host', {}, 'bob@host'],
    ['bob@host', { dotless: 'append', domain: 'Example.org' } as const, 'bob@host.example.org'],
    ['bob@localhost', { dotless: 'append', domain: 'example.org' } as const, 'bob@localhost'],
    ['bob@[192.0.2.1]', { dotless: 'append', domain: 'example.org' } as const, 'bob@[192.0.2.1]'],
    ['bob%far.example', {}, 'bob@far.example'],
    ['far.example!bob', {}, 'bob@far.example'],
    ['a.example!b.example!bob', {}, 'b.example!bob@a.example'],
    ['@a.example,@b.example:bob@far.example', {}, 'bob@far.example'],
    ['"bob%far.example"', {}, 'bob%far.example@site.example'],
    ['bob%far.example@site.example', {}, 'bob%far.example@site.example'],
  ])('%s %o', (address, rules, expected) => {
    const { local, domain } = site(rules, {}).router.qualify(address)
    expect(`${local}@${domain}`).toBe(expected)
  })
})

describe('[C2] [C4] [C12] routes', () => {
  const routed = site(
    {
      virtualMailboxDomains: ['boxes.example'],
      relayDomains: ['relayed.example'],
      virtualAliasDomains: ['names.example'],
      transportMaps: ['hash:t'],
      senderRelayHostMaps: ['hash:s'],
      delimiter: '+',
    },
    {
      'hash:t': `example.com smtp:[gw.example.com]:2525
.example.com :[below.example.com]
user@example.com lmtp:unix:/run/lmtp
blocked.example error:5.1.1 no such place
void.example discard:
half.example relay:
other.example :nexthop.example
`,
      'hash:s': 'boss@d [special.example]\n@d2 [d2.example]\n',
    },
  )
  test.each([
    ['bob@site.example', 'local:site.example bob@site.example'],
    ['a@boxes.example', 'virtual:boxes.example a@boxes.example'],
    ['a@relayed.example', 'relay:relayed.example a@relayed.example'],
    ['a@names.example', 'error:5.1.1 User unknown in virtual alias table a@names.example'],
    ['a@elsewhere.example', 'smtp:elsewhere.example a@elsewhere.example'],
    ['a@example.com', 'smtp:[gw.example.com]:2525 a@example.com'],
    ['a@x.y.example.com', 'smtp:[below.example.com] a@x.y.example.com'],
    ['user@example.com', 'lmtp:unix:/run/lmtp user@example.com'],
    ['user+x@example.com', 'lmtp:unix:/run/lmtp user+x@example.com'],
    ['a@blocked.example', 'error:5.1.1 no such place a@blocked.example'],
    ['a@void.example', 'discard:void.example a@void.example'],
    ['a@half.example', 'relay:half.example a@half.example'],
    ['a@other.example', 'smtp:nexthop.example a@other.example'],
  ])('%s', async (address, expected) => {
    expect(await route(routed, address)).toBe(expected)
  })

  test('a relay host, by sender and for all', async () => {
    expect(await route(routed, 'a@elsewhere.example', 'boss@d')).toBe('smtp:[special.example] a@elsewhere.example')
    expect(await route(routed, 'a@elsewhere.example', 'x@d2')).toBe('smtp:[d2.example] a@elsewhere.example')
    expect(await route(site({ relayHost: '[smart]:587' }, {}), 'a@b.example')).toBe('smtp:[smart]:587 a@b.example')
    expect(await route(site({ transportMaps: ['hash:away'] }, {}), 'a@b.example')).toBe(
      'deferred 4.3.0 Temporary lookup failure',
    )
  })

  test('a sender of which the table says DUNNO; the null sender has a key of its own', async () => {
    const picky = site(
      { relayHost: '[smart.example]', senderRelayHostMaps: ['hash:s'] },
      { 'hash:s': 'me@d dunno\n<> [null.example]\n' },
    )
    expect(await route(picky, 'a@b.example', 'me@d')).toBe('smtp:[smart.example] a@b.example')
    expect(await route(picky, 'a@b.example', '')).toBe('smtp:[null.example] a@b.example')
    expect(await route(picky, 'a@b.example', 'you@d')).toBe('smtp:[smart.example] a@b.example')
    expect(await route(site({ senderRelayHostMaps: ['hash:away'] }, {}), 'a@b.example')).toBe(
      'deferred 4.3.0 Temporary lookup failure',
    )
  })

  test('an error without words', async () => {
    expect(await route(site({ transportMaps: ['hash:t'] }, { 'hash:t': 'b.example error:\n' }), 'a@b.example')).toBe(
      'error:Address is undeliverable a@b.example',
    )
  })

  test('a table of last resort', async () => {
    expect(await route(site({ transportMaps: ['hash:t'] }, { 'hash:t': '* smtp:[all.example]\n' }), 'a@b')).toBe(
      'smtp:[all.example] a@b',
    )
  })
})

describe('canonical addresses', () => {
  test('circles make mail wait', async () => {
    const round = site({ canonicalMaps: ['hash:c'] }, { 'hash:c': 'a b\nb a\nself self\n' })
    expect(await expand(round, 'a')).toBe('451 4.3.0 Temporary lookup failure')
    expect(await expand(round, 'self')).toContain('550 5.1.1')
  })

  test('are rewritten before anything else, as often as a table knows them; a domain alone keeps the user', async () => {
    const { router, perform } = site(
      { canonicalMaps: ['hash:c'], recipientCanonicalMaps: ['hash:r'] },
      { 'hash:c': 'bob.builder bob\n@old.example @site.example\n', 'hash:r': 'b@site.example bob.builder\n' },
    )
    expect(await expand({ router, perform }, 'b')).toEqual(['bob@site.example (store) for b@site.example'])
    expect(await expand({ router, perform }, 'bob@old.example')).toEqual([
      'bob@site.example (store) for bob@old.example',
    ])
  })
})

describe('tables of patterns', () => {
  test('are asked for whole addresses only', async () => {
    const asked: string[] = []
    const { router } = site({ delimiter: '+', virtualAliasMaps: ['hash:v', 'pcre:p'], transportMaps: ['regexp:t'] }, {})
    const perform = performer([
      {
        async lookup({ table, key }: { table: string; key: string }): Promise<LookupAnswer> {
          asked.push(`${table} ${key}`)
          return { kind: 'notFound' }
        },
      },
    ])
    await runFlow(expandRecipient(router, { address: 'a+b@far.example' }), perform, signal)
    await runFlow(router.route('a+b@far.example', { reversePath: '' }), perform, signal)
    expect(asked.filter((each) => !each.startsWith('hash:'))).toEqual([
      'pcre:p a+b@far.example',
      'regexp:t a+b@far.example',
    ])
    expect(asked.filter((each) => each.startsWith('hash:'))).toEqual([
      'hash:v a+b@far.example',
      'hash:v a@far.example',
      'hash:v @far.example',
    ])
  })
})

describe('addresses in quotes', () => {
  test('are found as they are written, and as they are meant', async () => {
    const { router, perform } = site(
      { virtualAliasMaps: ['hash:v'], delimiter: '+' },
      { 'hash:v': '"a b"@x.example bob\nc..d@x.example usuario\n"e f"@x.example "g h"@far.example\n' },
    )
    expect(await expand({ router, perform }, '"a b"@x.example')).toEqual([
      'bob@site.example (store) for "a b"@x.example',
    ])
    // Suffixes go within the quotes.
    expect(await expand({ router, perform }, '"e f+i"@x.example')).toEqual([
      '"g h+i"@far.example for "e f+i"@x.example',
    ])
    expect(await expand({ router, perform }, '"c..d"@x.example')).toEqual([
      'usuario@site.example (store) for "c..d"@x.example',
    ])
  })
})

describe('[C3] canonical senders', () => {
  test('by their own table, then by everybody’s; the null sender stays', async () => {
    const { router, perform } = site(
      { canonicalMaps: ['hash:c'], senderCanonicalMaps: ['hash:s'] },
      { 'hash:c': '@old.example @new.example\n', 'hash:s': 'bob Bob.Builder@old.example\n' },
    )
    const of = (address: string) => runFlow(canonicalSender(router, address), perform, signal)
    expect(await of('bob')).toBe('Bob.Builder@new.example')
    expect(await of('x@old.example')).toBe('x@new.example')
    expect(await of('')).toBe('')
    expect(await of('Ann@Elsewhere.Example')).toBe('Ann@Elsewhere.Example')
    expect(
      await runFlow(canonicalSender(site({ canonicalMaps: ['hash:away'] }, {}).router, 'a'), perform, signal),
    ).toBeNull()
  })
})

describe('[C13] who exists', () => {
  test.each([
    ['usuario', 'known'],
    ['root', 'known'],
    ['nobody', 'unknown local recipient table'],
    ['a@relayed.example', 'known'],
    ['a@picky.example', 'unknown relay recipient table'],
    ['ok@picky.example', 'known'],
    ['bob@boxes.example', 'known'],
    ['nobody@boxes.example', 'unknown virtual mailbox table'],
    ['x@elsewhere.example', 'known'],
  ])('%s is %s', async (address, expected) => {
    const relayed = address.includes('picky') ? { relayRecipientMaps: ['hash:rr'] } : {}
    const { router, perform } = site(
      {
        aliasMaps: ['aliases:a'],
        relayDomains: ['relayed.example', 'picky.example'],
        virtualMailboxDomains: ['boxes.example'],
        ...relayed,
      },
      { 'aliases:a': 'root: usuario\n', 'hash:rr': 'ok@picky.example x\n' },
    )
    const answer = await runFlow(router.exists(address), perform, signal)
    expect(answer.kind === 'unknown' ? `unknown ${answer.table}` : answer.kind).toBe(expected)
  })

  test.each([
    ['shut@site.example', 'error 5.7.1 shut'],
    ['shut+x@site.example', 'error 5.7.1 shut'],
    ['bob@site.example', 'known'],
    ['x@below.far.example', 'retry 4.3.0 later'],
    ['x@bare.example', 'error '],
    ['x@nexthop.example', 'error 5.1.1 by nexthop'],
    ['x@gone.example', 'known'],
    ['mapped@site.example', 'known'],
    ['x@relayed.example', 'error no relay'],
    ['x@aliases.example', 'unknown virtual alias table'],
    ['x@elsewhere.example', 'known'],
  ])('its way may end: %s is %s', async (address, expected) => {
    const { router, perform } = site(
      {
        transportMaps: ['hash:t'],
        virtualAliasMaps: ['hash:v'],
        virtualAliasDomains: ['aliases.example'],
        relayDomains: ['relayed.example', 'nexthop.example'],
        relayTransport: 'error:no relay',
        delimiter: '+',
      },
      {
        'hash:t':
          'shut@site.example error:5.7.1 shut\n.far.example retry:4.3.0 later\nbare.example error\nnexthop.example :5.1.1 by nexthop\n' +
          'gone.example discard:\nmapped@site.example error:\naliases.example retry:\n',
        'hash:v': 'mapped@site.example bob\n',
      },
    )
    const answer = await runFlow(router.exists(address), perform, signal)
    const { kind } = answer
    const told = kind === 'undeliverable' ? `${answer.transport} ${answer.text}` : kind
    expect(kind === 'unknown' ? `unknown ${answer.table}` : told).toBe(expected)
  })
})
