import { HostError, LOGIN, PLAIN } from '@mailwright/core'
import { expect, test } from 'vitest'
import { IMAP_LIMITS } from './limits.js'
import { type ImapServerOptions, settings } from './options.js'

const OPTIONS: ImapServerOptions = {
  peer: { address: '192.0.2.1', port: 1, localAddress: '192.0.2.2', localPort: 143 },
  supports: { hierarchy: true, keywords: true, durable: false },
}

test('defaults are safe: no password in clear text, the limits of limits.ts', () => {
  expect(settings(OPTIONS)).toMatchObject({
    startTls: 'none',
    passwords: 'secured',
    mechanisms: [PLAIN, LOGIN],
    separator: '/',
    limits: IMAP_LIMITS,
    failureDelay: 2_000,
  })
})

test('single limits replace their defaults', () => {
  expect(settings({ ...OPTIONS, limits: { badCommands: 5 } }).limits).toEqual({ ...IMAP_LIMITS, badCommands: 5 })
})

for (const [name, options] of [
  ['too many fields of ID', { id: Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`f${at}`, ''])) }],
  ['too long a name in ID', { id: { ['x'.repeat(31)]: '' } }],
  ['too long a value in ID', { id: { name: 'ü'.repeat(513) } }],
  ['a language that is not spoken', { language: 'fr' }],
  ['a JMAP URL that is none', { jmapUrl: 'example.com' }],
  ['a JMAP URL of two lines', { jmapUrl: 'https://example.com/\r\n* BYE' }],
] as const) {
  test(`refused: ${name}`, () => {
    expect(() => settings({ ...OPTIONS, ...options })).toThrow(HostError)
  })
}

test('a profile brings its banner and its timings, unless the host has others', () => {
  expect(settings({ ...OPTIONS, profile: 'dovecot-2.2' })).toMatchObject({ banner: 'Dovecot ready.', timings: 'told' })
  expect(settings({ ...OPTIONS, profile: 'dovecot-2.2', banner: 'Hi', timings: 'none' })).toMatchObject({
    banner: 'Hi',
    timings: 'none',
  })
})

for (const banner of ['', 'two\r\nlines', 'grüß', 'tab\t']) {
  test(`a banner that cannot be sent is the host's mistake: ${JSON.stringify(banner)}`, () => {
    expect(() => settings({ ...OPTIONS, banner })).toThrow(HostError)
  })
}
