import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkLimits, limitsTable } from './limits-table.mjs'

const workspace = fileURLToPath(new URL('..', import.meta.url))
let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mailwright-limits-'))
  mkdirSync(join(root, 'packages/imap/src'), { recursive: true })
  mkdirSync(join(root, 'docs'))
})
afterEach(() => rmSync(root, { recursive: true }))

test('docs/limits.md is what the sources say', () => expect(checkLimits(workspace)).toEqual([]))

test('every limits.ts has its package in the table, and every member its row', () => {
  const table = limitsTable(workspace)
  for (const name of ['auth', 'core', 'imap', 'message', 'pop3', 'smtp', 'store-maildir', 'store-memory']) {
    expect(table).toContain(`\n## @mailwright/${name}\n`)
  }
  expect(table).toContain('\n## mailwright\n')
  expect(table).toContain('| `SMTP_LIMITS.recipients` | 1,000 |')
  expect(table).toContain('| `IMAP_LIMITS.beforeLogin.depth` | 1 |')
})

test('a comment becomes bounds, default and reason, and what happens', () => {
  const source = `
/** Some. */
export interface Limits {
  /** Octets of a line. Default 10 (RFC 1 §2.3): more is
   * rare. Passed: \`BAD\`. */
  readonly line: number
  readonly other: number
  readonly boundless: number
}
/** Wait. Default 2 s. RFC 9051 §5.4. */
export const DELAY = 2_000
export const LIMITS: Limits = { line: 10, other: DELAY, boundless: Number.POSITIVE_INFINITY }
`
  writeFileSync(join(root, 'packages/imap/src/limits.ts'), source)
  expect(limitsTable(root).split('\n').slice(-5, -1)).toEqual([
    '| `DELAY` | 2,000 | Wait. RFC 9051 §5.4. | Default 2 s. | – |',
    '| `LIMITS.line` | 10 | Octets of a line. | Default 10 (RFC 1 §2.3): more is rare. | Passed: `BAD`. |',
    '| `LIMITS.other` | 2,000 | – | – | – |',
    '| `LIMITS.boundless` | none | – | – | – |',
  ])
})

test('a table that is not that of the sources is found', () => {
  writeFileSync(join(root, 'packages/imap/src/limits.ts'), '/** A. Default 1. */\nexport const A = 1\n')
  writeFileSync(join(root, 'docs/limits.md'), limitsTable(root))
  expect(checkLimits(root)).toEqual([])
  writeFileSync(join(root, 'packages/imap/src/limits.ts'), '/** A. Default 2. */\nexport const A = 2\n')
  expect(checkLimits(root)).toHaveLength(1)
})
