import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../support/command.js'
import { succeed } from '../support/run.js'

/** What is read of the benchmark's JSON. */
interface Result {
  readonly name: string
  readonly medians: {
    readonly [server: string]: { readonly accepted: number; readonly delivered: number; readonly cpu: number }
  }
  readonly bars: readonly { readonly ours: string; readonly is: number; readonly isMet: boolean }[]
}

const MAIN = join(ROOT, 'bench/smtp/main.mjs')
const SERVERS = ['mailwright', 'mailwright-queue', 'postfix', 'smtp-server']
const folder = mkdtempSync(join(tmpdir(), 'mailwright-bench-test-'))
let results: readonly Result[] = []
let printed = ''

beforeAll(async () => {
  const file = join(folder, 'figures.json')
  const sizes = ['--rounds', '1', '--scale', '0.02', '--only', '^1 KB, (20 connections|1 connection)$']
  printed = (await succeed(process.execPath, [MAIN, ...sizes, '--json', file], { timeout: 120_000 })).stdout
  // Written by the program just now, in this form.
  results = (JSON.parse(readFileSync(file, 'utf8')) as { readonly results: readonly Result[] }).results
})
afterAll(() => rmSync(folder, { recursive: true }))

test('bench/smtp measures all servers in one run', () => {
  expect(results.map(({ name }) => name)).toEqual(['1 KB, 20 connections', '1 KB, 1 connection'])
  for (const { name, medians, bars } of results) {
    expect(Object.keys(medians)).toEqual(SERVERS)
    for (const { accepted, delivered } of Object.values(medians)) {
      expect(delivered).toBeGreaterThan(0)
      expect(accepted).toBeGreaterThanOrEqual(delivered)
    }
    expect(bars.length).toBeGreaterThan(0)
    expect(printed).toContain(name)
  }
  for (const server of SERVERS) expect(printed).toContain(`  ${server} `)
  expect(printed).toMatch(/mailwright \/ postfix: [\d.]+× the messages, [\d.]+× the CPU/)
})

test('bench/smtp says what it does not know', async () => {
  await expect(succeed(process.execPath, [MAIN, '--rounds', 'many'])).rejects.toThrow(
    '--rounds is a whole number from 1',
  )
  await expect(succeed(process.execPath, [MAIN, '--servers', 'exim'])).rejects.toThrow('there is no server exim')
})
