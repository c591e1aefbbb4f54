import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Tables } from '../support/postmap.js'

let tables: Tables
beforeAll(() => {
  tables = new Tables()
})
afterAll(() => tables?.dispose())

/** Each run starts Postfix's program, which takes its time; so few runs, each with many lines and keys. */
const RUNS = { numRuns: 4, endOnFailure: true } as const
const MANY = { minLength: 100, maxLength: 300, size: 'max' } as const

/** Keys as a line of standard input holds them. */
function unique(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)].filter((key) => key !== '' && !/\s/.test(key))
}

describe('whatever is written, tables answer as Postfix’s do', () => {
  test('[C12] [C15] keys and values: quotes, backslashes, comments, continuations, keys twice', async () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'B', 'ä', 'É', '@', '.', '+', '"', '\\', '#', ':', ','),
      minLength: 1,
      maxLength: 6,
    })
    const line = fc.tuple(
      fc.constantFrom('', '', '', '', ' ', '# ', '\t'),
      word,
      fc.constantFrom(' ', '\t', '  ', '', ' " '),
      word,
      fc.constantFrom('', ' ', '  x', '\r'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, MANY), fc.array(word, MANY), async (lines, extra) => {
        const path = tables.write('keys', lines.map((parts) => `${parts.join('')}\n`).join(''))
        const keys = unique([...lines.map(([, key]) => key), ...lines.map(([, key]) => key.toUpperCase()), ...extra])
        expect(await tables.ours(`hash:${path}`, keys)).toEqual(
          await tables.postfix('postmap', `texthash:${path}`, keys),
        )
      }),
      RUNS,
    )
  })

  test('[C14] alias files', async () => {
    const name = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'B', 'c', '-', '_', '.', '+'), minLength: 1, maxLength: 3 }),
      fc.constantFrom('"a b"', '"a:b"', '"x@y"', 'owner-a', 'a@b', 'a, b', 'a\\,b'),
    )
    const member = fc.oneof(
      fc.constantFrom(
        'bob',
        'bob@example.com',
        '"odd name"@x',
        'Bob Builder <bob@x>',
        '<bob@y>',
        '(no) bob',
        'bob (x)',
      ),
      fc.constantFrom('"|/bin/prog a, b"', '|"/bin/prog \\"x\\""', '/var/mail/a', ':include:/etc/list', '\\bob', 'a b'),
      fc.constantFrom(
        'list: a, b;',
        '[192.0.2.1]',
        'u@[192.0.2.1]',
        'a%b',
        'c!d',
        '',
        '"open',
        'a\\',
        '""',
        'ä@ö.example',
      ),
      fc.string({ unit: fc.constantFrom('a', '"', '\\', '(', ')', '<', '>', ',', ';', '@', '[', ' '), maxLength: 6 }),
    )
    const line = fc.tuple(
      name,
      fc.constantFrom(':', ': ', ' : ', ':\t', ' '),
      fc.array(member, { maxLength: 4 }),
      fc.constantFrom(',', ', ', ' ,', ',\n ', ' ', '\n\t'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, MANY), async (lines) => {
        const text = lines.map(([key, colon, members, comma]) => `${key}${colon}${members.join(comma)}\n`).join('')
        const path = tables.write('aliases', text)
        await tables.build('postalias', path)
        const keys = unique(lines.flatMap(([key]) => [key, key.replace(/"/g, ''), key.toUpperCase()]))
        expect(await tables.ours(`aliases:${path}`, keys)).toEqual(
          await tables.postfix('postalias', `hash:${path}`, keys),
        )
      }),
      RUNS,
    )
  })

  test('[C1] networks: host parts, negation, conditions, both families', async () => {
    const octet = fc.constantFrom(0, 1, 2, 3, 128, 255)
    const four = fc.tuple(octet, octet).map(([a, b]) => `10.0.${a}.${b}`)
    const six = fc.tuple(octet, octet).map(([a, b]) => `2001:db8::${a.toString(16)}:${b.toString(16)}`)
    const address = fc.oneof(four, six, fc.constantFrom('::1', '::ffff:10.0.0.1', '127.0.0.1'))
    const network = fc.oneof(
      address,
      fc.tuple(four, fc.constantFrom(8, 16, 23, 24, 25, 31, 32, 33)).map(([a, bits]) => `${a}/${bits}`),
      fc.tuple(six, fc.constantFrom(32, 112, 120, 127, 128)).map(([a, bits]) => `${a}/${bits}`),
      fc.constantFrom(
        '10.0.0.0/24',
        '10.0.2.0/23',
        '10.0.0.0/8',
        '2001:db8::/32',
        '[::1]',
        '[10.0.0.0]/24',
        'x/8',
        '10.0.0',
      ),
    )
    const rule = fc.tuple(fc.constantFrom('', '', '!', '! '), network)
    const line = fc.oneof(
      {
        weight: 6,
        arbitrary: rule.map(
          ([not, net]) =>
            (at: number) =>
              `${not}${net} r${at}`,
        ),
      },
      {
        weight: 1,
        arbitrary: rule.map(
          ([not, net]) =>
            () =>
              `if ${not}${net}`,
        ),
      },
      { weight: 1, arbitrary: fc.constant(() => 'endif') },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 5, maxLength: 30, size: 'max' }),
        fc.array(address, MANY),
        async (lines, addresses) => {
          const path = tables.write('networks', lines.map((write, at) => `${write(at)}\n`).join(''))
          const keys = unique([...addresses, 'no.address'])
          expect(await tables.ours(`cidr:${path}`, keys)).toEqual(await tables.postfix('postmap', `cidr:${path}`, keys))
        },
      ),
      { ...RUNS, numRuns: 8 },
    )
  })

  /**
   * Patterns of a kind. Of `regexp` anchors and word boundaries stand at the ends only: in groups that repeat, the C library matches what it should not
   * (`/(.*\bb){2}$/i` on `B\c-bb`: the last b is at no boundary).
   */
  function patterns(kind: 'regexp' | 'pcre'): fc.Arbitrary<string> {
    const own =
      kind === 'pcre' ? ['\\bb', '\\d', '\\x41', '(?:a|b)', '(?=a)', '(?!a)', '[\\w.]', '\\Q.b\\E'] : ['[[:punct:]]']
    const atoms = [
      'a',
      'b',
      'A',
      '@',
      '.',
      '9',
      '-',
      '[ab]',
      '[^a]',
      '[]a]',
      '[a-c.]',
      '[.-]',
      '[$^]',
      '[a\\-c]',
      '[[:alpha:]]',
    ]
    const escapes = ['\\.', '\\w', '\\W', '\\-', '\\@', '\\/', '\\+', '[^[:digit:]@]']
    const { pieces } = fc.letrec<{ pieces: string; branches: string; piece: string }>((tie) => ({
      pieces: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
      branches: fc.array(tie('pieces'), { minLength: 1, maxLength: 2 }).map((all) => all.join('|')),
      piece: fc
        .tuple(
          fc.oneof(
            { maxDepth: 2, depthIdentifier: 'pattern' },
            { weight: 3, arbitrary: fc.constantFrom(...atoms, ...escapes, ...own) },
            { weight: 1, arbitrary: tie('branches').map((inner) => `(${inner})`) },
          ),
          fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{1,}'),
        )
        // What has no width, and what is quoted by more than one letter, repeats otherwise in each.
        .map(([atom, repeat]) => (/^(?:\\b|\(\?[=!]|\\Q)/.test(atom) ? atom : `${atom}${repeat}`)),
    }))
    const edges = fc.tuple(fc.constantFrom('', '', '^', '\\b'), pieces, fc.constantFrom('', '', '$', '\\b'))
    return fc
      .array(edges, { minLength: 1, maxLength: 2 })
      .map((branches) => branches.map((parts) => parts.join('')).join('|'))
  }
  const key = fc.string({
    unit: fc.constantFrom('a', 'b', 'B', 'c', '.', '@', '9', '-', ']', '/', '\\', '+'),
    minLength: 1,
    maxLength: 8,
  })

  test.each(['regexp', 'pcre'] as const)('[C12] %s: each pattern on each key', async (kind) => {
    const rule = fc.tuple(fc.constantFrom('', '', '!'), patterns(kind), fc.constantFrom('', '', 'i'))
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { ...MANY, maxLength: 150 }), fc.array(key, MANY), async (rules, given) => {
        // A table for each, so that no rule hides another; together they say all that fits.
        const names = rules.map(([not, source, flags], at) => {
          const path = tables.write(`${kind}-${at}`, `${not}/${source}/${flags} ${at}\n`)
          return `${kind}:${path}`
        })
        const table = `unionmap:{${names.join(',')}}`
        const keys = unique(given)
        const [ours, theirs] = [await tables.ours(table, keys), await tables.postfix('postmap', table, keys)]
        for (const each of keys) {
          const wrong = difference(ours.get(each), theirs.get(each)).map((at) => rules[Number(at)]?.join('/'))
          expect([each, wrong]).toEqual([each, []])
        }
      }),
      RUNS,
    )
  })
})

/** What only one of two lists has. */
function difference(one = '', other = ''): readonly string[] {
  const [a, b] = [new Set(one.split(',')), new Set(other.split(','))]
  return [...a, ...b].filter((each) => each !== '' && a.has(each) !== b.has(each))
}
