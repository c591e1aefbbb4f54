import { describe, expect, test } from 'vitest'
import { COMMANDS } from './command-table.js'
import { ADMITS } from './states.js'

describe('ADMITS', () => {
  test('the AUTHORIZATION state: RFC 1939 §9, RFC 2449 §5, RFC 2595 §4, RFC 5034 §4, RFC 6856 §2 and §3', () => {
    expect([...ADMITS.authorization].sort()).toEqual(
      ['USER', 'PASS', 'QUIT', 'APOP', 'CAPA', 'STLS', 'AUTH', 'UTF8', 'LANG'].sort(),
    )
  })

  test('the TRANSACTION state: RFC 1939 §9, RFC 2449 §5, RFC 6856 §3', () => {
    expect([...ADMITS.transaction].sort()).toEqual(
      ['STAT', 'LIST', 'RETR', 'DELE', 'NOOP', 'RSET', 'QUIT', 'TOP', 'UIDL', 'CAPA', 'LANG'].sort(),
    )
  })

  test('the UPDATE state admits nothing: RFC 1939 §6', () => {
    expect(ADMITS.update.size).toBe(0)
  })

  test('[G1] every command has a row, and a state that admits it', () => {
    const admitted = new Set([...ADMITS.authorization, ...ADMITS.transaction])
    expect([...admitted].sort()).toEqual(Object.keys(COMMANDS).sort())
  })

  test('what needs a maildrop is admitted only where there is one', () => {
    for (const verb of ADMITS.authorization) expect(COMMANDS[verb].needs).toBe('nothing')
  })

  test('every row names its source', () => {
    for (const row of Object.values(COMMANDS)) expect(row.source).toMatch(/^RFC \d{4} §\d/)
  })
})
