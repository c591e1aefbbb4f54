import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkCapabilities } from './check-capabilities.mjs'
import { checkExtensions } from './check-extensions.mjs'
import { checkImports } from './check-imports.mjs'
import { checkPurity } from './check-purity.mjs'
import { checkRfc, coverage } from './check-rfc.mjs'
import { checkSize } from './check-size.mjs'

const workspace = fileURLToPath(new URL('..', import.meta.url))
let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mailwright-checks-'))
  mkdirSync(join(root, 'packages'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

describe('the workspace passes', () => {
  test('check-imports', () => expect(checkImports(workspace)).toEqual([]))
  test('check-purity', () => expect(checkPurity(workspace)).toEqual([]))
  test('check-size', () => expect(checkSize(workspace)).toEqual([]))
  test('check-rfc', () => expect(checkRfc(workspace)).toEqual([]))
  test('check-capabilities', () => expect(checkCapabilities(workspace)).toEqual([]))
  test('check-extensions', () => expect(checkExtensions(workspace)).toEqual([]))
})

describe('check-imports fails', () => {
  const broken: readonly (readonly [string, string, string])[] = [
    ['a store that imports a protocol', 'packages/store-memory/src/a.ts', "import { x } from '@mailwright/imap'\n"],
    ['a protocol that imports a store', 'packages/imap/src/a.ts', "export { x } from '@mailwright/store-memory'\n"],
    ['core that imports anything', 'packages/core/src/a.ts', "import type { X } from '@mailwright/message'\n"],
    ['a dynamic import', 'packages/pop3/src/a.ts', "const x = import('@mailwright/smtp')\n"],
    ['a deep import', 'packages/imap/src/a.ts', "import { x } from '@mailwright/core/framer'\n"],
    [
      'a relative path into another package',
      'packages/imap/src/a.ts',
      "import { x } from '../../core/src/framer.js'\n",
    ],
    ['a package that nobody placed', 'packages/novel/src/a.ts', 'export {}\n'],
  ]
  for (const [name, path, text] of broken) {
    test(`on ${name}`, () => {
      write(path, text)
      expect(checkImports(root)).toHaveLength(1)
    })
  }
  test('and only there: comments do not count', () => {
    write('packages/core/src/a.ts', "// import { x } from '@mailwright/imap'\nimport { y } from './b.js'\n")
    expect(checkImports(root)).toEqual([])
  })
})

describe('check-purity fails', () => {
  for (const text of [
    'export async function f() {}\n',
    'const now = Date.now()\n',
    'const now = new Date()\n',
    'const r = Math.random()\n',
    'setTimeout(f, 1)\n',
    'process.exit(1)\n',
    "import { readFileSync } from 'node:fs'\n",
  ]) {
    test(`on ${text.trim()}`, () => {
      write('packages/imap/src/a.ts', text)
      expect(checkPurity(root)).toHaveLength(1)
    })
  }
  test('and only in pure modules, in code', () => {
    write(
      'packages/imap/src/a.ts',
      "// async\nconst word = 'await'\nconst day = new Date(0)\nimport { Buffer } from 'node:buffer'\n",
    )
    write('packages/core/src/driver/a.ts', 'export async function f() {}\n')
    write('packages/auth/src/a.ts', "import { readFileSync } from 'node:fs'\n")
    expect(checkPurity(root)).toEqual([])
  })
})

describe('check-size fails', () => {
  test('on a source file over 600 lines', () => {
    write('packages/imap/src/a.ts', 'x\n'.repeat(601))
    expect(checkSize(root)).toHaveLength(1)
  })
  test('on a check or an example over 80 lines', () => {
    write('scripts/check-a.mjs', 'x\n'.repeat(81))
    write('examples/a.ts', 'x\n'.repeat(81))
    expect(checkSize(root)).toHaveLength(2)
  })
})

describe('check-rfc fails', () => {
  test('on a citation that the table would miss', () => {
    for (const text of ['RFC9051 §6', 'RFC 9051, section 6', 'RFC-5321']) {
      write('packages/imap/src/a.ts', `// ${text}\n`)
      write('docs/rfc-coverage.md', coverage(root))
      expect(checkRfc(root), text).toHaveLength(1)
    }
  })
  test('on a table that is not that of the sources', () => {
    write('packages/imap/src/a.ts', '/** RFC 9051 §6.3.12, §7.1 */\n')
    expect(checkRfc(root)).toHaveLength(1)
    write('docs/rfc-coverage.md', coverage(root))
    expect(checkRfc(root)).toEqual([])
    expect(coverage(root)).toContain('| §6.3.12 | imap/a.ts |')
  })
})

describe('check-capabilities fails', () => {
  const table = (...rows: readonly (readonly [string, string])[]) => {
    const written = rows.map(([name, source]) => `{ name: '${name}', source: '${source}', since: 'login' }`)
    write('packages/imap/src/capability-table.ts', `const ROWS: readonly CapabilityRow[] = [${written.join(', ')}]\n`)
  }
  const transcript = (path: string, text: string) =>
    write(`packages/imap/test/transcripts/${path}.transcript`, `# A title.\n${text}`)
  const success = 'C: a1 UID SORT (DATE) UTF-8 ALL\nS: a1 OK Sort completed.\n'

  test('on a capability without a folder', () => {
    table(['MOVE', 'RFC 6851'])
    expect(checkCapabilities(root)).toHaveLength(1)
    transcript('rfc6851/3-move', 'C: a1 MOVE 1 x\nS: a1 OK [COPYUID 1 1 1] Move completed.\n')
    expect(checkCapabilities(root)).toEqual([])
  })
  test('on a folder in which every command is refused', () => {
    table(['MOVE', 'RFC 6851'])
    transcript('rfc6851/3-move', 'C: a1 MOVE 1 x\nS: a1 BAD Error in IMAP command MOVE: Unknown command.\n')
    expect(checkCapabilities(root)).toHaveLength(1)
  })
  test('on an RFC with two capabilities, where the transcript does not say which it proves', () => {
    table(['SORT', 'RFC 5256 §3'], ['THREAD=REFS', 'RFC 5256'])
    transcript('rfc5256/3-sort', success)
    expect(checkCapabilities(root)).toHaveLength(2)
    transcript('rfc5256/3-sort', `# proves: SORT\n${success}`)
    expect(checkCapabilities(root)).toHaveLength(1)
    transcript('rfc5256/4-thread', `# proves: THREAD=REFS\n${success}`)
    expect(checkCapabilities(root)).toEqual([])
  })
  test('on a proof of what is no capability, or of another RFC', () => {
    table(['SORT', 'RFC 5256'])
    transcript('rfc5256/3-sort', `# proves: SORT SORT=SIZE\n${success}`)
    transcript('seeds/sort', `# proves: SORT\n${success}`)
    expect(checkCapabilities(root)).toHaveLength(2)
  })
  test('on a source that is no RFC and no draft', () => {
    table(['XSNIPPET', 'hearsay'], ['SNIPPET=FUZZY', 'draft-slusarz-imap-fetch-snippet'])
    transcript('draft-slusarz-imap-fetch-snippet/3-fetch', success)
    expect(checkCapabilities(root)).toHaveLength(1)
  })
  test('on a table in which it finds nothing', () => {
    write('packages/imap/src/capability-table.ts', 'export const ROWS = []\n')
    expect(checkCapabilities(root)).toHaveLength(1)
  })
  test('on a command that no transcript sends', () => {
    table(['SORT', 'RFC 5256'])
    transcript('rfc5256/3-sort', success)
    const rows = ['SORT', 'THREAD'].map((name) => `${name}: { run, source: 'RFC 5256 §3' }`)
    write('packages/imap/src/command-table.ts', `export const COMMANDS = { ${rows.join(', ')} }\n`)
    expect(checkCapabilities(root)).toHaveLength(1)
  })
})

describe('check-extensions fails', () => {
  const extension = (file: string, keyword: string, source: string) => {
    const rule = "mailParameters: [{ keyword: 'RET', read }]"
    const row = `{ keyword: '${keyword}', source: '${source}', ${rule} }`
    write(`packages/smtp/src/extensions/${file}.ts`, `export const ROW: Extension = ${row}\n`)
  }
  const transcript = (path: string, text: string) =>
    write(`packages/smtp/test/transcripts/${path}.transcript`, `# A title.\n${text}`)
  const listed = 'C: EHLO a\nS: 250-mx\nS: 250-PIPELINING\nS: 250 DSN\n'
  const used = 'C: MAIL FROM:<a@b> RET=FULL\nS: 250 2.1.0 Ok\n'

  test('on a keyword without a transcript, and not for its parameters', () => {
    extension('dsn', 'DSN', 'RFC 3461 §3')
    expect(checkExtensions(root)).toHaveLength(1)
    transcript('rfc3461/10-dsn', `# proves: DSN\n${listed}${used}`)
    expect(checkExtensions(root)).toEqual([])
  })
  test('on a transcript that does not say that it proves it, or does so elsewhere', () => {
    extension('dsn', 'DSN', 'RFC 3461 §3')
    transcript('rfc3461/10-dsn', listed + used)
    expect(checkExtensions(root)).toHaveLength(1)
    transcript('seeds/dsn', `# proves: DSN\n${listed}${used}`)
    expect(checkExtensions(root)).toHaveLength(2)
  })
  test('on a proof that does not list the keyword, or in which every command is refused', () => {
    extension('dsn', 'DSN', 'RFC 3461 §3')
    transcript('rfc3461/10-dsn', `# proves: DSN\n${listed.replace('250 DSN', '250 DSNX')}${used}`)
    expect(checkExtensions(root)).toHaveLength(1)
    transcript('rfc3461/10-dsn', `# proves: DSN\n${listed}C: MAIL FROM:<a@b> RET=X\nS: 501 5.5.4 Bad\n`)
    expect(checkExtensions(root)).toHaveLength(1)
  })
  test('on a proof of what is no extension', () => {
    extension('dsn', 'DSN', 'RFC 3461 §3')
    transcript('rfc3461/10-dsn', `# proves: DSN NSD\n${listed}${used}`)
    expect(checkExtensions(root)).toHaveLength(1)
  })
  test('on a source that is no RFC', () => {
    extension('dsn', 'DSN', 'hearsay')
    transcript('rfc3461/10-dsn', listed + used)
    expect(checkExtensions(root)).toHaveLength(1)
  })
  test('where it finds no extension at all', () => {
    expect(checkExtensions(root)).toHaveLength(1)
  })
  test('on a command that no transcript sends', () => {
    extension('dsn', 'DSN', 'RFC 3461 §3')
    transcript('rfc3461/10-dsn', `# proves: DSN\n${listed}${used}`)
    const rows = ['MAIL', 'RCPT'].map((verb) => `{ verb: '${verb}', run, source: 'RFC 5321 §4.1' }`)
    write('packages/smtp/src/command-table.ts', `export const COMMANDS = [${rows.join(', ')}]\n`)
    expect(checkExtensions(root)).toHaveLength(1)
    transcript('rfc5321/rcpt', 'C\\ MAIL FROM:<>\\r\\nRCPT TO:<b>\\r\\n\nS: 250 2.1.5 Ok\n')
    expect(checkExtensions(root)).toEqual([])
  })
})
