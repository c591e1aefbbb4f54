import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../support/command.js'
import { succeed } from '../support/run.js'

/** What is read of the benchmark's JSON. */
interface Row {
  readonly name: string
  readonly figures: {
    readonly [server: string]: { readonly seconds?: number; readonly octets?: number; readonly missing?: string }
  }
  readonly ratio: number | null
}

const folder = mkdtempSync(join(tmpdir(), 'mailwright-bench-test-'))
let rows: readonly Row[] = []
let printed = ''

beforeAll(async () => {
  const file = join(folder, 'figures.json')
  const sizes = ['--messages', '200', '--bodies', '100', '--appends', '5', '--connections', '10', '--reps', '1']
  const main = join(ROOT, 'bench/imap/main.mjs')
  printed = (await succeed(process.execPath, [main, ...sizes, '--json', file], { timeout: 120_000 })).stdout
  // Written by the program just now, in this form.
  rows = (JSON.parse(readFileSync(file, 'utf8')) as { readonly results: readonly Row[] }).results
})
afterAll(() => rmSync(folder, { recursive: true }))

test('bench/imap measures both servers in one run', () => {
  expect(rows.length).toBeGreaterThan(15)
  for (const { name, figures, ratio } of rows) {
    const { mailwright, dovecot } = figures
    expect(dovecot?.seconds ?? dovecot?.octets, `${name} of Dovecot`).toBeGreaterThanOrEqual(0)
    if (mailwright?.missing === 'not offered') {
      expect(ratio, name).toBeNull()
      continue
    }
    expect(mailwright?.seconds ?? mailwright?.octets, `${name} of ours`).toBeGreaterThanOrEqual(0)
    expect(printed).toContain(name)
  }
})

test('bench/imap says what it does not know', async () => {
  const main = join(ROOT, 'bench/imap/main.mjs')
  await expect(succeed(process.execPath, [main, '--messages', 'many'])).rejects.toThrow(
    '--messages is a whole number from 1',
  )
  await expect(succeed(process.execPath, [main, '--servers', 'cyrus'])).rejects.toThrow('there is no server cyrus')
})
