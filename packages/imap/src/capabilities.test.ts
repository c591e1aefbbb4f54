import { HostError } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { CAPABILITY_PROFILES } from './capability-profiles.js'
import { CAPABILITY_ROWS, type CapabilityRow } from './capability-table.js'
import { COMMANDS } from './command-table.js'
import { type ImapServerOptions, settings } from './options.js'

const ROWS: readonly CapabilityRow[] = CAPABILITY_ROWS
const NAMES = new Set(ROWS.map((row) => row.name))

function offerOf(options: Partial<ImapServerOptions>) {
  return settings({
    peer: { address: '192.0.2.1', port: 1, localAddress: '192.0.2.2', localPort: 143 },
    supports: { hierarchy: true, keywords: true, durable: false, saveDates: true, objectIds: true },
    ...options,
  }).offer
}

function told(options: Partial<ImapServerOptions>): string[] {
  return offerOf(options).told.map((row) => row.name)
}

test('each name has one row, a source, and brings, needs and excludes only names that have one', () => {
  expect(NAMES.size).toBe(ROWS.length)
  for (const { source, brings = [], needs = [], insteadOf = [] } of ROWS) {
    expect(source).toMatch(/^(RFC \d+|draft-[\w-]+)/)
    for (const name of [...brings, ...needs, ...insteadOf]) expect(NAMES).toContain(name)
  }
})

test('the command rows name capabilities of the table', () => {
  const named = Object.values(COMMANDS).flatMap(({ capability }) =>
    capability === undefined ? [] : [capability].flat(),
  )
  expect(named).toContain('MOVE')
  for (const name of named) expect(NAMES).toContain(name)
})

describe('what is offered', () => {
  test('by default everything, in the order of Dovecot 2.3, but for what excludes something else', () => {
    const names = told({})
    expect(names).toContain('LITERAL+')
    expect(names).not.toContain('LITERAL-')
    const dovecots = CAPABILITY_PROFILES['dovecot-2.3'].capabilities.filter((name) => NAMES.has(name))
    expect(names.slice(0, dovecots.length)).toEqual(dovecots)
  })

  test('the list of the host, in its order', () => {
    expect(told({ capabilities: ['IMAP4rev1', 'MOVE', 'ID'] })).toEqual(['IMAP4rev1', 'MOVE', 'ID'])
  })

  test('a list goes before a profile, and what is switched off comes out of either', () => {
    const profile = 'dovecot-2.0'
    expect(told({ profile, capabilities: ['IMAP4rev1', 'ID'], switchedOff: ['ID'] })).toEqual(['IMAP4rev1'])
    expect(told({ profile, switchedOff: ['IDLE'] })).not.toContain('IDLE')
  })

  test('what may be used is what is told', () => {
    expect([...offerOf({ capabilities: ['IMAP4rev1', 'MOVE'] }).usable]).toEqual(['IMAP4rev1', 'MOVE'])
  })

  test('what a name excludes steps in where that is switched off', () => {
    expect(told({ switchedOff: ['LITERAL+'] })).toContain('LITERAL-')
    expect(told({ switchedOff: ['LITERAL+', 'LITERAL-'] }).join(' ')).not.toContain('LITERAL')
  })
})

for (const [name, options] of [
  ['a name that nobody knows', { capabilities: ['IMAP4rev1', 'IDEL'] }],
  ['a switch for a name that nobody knows', { switchedOff: ['IDEL'] }],
  ['a list without IMAP4rev1', { capabilities: ['IDLE'] }],
  ['names that exclude one another', { capabilities: ['IMAP4rev1', 'LITERAL+', 'LITERAL-'] }],
] as const) {
  test(`refused: ${name}`, () => {
    expect(() => offerOf(options)).toThrow(HostError)
  })
}
