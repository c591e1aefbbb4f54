import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { COMPRESSION_LIMITS } from '@mailwright/core'
import type { MailServer } from 'mailwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Wire } from '../support/wire.js'
import { imapSession, startServer, until, worstStandstill } from './server.js'

/** As for the other bombs. */
const STANDSTILL = 700
const MEBIBYTE = 1_048_576
const SYNC_FLUSH = 2

let server: MailServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

async function compressed(): Promise<Wire> {
  const wire = await imapSession(server, 'alice')
  await wire.send('z COMPRESS DEFLATE\r\n')
  expect(await until(wire, 'z ')).toBe('z OK Begin compression.')
  return wire
}

/** Octets that inflate to `before` and then as many zeros. */
function bomb(before: string, zeros: number): Buffer {
  return deflateRawSync(Buffer.concat([Buffer.from(before), Buffer.alloc(zeros)]), { finishFlush: SYNC_FLUSH })
}

describe('little octets that inflate to many', () => {
  test.each([
    ['a line without end', ''],
    ['a literal that is counted out', 'a CREATE {4000000000+}\r\n'],
    ['a message over the limit', 'a APPEND INBOX {4000000000+}\r\n'],
  ] as const)('%s: costs no memory, nobody waits, and the connection ends at the ratio', async (_, before) => {
    const octets = bomb(before, 512 * MEBIBYTE)
    expect(octets.length).toBeLessThan(MEBIBYTE)
    const victim = await imapSession(server, 'bob')
    const memory = process.memoryUsage().arrayBuffers
    let most = memory
    const worst = await worstStandstill(async () => {
      const wire = await compressed()
      await wire.send(octets)
      const over = wire.rest()
      let isOver = false
      void over.then(() => {
        isOver = true
      })
      while (!isOver) {
        most = Math.max(most, process.memoryUsage().arrayBuffers)
        await victim.send('n NOOP\r\n')
        expect(await until(victim, 'n ')).toBe('n OK NOOP completed.')
      }
    })
    victim.destroy()
    expect(most - memory).toBeLessThan(32 * MEBIBYTE)
    expect(worst).toBeLessThan(STANDSTILL)
  })

  test('what stays below is served: 30 MiB of zeros are counted out and the next command is answered', async () => {
    const wire = await compressed()
    const zeros = 30 * MEBIBYTE
    expect(zeros).toBeLessThan(COMPRESSION_LIMITS.inflateAllowance)
    const line = `a CREATE {${zeros}+}\r\n`
    const text = Buffer.concat([Buffer.from(line), Buffer.alloc(zeros), Buffer.from('\r\nb LOGOUT\r\n')])
    await wire.send(deflateRawSync(text))
    // What comes back is compressed, and its end is the connection's.
    const heard = Buffer.from(await wire.rest(), 'latin1')
    expect(inflateRawSync(heard).toString('latin1')).toMatch(
      /^a NO \[TOOBIG\] Literal too large\.\r\n\* BYE Logging out\r\nb OK Logout completed\.\r\n$/,
    )
  })
})

describe('what is no DEFLATE', () => {
  test('clear text behind COMPRESS ends the connection and is never run', async () => {
    const wire = await imapSession(server, 'alice')
    await wire.send('z COMPRESS DEFLATE\r\nq CREATE Injected\r\n')
    const heard = await wire.rest()
    expect(heard).toContain('z OK Begin compression.\r\n')
    const other = await imapSession(server, 'alice')
    await other.send('l LIST "" *\r\n')
    expect(await until(other, '* LIST')).toMatch(/INBOX$/)
    expect(await until(other, 'l OK')).toBe('l OK List completed.')
    other.destroy()
  })

  test('compressed commands sent with COMPRESS, before its answer, are run', async () => {
    const wire = await imapSession(server, 'alice')
    await wire.send(
      Buffer.concat([
        Buffer.from('z COMPRESS DEFLATE\r\n'),
        deflateRawSync('q LOGOUT\r\n', { finishFlush: SYNC_FLUSH }),
      ]),
    )
    expect(await until(wire, 'z ')).toBe('z OK Begin compression.')
    const heard = inflateRawSync(Buffer.from(await wire.rest(), 'latin1')).toString('latin1')
    expect(heard).toBe('* BYE Logging out\r\nq OK Logout completed.\r\n')
  })
})
