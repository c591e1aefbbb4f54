import { accountId, type Outcome } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPop3Server, type Pop3Call } from '../src/index.js'
import { run } from './bare-engine.js'

const PEER = { address: '192.0.2.7', port: 1, localAddress: '192.0.2.1', localPort: 110 }
const PATIENT = { refusedBeforeLogin: 1_000_000, refused: 1_000_000, failureDelay: 0 }

/** Nobody gets in; what else may be asked fails. */
function answer(call: Pop3Call): Outcome {
  if (call.call === 'verifyPassword') return { ok: { kind: 'accepted', user: 'x', account: accountId('x') } }
  return { fault: new Error('out of order') }
}

const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
const text = fc.array(octet, { maxLength: 40 }).map((octets) => octets.join('').replaceAll('\n', ''))
const verb = fc.constantFrom('USER', 'PASS', 'APOP', 'STAT', 'LIST', 'RETR', 'TOP', 'NOOP', 'UTF8', 'RSET', 'DELE')
const command = fc.oneof(
  text,
  fc.tuple(verb, text).map(([keyword, argument]) => `${keyword} ${argument}`),
)

describe('whatever a peer sends', () => {
  test('octets never break the engine, and everything it says is one of its lines', () => {
    const piece = fc.oneof(
      text,
      command.map((line) => `${line}\r\n`),
      fc.constantFrom('AUTH PLAIN\r\n', 'AUTH\r\n', 'CAPA\r\n', 'LANG\r\n', '*\r\n', 'STLS\r\n', '\n', '\r', '\0'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const engine = createPop3Server({ peer: PEER, session: 'one', allowPlaintext: true, limits: PATIENT })
        engine.tick(0)
        for (const chunk of pieces) {
          const { writes, effects } = run(engine, chunk, answer)
          for (const line of writes.join('').split('\r\n').slice(0, -1)) {
            expect(line).toMatch(/^(\+OK|-ERR)( [ -~]+)?$|^\+ |^[A-Z0-9-]+( [A-Z0-9-]+)*$|^en English$|^\.$/)
          }
          expect(effects.filter(({ kind }) => kind === 'close')).toEqual([])
          expect(effects.some((effect) => effect.kind === 'event' && effect.event.name === 'engineFault')).toBe(false)
        }
      }),
    )
  })

  test('every command line is answered by exactly one line, in whatever chunks it comes', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), fc.integer({ min: 1, max: 50 }), (lines, size) => {
        const engine = createPop3Server({ peer: PEER, session: 'one', allowPlaintext: true, limits: PATIENT })
        engine.tick(0)
        let said = run(engine, '', answer).writes.join('')
        const octets = lines.map((line) => `${line}\r\n`).join('')
        for (let at = 0; at < octets.length; at += size) {
          said += run(engine, octets.slice(at, at + size), answer).writes.join('')
        }
        expect(said.split('\r\n').slice(1, -1)).toHaveLength(lines.length)
      }),
    )
  })
})
