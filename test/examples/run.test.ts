import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, test } from 'vitest'
import { exampleNames, writeExamples } from '../../scripts/example.mjs'
import { ROOT } from '../support/command.js'
import { within } from '../support/wait.js'

const MOST_LINES = 80

describe('an example fits on a page', () => {
  const files = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    test(file, () => {
      const lines = readFileSync(join(ROOT, 'examples', file), 'utf8').split('\n').length - 1
      expect(lines).toBeLessThanOrEqual(MOST_LINES)
    })
  }
})

describe('an example runs by itself, on the built packages, until Ctrl-C', () => {
  beforeAll(writeExamples)

  /** What each is started with, and what it says when it is ready. */
  const runs: { readonly [name: string]: { readonly argument: () => Promise<number>; readonly says: RegExp } } = {
    appliance: { argument: freeBase, says: /^Mail for alice@example\.test, password demo/ },
    'engine-without-socket': { argument: async () => 0, says: /^-- close: logout$/ },
    'imap-over-array': {
      argument: async () => 0,
      says: /^curl -u ada:secret 'imap:\/\/127\.0\.0\.1:\d+\/INBOX;UID=7'/,
    },
    'inbound-handler': { argument: async () => 0, says: /^Send mail for example\.com to port \d+/ },
    'mail-transfer': { argument: freeBase, says: /^Mail for team@example\.test; alice and bob, password demo/ },
  }

  test('none is forgotten', () => expect(exampleNames().sort()).toEqual(Object.keys(runs)))

  for (const [name, { argument, says }] of Object.entries(runs)) {
    test(name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'mailwright-example-'))
      const args = [join(ROOT, 'dist/examples', `${name}.js`), String(await argument())]
      const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
      try {
        let errors = ''
        child.stderr.on('data', (chunk: Buffer) => {
          errors += chunk.toString()
        })
        const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
        const ready = new Promise<true>((resolve) => {
          createInterface({ input: child.stdout }).on('line', (line) => {
            if (says.test(line)) resolve(true)
          })
        })
        const isReady = await within(20_000, `${name} is ready`, Promise.race([ready, ended.then(() => false)]))
        expect(isReady, errors).toBe(true)
        if (name !== 'engine-without-socket') child.kill('SIGINT')
        expect(await within(20_000, `${name} ends`, ended), errors).toBe(0)
        expect(existsSync(join(folder, 'mail-data'))).toBe(argument === freeBase)
      } finally {
        child.kill('SIGKILL')
        rmSync(folder, { recursive: true, force: true })
      }
    })
  }
})

/** A number to which all ports of the appliance can be added: they are free now. */
async function freeBase(): Promise<number> {
  for (let base = 20_000 + (process.pid % 20_000); base < 60_000; base += 1_000) {
    const all = await Promise.all([525, 587, 143, 993, 110].map((port) => isFree(base + port)))
    if (all.every(Boolean)) return base
  }
  throw new Error('no free ports')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
