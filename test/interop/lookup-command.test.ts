import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMAND } from '../support/command.js'
import { Home } from '../support/home.js'
import { type Finished, run, succeed } from '../support/run.js'
import { siteJson } from '../support/site.js'

/** Texts of the seeds. */
const FILES: { readonly [name: string]: string } = {
  aliases: `# /etc/aliases
mailer-daemon: postmaster
postmaster: root
hostmaster: root
usenet: root
news: root
webmaster: root
root: usuario
team: usuario,
  "Joe, of here" <joe@example.com> otra@dominio3, "|/usr/bin/vacation -a 'x, y'"
`,
  virtual: `toto@dominio.com toto
titi@dominio.com titi
usuario@dominio.com usuario
@dominio3 usuario@dominio.com, otra@example.com
`,
  net: '192.168.88.0/24 OK\n127.0.0.0/8 OK\n[::1]/128 OK\n!10.0.0.0/8 REJECT\n',
  wrong: 'root: usuario\nnobody\na@b: x\nRoot: twice\n',
}

let home: Home
let bin: string
let config: string

beforeAll(async () => {
  home = new Home()
  bin = home.path('bin')
  for (const [name, text] of Object.entries(FILES)) writeFileSync(home.path(name), text)
  config = home.path('site.json')
  writeFileSync(config, siteJson({ relay: { queue: 'queue', aliasMaps: ['hash:aliases'] } }))
  await succeed(process.execPath, [COMMAND, 'twins', bin, '--config', config], { env: home.environment })
  writeFileSync(home.path('main.cf'), 'compatibility_level = 3.6\nmyhostname = host.example\n')
  await succeed('/usr/sbin/postalias', ['-c', home.folder, `hash:${home.path('aliases')}`])
  await succeed('/usr/sbin/postmap', ['-c', home.folder, `hash:${home.path('virtual')}`])
})
afterAll(() => home?.dispose())

/** The same command line for the real program and for its twin. */
async function both(name: string, args: readonly string[], input = ''): Promise<readonly [Finished, Finished]> {
  const real = await run(`/usr/sbin/${name}`, ['-c', home.folder, ...args], { cwd: home.folder, input })
  return [await home.run(join(bin, name), args, { input }), real]
}

describe('[C15] postmap and postalias', () => {
  test.each<{ readonly name: string; readonly args: readonly string[]; readonly input?: string }>([
    { name: 'postmap', args: ['-q', 'TOTO@dominio.com', 'hash:virtual'] },
    { name: 'postmap', args: ['-q', '@dominio3', 'hash:virtual'] },
    { name: 'postmap', args: ['-q', 'nobody@dominio.com', 'hash:virtual'] },
    { name: 'postmap', args: ['-q', 'toto@dominio.com', 'virtual'] },
    { name: 'postmap', args: ['-q', '192.168.88.7', 'cidr:net'] },
    { name: 'postmap', args: ['-q', '10.1.2.3', 'cidr:net'] },
    { name: 'postmap', args: ['-q', '::1', 'cidr:net'] },
    { name: 'postmap', args: ['-q', 'x', 'cidr:net', 'inline:{x=y}'] },
    { name: 'postmap', args: ['-q', '-', 'hash:virtual'], input: 'titi@dominio.com\nnobody\nUsuario@dominio.com\n' },
    { name: 'postmap', args: ['-q', '-', 'hash:virtual'], input: 'nobody\n' },
    { name: 'postalias', args: ['-q', 'hostmaster', 'hash:aliases'] },
    { name: 'postalias', args: ['-q', 'Team', 'hash:aliases'] },
    { name: 'postalias', args: ['-q', 'nobody', 'hash:aliases'] },
    { name: 'postalias', args: ['-q', '-', 'aliases'], input: 'root\nnews\nnobody\n' },
  ])('$name $args', async ({ name, args, input }) => {
    const [ours, real] = await both(name, args, input)
    expect([ours.stdout, ours.code]).toEqual([real.stdout, real.code])
  })

  test('everything in a table', async () => {
    const [ours, real] = await both('postmap', ['-s', 'hash:virtual'])
    expect(ours.stdout.split('\n').sort()).toEqual(real.stdout.split('\n').sort())
  })

  test('what is wrong with a text, in the same words', async () => {
    const [ours, real] = await both('postalias', ['wrong'])
    const warnings = (text: string) => text.split('\n').filter((line) => line.includes('warning'))
    expect(warnings(ours.stderr)).toEqual(
      warnings(real.stderr).map((line) => line.replace(/wrong\.db: duplicate/, 'wrong, line 4: duplicate')),
    )
    expect(ours.code).toBe(real.code)
  })

  test('what would change a table that is not made, and files that are not there', async () => {
    const refused = await home.run(join(bin, 'postmap'), ['-d', 'toto@dominio.com', 'virtual'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('usage: postmap')
    const missing = await home.run(join(bin, 'postmap'), ['-q', 'x', 'hash:nowhere'])
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('nowhere')])
  })
})

test('[C12] mailwright lookup', async () => {
  const lookup = (...args: readonly string[]) => home.run(process.execPath, [COMMAND, 'lookup', ...args])
  expect((await lookup('hash:virtual', 'toto@dominio.com')).stdout).toBe('toto\n')
  expect((await lookup('--aliases', 'aliases', 'Hostmaster')).stdout).toBe('root\n')
  expect(await lookup('inline:{ a=b }', 'c')).toMatchObject({ code: 1, stdout: '' })
})

describe('[C15] newaliases', () => {
  test('counts aliases', async () => {
    const { stdout, stderr, code } = await home.run(join(bin, 'newaliases'), [])
    expect(stdout).toMatch(/^\S+\/aliases: 8 aliases, longest \d+ bytes, \d+ bytes total\n$/)
    expect(code).toBe(0)
    expect(stderr).toBe(
      `newaliases: warning: ${home.path('aliases')}: team: mail to command is restricted, and is left out\n`,
    )
  })

  test('tells what is wrong, and fails', async () => {
    writeFileSync(config, siteJson({ relay: { queue: 'queue', aliasMaps: ['hash:wrong'] } }))
    const { stderr, code } = await home.run(join(bin, 'newaliases'), [])
    expect(code).toBe(1)
    expect(stderr).toContain(`warning: ${home.path('wrong')}, line 2: need name:value pair`)
  })
})
