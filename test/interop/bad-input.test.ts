import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import {
  deliver,
  imap,
  imapSession,
  imapUntil,
  pop3,
  pop3Lines,
  pop3Session,
  smtp,
  smtpSession,
  smtpText,
} from '../support/dialogue.js'
import { note } from '../support/messages.js'
import { Wire } from '../support/wire.js'

/** Whatever comes is answered as the protocol says, and the next client is served. */
let site: Appliance

const LIMIT = 50_000

beforeAll(async () => {
  site = await Appliance.start({ users: ['bob', 'carol'], limits: { messageOctets: LIMIT } })
  await deliver(site.port('smtp'), site.address('carol'), note('before'))
})
afterAll(() => site?.dispose())

/** After each attack: mail goes in and comes out by all three, and nothing is known to be at fault. */
afterEach(async () => {
  expect(await deliver(site.port('smtp'), site.address('bob'), note('next'))).toMatch(/^250 /)
  const reader = await imapSession(site.port('imap'), 'bob', site.password('bob'))
  expect((await imap(reader, 's EXAMINE INBOX')).at(-1)).toMatch(/^s OK /)
  expect((await imap(reader, 'f FETCH * BODY.PEEK[TEXT]'))[0]).toContain('It works.')
  reader.destroy()
  const drop = await pop3Session(site.port('pop3'), 'carol', site.password('carol'))
  expect(await pop3(drop, 'RETR 1')).toMatch(/^\+OK/)
  expect(await pop3Lines(drop)).toContain('It works.')
  expect(await pop3(drop, 'QUIT')).toMatch(/^\+OK/)
  drop.destroy()
  const faults = site.server.log.filter(({ msg }) => msg === 'engineFault' || msg === 'adapterFault')
  expect(faults).toEqual([])
})

async function mailTo(to = site.address('bob')): Promise<Wire> {
  const wire = await smtpSession(site.port('smtp'))
  await smtp(wire, 'MAIL FROM:<sender@example.org>')
  expect(await smtp(wire, `RCPT TO:<${to}>`)).toBe('250 2.1.5 Ok')
  expect(await smtp(wire, 'DATA')).toMatch(/^354 /)
  return wire
}

describe('SMTP', () => {
  test('a line that does not end', async () => {
    const wire = await smtpSession(site.port('smtp'))
    await wire.send(`NOOP ${'x'.repeat(1_000_000)}\r\n`)
    expect(await smtpText(wire)).toBe('500 5.5.2 Error: line too long')
    expect(await smtp(wire, 'NOOP')).toBe('250 2.0.0 Ok')
    wire.destroy()
  })

  test('a command that is none', async () => {
    const wire = await smtpSession(site.port('smtp'))
    expect(await smtp(wire, 'FROBNICATE now')).toBe('500 5.5.2 Error: command not recognized')
    expect(await smtp(wire, 'NOOP')).toBe('250 2.0.0 Ok')
    wire.destroy()
  })

  test('another protocol', async () => {
    const wire = await Wire.open(site.port('smtp'))
    await wire.send('GET / HTTP/1.1\r\nHost: mail.example.test\r\n\r\nMAIL FROM:<a@example.org>\r\n')
    const said = await wire.rest()
    expect(said.split('\r\n').slice(1)).toEqual([expect.stringMatching(/^221 2\.7\.0 /), ''])
  })

  test('errors without end', async () => {
    const wire = await smtpSession(site.port('smtp'))
    await wire.send('BOGUS\r\n'.repeat(9))
    for (let at = 0; at < 9; at++) expect(await smtpText(wire)).toMatch(/^500 /)
    // From the tenth on each answer waits a second; the twentieth ends the session.
    const begin = performance.now()
    await wire.send('BOGUS\r\n'.repeat(3))
    for (let at = 0; at < 3; at++) expect(await smtpText(wire)).toMatch(/^500 /)
    expect(performance.now() - begin).toBeGreaterThan(1_900)
    wire.destroy()
  })

  test('NULs in a command and in a message', async () => {
    const wire = await smtpSession(site.port('smtp'))
    expect(await smtp(wire, 'MAIL FROM:<a\0b@example.org>')).toMatch(/^50\d 5\./)
    expect(await smtp(wire, '\0\0\0')).toMatch(/^(500|221) /)
    wire.destroy()
    const sender = await mailTo()
    await sender.send('Subject: nul\r\n\r\na\0b\r\n.\r\n')
    expect(await smtpText(sender)).toMatch(/^250 2\.0\.0 Ok: queued as /)
    sender.destroy()
  })

  test('a bare LF in a command is no end of a line', async () => {
    const wire = await smtpSession(site.port('smtp'))
    await wire.send('NOOP\n')
    expect(await smtpText(wire)).toBe('500 5.5.2 Error: bare <LF> received')
    expect(await smtp(wire, 'NOOP')).toBe('250 2.0.0 Ok')
    wire.destroy()
  })

  for (const [name, end] of [
    ['LF.LF', '\n.\n'],
    ['LF.CRLF', '\n.\r\n'],
    ['CRLF.LF', '\r\n.\n'],
    ['CR.CR', '\r.\r'],
    ['CRLF.CR', '\r\n.\r'],
  ] as const) {
    test(`[B11] ${name} does not end a message: nothing is smuggled`, async () => {
      const wire = await mailTo()
      const smuggled = `MAIL FROM:<evil@example.org>\r\nRCPT TO:<${site.address('bob')}>\r\nDATA\r\nSubject: smuggled\r\n`
      await wire.send(`Subject: carrier\r\n\r\nText${end}${smuggled}\r\n.\r\n`)
      expect(await smtpText(wire)).toMatch(/^550 5\.5\.2 Error: bare <(LF|CR)> received$/)
      expect(await smtp(wire, 'NOOP')).toBe('250 2.0.0 Ok')
      wire.destroy()
      const reader = await imapSession(site.port('imap'), 'bob', site.password('bob'))
      await imap(reader, 's EXAMINE INBOX')
      expect(await imap(reader, 'f SEARCH SUBJECT smuggled')).toContain('* SEARCH')
      expect(await imap(reader, 'f SEARCH SUBJECT carrier')).toContain('* SEARCH')
      reader.destroy()
    })
  }

  test('[B3] a message over the limit, and none of it is taken for commands', async () => {
    const wire = await mailTo()
    await wire.send(`Subject: big\r\n\r\n${'QUIT\r\n'.repeat(LIMIT / 4)}.\r\n`)
    expect(await smtpText(wire)).toBe('552 5.3.4 Error: message file too big')
    expect(await smtp(wire, `MAIL FROM:<a@example.org> SIZE=${LIMIT + 1}`)).toMatch(/^552 5\.3\.4 /)
    expect(await smtp(wire, 'MAIL FROM:<a@example.org> SIZE=99999999999999999999')).toMatch(/^552 5\.3\.4 /)
    expect(await smtp(wire, 'NOOP')).toBe('250 2.0.0 Ok')
    wire.destroy()
  })

  test('what is sent behind STARTTLS in clear text is not heard', async () => {
    const wire = await smtpSession(site.port('smtp'))
    await wire.send('STARTTLS\r\nEHLO injected.example\r\nMAIL FROM:<injected@example.org>\r\n')
    expect(await smtpText(wire)).toMatch(/^220 /)
    await wire.secure(site.certificate)
    // Had the injected EHLO or MAIL been heard, their replies would come first.
    expect(await smtp(wire, `RCPT TO:<${site.address('bob')}>`)).toMatch(/^503 5\.5\.1 /)
    expect(await smtp(wire, 'EHLO client.example.org')).not.toContain('STARTTLS')
    expect(await smtp(wire, 'STARTTLS')).toMatch(/^554 5\.5\.1 /)
    wire.destroy()
  })

  test('a handshake that is none', async () => {
    const wire = await smtpSession(site.port('smtp'))
    expect(await smtp(wire, 'STARTTLS')).toMatch(/^220 /)
    await wire.send('this is no ClientHello\r\n'.repeat(10))
    await wire.rest()
  })

  test('a peer that goes in the middle of a message leaves nothing', async () => {
    const wire = await mailTo()
    await wire.send('Subject: half\r\n\r\nThe first half of')
    wire.destroy()
    await site.server.until('the loss is logged', () =>
      site.server.log.some(({ msg, reason }) => msg === 'disconnect' && /lost|peerClosed/.test(String(reason)))
        ? true
        : undefined,
    )
    const reader = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    await imap(reader, 's EXAMINE INBOX')
    expect(await imap(reader, 'f SEARCH SUBJECT half')).toContain('* SEARCH')
    reader.destroy()
  })
})

describe('IMAP', () => {
  test('a line that does not end, before and after login', async () => {
    const stranger = await Wire.open(site.port('imap'))
    await imapUntil(stranger, '* OK ')
    await stranger.send(`a LOGIN ${'x'.repeat(1_000_000)}\r\n`)
    // Whose command it was is lost with its line (RFC 3501 §7.1.3).
    expect(await stranger.line()).toMatch(/^\* BAD /)
    expect((await imap(stranger, 'b NOOP')).at(-1)).toMatch(/^b OK /)
    stranger.destroy()
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    await wire.send(`a SELECT ${'x'.repeat(1_000_000)}\r\n`)
    expect(await wire.line()).toMatch(/^\* BAD /)
    expect((await imap(wire, 'b NOOP')).at(-1)).toMatch(/^b OK /)
    wire.destroy()
  })

  test('commands that are none, and NULs', async () => {
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    expect((await imap(wire, 'a FROBNICATE')).at(-1)).toMatch(/^a BAD /)
    await wire.send('b SELECT IN\0BOX\r\n')
    expect((await imapUntil(wire, 'b ')).at(-1)).toMatch(/^b BAD /)
    await wire.sendLine('')
    expect(await wire.line()).toMatch(/^\* BAD /)
    expect((await imap(wire, 'd NOOP')).at(-1)).toMatch(/^d OK /)
    wire.destroy()
  })

  test('literals over the limit: refused before they come, or counted out', async () => {
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    expect((await imap(wire, `a APPEND INBOX {${LIMIT + 1}}`)).at(-1)).toMatch(/^a NO \[TOOBIG\] /)
    expect((await imap(wire, 'b SELECT {70000}')).at(-1)).toMatch(/^b NO \[TOOBIG\] /)
    const inside = 'x LOGOUT\r\n'.repeat(LIMIT / 5)
    await wire.send(`c APPEND INBOX {${inside.length}+}\r\n${inside}\r\n`)
    expect((await imapUntil(wire, 'c ')).at(-1)).toMatch(/^c NO \[TOOBIG\] /)
    await wire.send(`d SELECT {${inside.length}+}\r\n${inside}\r\n`)
    expect((await imapUntil(wire, 'd ')).at(-1)).toMatch(/^d NO \[TOOBIG\] /)
    expect((await imap(wire, 'e NOOP')).at(-1)).toMatch(/^e OK /)
    wire.destroy()
  })

  test('a mailbox that does not exist, and its message', async () => {
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    expect((await imap(wire, 'a SELECT Nowhere')).at(-1)).toMatch(/^a NO \[NONEXISTENT\] /)
    expect((await imap(wire, 'b APPEND Nowhere {5}')).at(-1)).toMatch(/^b NO \[TRYCREATE\] /)
    await wire.send('c APPEND Nowhere {10+}\r\nx LOGOUT\r\n\r\n')
    expect((await imapUntil(wire, 'c ')).at(-1)).toMatch(/^c NO \[TRYCREATE\] /)
    for (const name of ['../carol', '"/etc/passwd"', '"a\\\\..\\\\b"', '"~bob"', '"&Jjo!"', '"a/../b"']) {
      expect((await imap(wire, `d CREATE ${name}`)).at(-1), name).toMatch(/^d (NO|BAD) /)
    }
    expect((await imap(wire, 'e NOOP')).at(-1)).toMatch(/^e OK /)
    wire.destroy()
  })

  test('what is sent behind STARTTLS in clear text is not heard', async () => {
    const wire = await Wire.open(site.port('imap'))
    await imapUntil(wire, '* OK ')
    await wire.send(`a STARTTLS\r\nb LOGIN bob "${site.password('bob')}"\r\n`)
    expect((await imapUntil(wire, 'a ')).at(-1)).toMatch(/^a OK /)
    await wire.secure(site.certificate)
    // Only the answer to what came by TLS, and nobody is logged in.
    expect(await imap(wire, 'c SELECT INBOX')).toEqual([expect.stringMatching(/^c BAD /)])
    wire.destroy()
  })

  test('a wrong password is answered late, and three end the connection', async () => {
    const wire = await Wire.open(site.port('imap'))
    await imapUntil(wire, '* OK ')
    const begin = performance.now()
    expect((await imap(wire, 'a LOGIN bob wrong')).at(-1)).toMatch(/^a NO \[AUTHENTICATIONFAILED\] /)
    expect(performance.now() - begin).toBeGreaterThan(1_900)
    // Another user while the first waits is not slowed.
    const again = performance.now()
    await wire.sendLine('b LOGIN nobody wrong')
    const other = await imapSession(site.port('imap'), 'carol', site.password('carol'))
    expect(performance.now() - again).toBeLessThan(1_500)
    other.destroy()
    expect((await imapUntil(wire, 'b ')).at(-1)).toMatch(/^b NO \[AUTHENTICATIONFAILED\] /)
    await wire.sendLine('c FROBNICATE')
    expect(await wire.rest()).toMatch(/^(c BAD .*\r\n)?\* BYE .*\r\n(c BAD .*\r\n)?$/)
  })
})

describe('POP3', () => {
  async function greeted(): Promise<Wire> {
    const wire = await Wire.open(site.port('pop3'))
    expect(await wire.line()).toMatch(/^\+OK /)
    return wire
  }

  test('a line that does not end, NULs, and commands that are none', async () => {
    const wire = await pop3Session(site.port('pop3'), 'bob', site.password('bob'))
    await wire.send(`NOOP ${'x'.repeat(1_000_000)}\r\n`)
    expect(await wire.line()).toMatch(/^-ERR /)
    expect(await pop3(wire, 'RE\0TR 1')).toMatch(/^-ERR /)
    expect(await pop3(wire, 'FROBNICATE')).toMatch(/^-ERR /)
    expect(await pop3(wire, 'RETR 99999999999999999999')).toMatch(/^-ERR /)
    expect(await pop3(wire, 'RETR -1')).toMatch(/^-ERR /)
    expect(await pop3(wire, 'TOP 1')).toMatch(/^-ERR /)
    expect(await pop3(wire, 'NOOP')).toMatch(/^\+OK/)
    expect(await pop3(wire, 'QUIT')).toMatch(/^\+OK/)
    wire.destroy()
  })

  test('what is sent behind STLS in clear text is not heard', async () => {
    const wire = await greeted()
    await wire.send(`USER bob\r\nSTLS\r\nPASS ${site.password('bob')}\r\n`)
    expect(await wire.line()).toMatch(/^\+OK/)
    expect(await wire.line()).toMatch(/^\+OK/)
    await wire.secure(site.certificate)
    expect(await pop3(wire, 'STAT')).toMatch(/^-ERR /)
    expect(await pop3(wire, `PASS ${site.password('bob')}`)).toMatch(/^-ERR /)
    wire.destroy()
  })

  test('a wrong password is answered late, in the words that an unknown user hears', async () => {
    const wire = await greeted()
    const begin = performance.now()
    await pop3(wire, 'USER bob')
    const wrong = await pop3(wire, 'PASS wrong')
    expect(wrong).toMatch(/^-ERR \[AUTH\] /)
    expect(performance.now() - begin).toBeGreaterThan(1_900)
    await pop3(wire, 'USER nobody')
    expect(await pop3(wire, 'PASS wrong')).toBe(wrong)
    expect(await pop3(wire, 'FROBNICATE')).toMatch(/^-ERR /)
    expect(await wire.rest()).toBe('')
  })
})

describe('TLS', () => {
  test('what is no TLS on a port of TLS', async () => {
    for (const listener of ['imaps', 'pop3s', 'submissions'] as const) {
      const wire = await Wire.open(site.port(listener))
      await wire.send('a LOGIN bob secret\r\n'.repeat(20))
      // TLS says so by an alert record (RFC 8446 §6), or just closes; no protocol text comes.
      expect(await wire.rest()).not.toMatch(/OK|220/)
    }
  })
})
