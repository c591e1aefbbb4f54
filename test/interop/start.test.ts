import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../support/command.js'
import { run, succeed } from '../support/run.js'
import { ServerProcess } from '../support/server-process.js'
import { eventually } from '../support/wait.js'

/** What somebody meets who starts it for the first time: the site of `npm start`, on free ports, and what it says to try. */
let folder = ''
let server: ServerProcess

interface SiteFile {
  readonly listeners: readonly { readonly [name: string]: unknown }[]
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-start-'))
  // The file's own form.
  const site = JSON.parse(readFileSync(join(ROOT, 'examples/appliance/site.json'), 'utf8')) as SiteFile
  const moved = JSON.stringify({
    ...site,
    listeners: site.listeners.map((listener) => ({ ...listener, port: 0 })),
  }).replaceAll('../../mail-data', 'mail-data')
  const config = join(folder, 'site.json')
  writeFileSync(config, moved)
  server = new ServerProcess(['--demo', '--config', config])
  await server.until('the guide is printed', () => server.words.find((line) => line.includes('Ctrl-C')))
})
afterAll(async () => {
  await server?.kill()
  rmSync(folder, { recursive: true, force: true })
})

/** The commands of the guide, as they stand there. */
function commands(): readonly string[] {
  const at = server.words.findIndex((line) => line.startsWith('To try'))
  return server.words
    .slice(at + 1)
    .filter((line) => line.startsWith('  '))
    .map((line) => line.trim())
}

describe('npm start', () => {
  test('tells ports and account', () => {
    const words = server.words.join('\n')
    for (const protocol of ['smtp', 'submission', 'lmtp', 'imap', 'pop3']) {
      expect(words).toMatch(new RegExp(`^ {2}${protocol} +port [1-9]\\d+ +\\S`, 'm'))
    }
    expect(words).toMatch(/^Account: demo@example\.test, login name demo, password demo$/m)
  })

  test('what it says to try works, as it is printed', async () => {
    const [send = '', read = '', log = '', ...others] = commands()
    expect(others).toEqual([])
    expect(send).toContain('curl')
    await succeed('sh', ['-c', send])
    const { stdout } = await succeed('sh', ['-c', read])
    expect(stdout).toContain('Subject: Hello\r\n')
    expect(stdout).toContain('\r\n\r\nIt works.\r\n')
    expect(log).toMatch(/^tail -f /)
    // As it is printed, but for its end, which a person gives by Ctrl-C.
    const shown = await eventually(20_000, 'the log shows the delivery', async () => {
      const { stdout: lines } = await run('sh', ['-c', `timeout 1 ${log}`])
      return lines.includes('"delivery"') ? lines : undefined
    })
    expect(shown).toContain('demo@example.test')
  })

  test('the demo account can be started again, and its mail is kept', async () => {
    expect(await server.stop()).toEqual({ code: 0, signal: null })
    server = new ServerProcess(['--demo', '--config', join(folder, 'site.json')])
    await server.until('the guide is printed', () => server.words.find((line) => line.includes('Ctrl-C')))
    const { stdout } = await succeed('sh', ['-c', commands()[1] ?? ''])
    expect(stdout).toContain('Subject: Hello\r\n')
  })
})
