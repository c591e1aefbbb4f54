import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expandParameters } from '@mailwright/relay'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { succeed } from '../support/run.js'

/** Settings as they stand in main.cf; those of the seeds, and all that values can say. */
const SETTINGS: { readonly [name: string]: string } = {
  myhostname: 'mail.mymail.com',
  mydomain: 'mymail.com',
  mydestination: '$myhostname, mymail.com, localhost.$mydomain, localhost',
  myorigin: '$mydomain',
  smtpd_banner: '$myhostname ESMTP $mail_name (Debian/GNU)',
  mail_name: 'Postfix',
  empty: '',
  // Written with a section sign for the dollar, which the linter takes for a template otherwise.
  braces: '§{myhostname} §(mydomain) §§',
  conditional: '§{empty?set}§{empty:unset}§{mydomain?set to §mydomain}§{mydomain:unset}',
  choices: '§{mydomain?{yes}:{no}} §{empty?{yes}:{no}} §{ empty ? { a } : { b §{mydomain} } }',
  compared: '§{{§mydomain} == {mymail.com} ? {same} : {other}} §{{9} < {10} ? {less}} §{{b} >= {a} ? {more}}',
  unset: '<§nothing>',
  nested: '§{compared}|§braces',
}

const settings = Object.fromEntries(Object.entries(SETTINGS).map(([name, value]) => [name, value.replaceAll('§', '$')]))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-main-cf-'))
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
  // What is not a setting of Postfix's is one as soon as another names it.
  const users = Object.keys(settings).map((name) => `$${name}`)
  writeFileSync(join(folder, 'main.cf'), `${lines.join('')}virtual_alias_maps = ${users.join(' ')}\n`)
  writeFileSync(join(folder, 'master.cf'), '')
})
afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

test.each(Object.keys(settings))('[C2] %s is what postconf -x says', async (name) => {
  const { stdout } = await succeed('/usr/sbin/postconf', ['-c', folder, '-xh', name])
  const source = (each: string): string | undefined => (Object.hasOwn(settings, each) ? settings[each] : undefined)
  expect(expandParameters(settings[name] ?? '', source)).toBe(stdout.replace(/\n$/, ''))
})
