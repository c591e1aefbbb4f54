import { describe, expect, test } from 'vitest'
import { readAliasTable } from './alias-table.js'
import { readCidrTable } from './cidr-table.js'
import { parseDestinations } from './destinations.js'
import { readPatternTable } from './pattern-table.js'
import type { ReadTable } from './table.js'
import { parseTableName, readInline } from './table-kinds.js'
import { readTextTable } from './text-table.js'

function entries({ table }: ReadTable): object {
  return Object.fromEntries(table.entries?.() ?? [])
}

describe('[C12] tables of keys and values', () => {
  test('comments, continuations, quotes, folded keys; the first of two', () => {
    const read = readTextTable(
      '# virtual\ndominio2  anything\ninfo@Dominio2   usuario \n@dominio3  todo@dominio2,\n   # within\n   otro\n"a b"@x  v\ninfo@dominio2 second\nnovalue\n',
    )
    expect(entries(read)).toEqual({
      dominio2: 'anything',
      'info@dominio2': 'usuario',
      '@dominio3': 'todo@dominio2,   otro',
      '"a b"@x': 'v',
    })
    expect(read.problems).toEqual([
      { line: 8, message: 'duplicate entry: "info@dominio2"' },
      { line: 9, message: 'expected format: key whitespace value' },
    ])
    expect(read.table.lookup('INFO@DOMINIO2')).toBe('usuario')
  })

  test('an alias file given in its place is noticed', () => {
    expect(readTextTable('root: usuario\n').problems).toEqual([
      { line: 1, message: 'record is in "key: value" format; is this an alias file?' },
    ])
  })
})

describe('[C14] alias files', () => {
  test('the sample of seed 004', () => {
    const text = `mailer-daemon: postmaster
postmaster: root
nobody: root
hostmaster: root
usenet: root
news: root
webmaster: root
root: usuario
`
    expect(entries(readAliasTable(text))).toMatchObject({ hostmaster: 'root', root: 'usuario' })
  })

  test('names in quotes, lists over lines, and what is none', () => {
    const read = readAliasTable(
      '"odd name": bob, "|/bin/prog \\"x\\" y"\nlist:  a@x,\n   b@y ,\n c\nempty:\nRoot : x\n',
    )
    expect(entries(read)).toEqual({ 'odd name': 'bob, "|/bin/prog \\"x\\" y"', list: 'a@x, b@y, c', root: 'x' })
    expect(read.problems).toEqual([{ line: 5, message: 'need name:value pair' }])
  })

  test.each([
    ['bob', [{ kind: 'address', address: 'bob' }]],
    ['\\bob', [{ kind: 'user', name: 'bob' }]],
    ['"|/bin/prog \\"x\\" y"', [{ kind: 'command', command: '/bin/prog "x" y' }]],
    ['|"/bin/prog x, y"', [{ kind: 'command', command: '/bin/prog x, y' }]],
    ['/var/mail/bob', [{ kind: 'file', path: '/var/mail/bob' }]],
    [':include:/etc/list', [{ kind: 'include', path: '/etc/list' }]],
    [':INCLUDE: "/etc/a list"', [{ kind: 'include', path: '/etc/a list' }]],
    [
      'Bob <bob@x> (a, comment), "a,b"@y',
      [
        { kind: 'address', address: 'bob@x' },
        { kind: 'address', address: '"a,b"@y' },
      ],
    ],
    ['', []],
  ])('%s', (text, expected) => {
    expect(parseDestinations(text)).toEqual(expected)
  })
})

describe('[C1] tables of networks', () => {
  test('the first that holds the address', () => {
    const { table, problems } = readCidrTable(
      '192.0.2.7 host\n192.0.2.0/24 net\n2001:db8::/32 six\n!10.0.0.0/8 others\nx y\n',
    )
    expect(['192.0.2.7', '192.0.2.8', '2001:db8::1', '10.1.1.1', '8.8.8.8'].map((key) => table.lookup(key))).toEqual([
      'host',
      'net',
      'six',
      undefined,
      'others',
    ])
    expect(problems).toHaveLength(1)
  })
})

const readRegexpTable = (text: string): ReadTable => readPatternTable(text, 'regexp')

describe('[C12] tables of patterns', () => {
  const { table, problems } = readRegexpTable(
    '/^(user)\\+([^@]+)@(.*)$/ $1@$3 $(2) $$\n!/@example\\.org$/ elsewhere\nif /^a/\n/b$/ inside\nif /z/\n/./ deep\nendif\nendif\n/^A$/i CASE\n/[[:digit:]]/ digit\n/./ rest\n/(/ broken\n/x novalue\n',
  )
  test.each([
    ['user+ext@example.org', 'user@example.org ext $'],
    ['other@example.com', 'elsewhere'],
    ['ab@example.org', 'rest'],
    ['9@example.org', 'digit'],
  ])('%s', (key, value) => {
    expect(table.lookup(key)).toBe(value)
  })

  test('conditions', () => {
    const inner = readRegexpTable('if /^a/\nif !/z/\n/b/ both\nendif\nendif\n/b/ plain\n').table
    expect(['ab', 'azb', 'b'].map((key) => inner.lookup(key))).toEqual(['both', 'plain', 'plain'])
  })

  test('what is wrong is told, and does not count', () => {
    expect(problems.map(({ line }) => line)).toEqual([12, 13])
    expect(readRegexpTable('endif\nif /x/\n').problems.map(({ message }) => message)).toEqual([
      'ignoring ENDIF without matching IF',
      'IF has no matching ENDIF',
    ])
  })
})

test('names of tables', () => {
  expect(parseTableName('proxy:hash:/etc/aliases')).toEqual({ kind: 'hash', rest: '/etc/aliases' })
  expect(parseTableName('/etc/aliases')).toBeUndefined()
  const inline = readInline('{ a=b, { c = d e }, {x@y = {z}} }')
  expect(inline === undefined ? null : entries(inline)).toEqual({ a: 'b', c: 'd e', 'x@y': '{z}' })
  expect(readInline('{ =b }')).toBeUndefined()
})
