import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemClock } from '@mailwright/core/node'
import { TableFiles } from '@mailwright/relay/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailwright-tables-'))
  await writeFile(join(folder, 'main.cf'), 'compatibility_level = 3.6\nmyhostname = host.example\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Asks Postfix's own program, all keys at once. */
async function postfix(
  program: 'postmap' | 'postalias',
  table: string,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const answers = new Map<string, string>()
  const child = run(program, ['-c', folder, '-q', '-', table], { maxBuffer: 1 << 24 })
  child.child.stdin?.end(keys.map((key) => `${key}\n`).join(''))
  // Exit 1: nothing was found.
  const { stdout } = await child.catch((error: { stdout: string; code: number }) => {
    if (error.code !== 1) throw error
    return error
  })
  for (const line of stdout.split('\n')) {
    const tab = line.indexOf('\t')
    // `postalias` writes what it is asked as an alias file has it.
    const key = program === 'postalias' ? line.slice(0, tab).replace(/:$/, '') : line.slice(0, tab)
    if (tab >= 0) answers.set(key, line.slice(tab + 1))
  }
  return answers
}

async function ours(table: string, keys: readonly string[]): Promise<Map<string, string>> {
  const tables = new TableFiles({ clock: systemClock, folder })
  const answers = new Map<string, string>()
  for (const key of keys) {
    const answer = await tables.lookup({ table, key }, new AbortController().signal)
    if (answer.kind === 'tryAgain') throw new Error(answer.reason)
    if (answer.kind === 'found') answers.set(key, answer.value)
  }
  return answers
}

/** Files of the seeds and of Postfix's manual, with keys to ask for. */
const SAMPLES: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    '[C14] aliases of seed 004',
    'aliases',
    'mailer-daemon: postmaster\npostmaster: root\nnobody: root\nhostmaster: root\nusenet: root\nnews: root\nwebmaster: root\nwww: root\nftp: root\nabuse: root\nnoc: root\nsecurity: root\nroot: usuario\n"odd name": bob, "|/bin/prog \\"x\\" y"\nlist: a@x,\n  b@y ,c\n# end\n',
    ['postmaster', 'HostMaster', 'root', 'nobody', 'list', 'odd name', 'missing'],
  ],
  [
    '[C16] virtual of seed 004',
    'hash',
    '# virtual\ninfo@dominio2   usuario\nVentas@dominio2 usuario,\n\totro@dominio3\n@dominio3 usuario\ndominio2 anything\n"a b"@dominio2 quoted\n',
    [
      'info@dominio2',
      'INFO@Dominio2',
      'ventas@dominio2',
      '@dominio3',
      'x@dominio3',
      'dominio2',
      '"a b"@dominio2',
      'a b@dominio2',
    ],
  ],
  [
    '[C12] transport',
    'hash',
    'example.com smtp:[gw.example.com]:25\n.example.com :\n* error:5.1.1 nowhere\nlocal.example lmtp:unix:/run/lmtp # not a comment\n',
    ['example.com', '.example.com', '*', 'local.example', 'a.example.com'],
  ],
  [
    '[C1] networks',
    'cidr',
    '192.168.88.0/24 OK\n127.0.0.0/8 OK\n168.100.189.0/28 REJECT no\n2001:db8::/32 six\n!10.0.0.0/8 DUNNO\nif 10.1.0.0/16\n10.1.2.3 inside\nendif\n',
    [
      '192.168.88.1',
      '192.168.89.1',
      '127.255.0.1',
      '168.100.189.15',
      '168.100.189.16',
      '2001:db8:1::1',
      '10.1.2.3',
      '10.1.2.4',
      '10.2.0.1',
    ],
  ],
  [
    '[C12] patterns',
    'regexp',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: ${1} is the table's own.
    '/^(.*)-outgoing@(.*)$/ 550 Use ${1}@${2} instead\n/^[[:alpha:]]+@example\\.org$/ OK\nif !/^owner-/\n/^(.*)-owner@(.*)$/ owner-$1@$2\nendif\n!/@/ unqualified\n/^CASE@/i exact\n/(a)(b)?(c)/ $3$2$1$$\n',
    [
      'list-outgoing@example.com',
      'bob@example.org',
      'BOB@EXAMPLE.ORG',
      'x-owner@y',
      'owner-x-owner@y',
      'plain',
      'case@x.z',
      'CASE@x.z',
      'abc@z',
      'ac@z',
    ],
  ],
  [
    '[C12] Perl’s patterns',
    'pcre',
    '/^(?<user>\\w+)\\+(\\S+)@/ $1 $2\n/\\bspam\\b/ REJECT\n/^a{2,3}@/ as\n/./s rest\n',
    ['user+x@y', 'no spam here', 'spammer', 'aa@x', 'aaaa@x'],
  ],
]

describe('tables answer as Postfix’s do', () => {
  for (const [name, kind, text, keys] of SAMPLES) {
    test(name, async () => {
      const path = join(folder, `sample-${kind}-${name.length}`)
      await writeFile(path, text)
      const program = kind === 'aliases' ? 'postalias' : 'postmap'
      const theirs = kind === 'aliases' ? `hash:${path}` : kind === 'hash' ? `texthash:${path}` : `${kind}:${path}`
      if (kind === 'aliases') await run(program, ['-c', folder, theirs])
      expect(await ours(`${kind}:${path}`, keys)).toEqual(await postfix(program, theirs, keys))
    })
  }

  test('[C12] [C15] whatever is written in a table of keys and values', async () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'B', '@', '.', '+', '"', '#', ':', ','),
      minLength: 1,
      maxLength: 6,
    })
    const line = fc.tuple(
      fc.constantFrom('', '', '', ' ', '# '),
      word,
      fc.constantFrom(' ', '\t', '  ', ''),
      word,
      fc.constantFrom('', ' ', '  x'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 40 }), fc.array(word, { maxLength: 10 }), async (lines, extra) => {
        const path = join(folder, 'generated')
        await writeFile(path, lines.map((parts) => `${parts.join('')}\n`).join(''))
        const keys = [...new Set([...lines.map(([, key]) => key), ...extra])].filter((key) => !/\s/.test(key))
        // What one refuses to read, both need not agree on: quotes that do not close.
        fc.pre(
          lines.every((parts) => (parts.join('').match(/"/g)?.length ?? 0) % 2 === 0 && !parts.join('').includes('\\')),
        )
        expect(await ours('texthash:generated', keys)).toEqual(await postfix('postmap', `texthash:${path}`, keys))
      }),
      { numRuns: 8 },
    )
  })

  test('[C15] a file that changes is read again; one that is away makes mail wait', async () => {
    let now = 0
    const tables = new TableFiles({ clock: { ...systemClock, now: () => now }, folder })
    /** A second later. */
    const ask = (): ReturnType<TableFiles['lookup']> => {
      now += 1_000
      return tables.lookup({ table: 'hash:changing', key: 'root' }, new AbortController().signal)
    }
    expect((await ask()).kind).toBe('tryAgain')
    await writeFile(join(folder, 'changing'), 'root one\n')
    expect(await ask()).toEqual({ kind: 'found', value: 'one' })
    await writeFile(join(folder, 'changing'), 'root seco')
    // It may be half of what is to come: what was there before holds until it rests.
    expect(await ask()).toEqual({ kind: 'found', value: 'one' })
    await writeFile(join(folder, 'changing'), 'root second\n')
    expect(await ask()).toEqual({ kind: 'found', value: 'one' })
    expect(await ask()).toEqual({ kind: 'found', value: 'second' })
    await rm(join(folder, 'changing'))
    expect((await ask()).kind).toBe('tryAgain')
  })

  test('[C15] a file is looked at once a second, however often it is asked, and not at all when it is too large', async () => {
    let now = 0
    const problems: string[] = []
    const tables = new TableFiles({
      clock: { ...systemClock, now: () => now },
      folder,
      limits: { fileOctets: 100 },
      onProblem: (path, { line, message }) => problems.push(`${path}:${line}: ${message}`),
    })
    const ask = (): ReturnType<TableFiles['lookup']> =>
      tables.lookup({ table: 'hash:quiet', key: 'a' }, new AbortController().signal)
    await writeFile(join(folder, 'quiet'), 'a 1\nnothing\na 2\n')
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill({ kind: 'found', value: '1' }))
    expect(problems).toEqual([
      `${join(folder, 'quiet')}:2: expected format: key whitespace value`,
      `${join(folder, 'quiet')}:3: duplicate entry: "a"`,
    ])
    await rm(join(folder, 'quiet'))
    expect((await ask()).kind).toBe('found')
    now += 1_000
    expect((await ask()).kind).toBe('tryAgain')
    await writeFile(join(folder, 'quiet'), `a 1\n#${'x'.repeat(100)}\n`)
    now += 1_000
    expect(await ask()).toMatchObject({ kind: 'tryAgain', reason: expect.stringContaining('too many') })
  })
})
