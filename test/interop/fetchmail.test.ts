import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { Home } from '../support/home.js'
import { deliverMail, MAIL, SUBJECTS } from '../support/mail.js'
import { unstamped } from '../support/messages.js'
import type { Finished } from '../support/run.js'
import { stored, storedFlags } from '../support/stored.js'
import { STORES } from '../support/stores.js'

/** fetchmail's word for "nothing new". */
const NO_MAIL = 1

/** fetchmail takes mail from one mailbox and hands it on by SMTP or LMTP: here, from our server to our server. */
describe.each(STORES)('fetchmail, %s', (_, wishes) => {
  let site: Appliance
  let home: Home

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: ['pops', 'popped', 'keeps', 'kept', 'flushes', 'lmtped'] })
    home = new Home()
    await deliverMail(site, 'pops', 'keeps', 'flushes')
  })
  afterAll(async () => {
    await site?.dispose()
    home?.dispose()
  })

  async function fetchmail(name: string, lines: readonly string[]): Promise<Finished> {
    const trust = `sslcertfile ${site.certificate} sslcommonname mail.example.test`
    const config = home.configuration(name, ['set no bouncemail', 'set invisible', ...lines, 'no rewrite', trust])
    return home.run('fetchmail', ['--nodetach', '--nosyslog', '-f', config, '-i', home.path(`${name}.ids`)])
  }

  /** Subjects of what fetchmail brought, whole: below trace fields of its first delivery stands what was sent. */
  async function brought(user: string): Promise<readonly string[]> {
    return (await stored(site, user)).map((each) => {
      const { message } = unstamped(each.message)
      const sent = MAIL.get(each.subject) ?? ''
      const whole = each.subject === 'only a header' ? `${sent}\r\n` : sent
      expect(message.slice(message.indexOf('From: '))).toBe(whole)
      return each.subject
    })
  }

  test('[G4] [G5] brings mail by POP3 with STLS, each message once, and leaves it there', async () => {
    const config = [
      `poll 127.0.0.1 service ${site.port('pop3')} protocol pop3 uidl`,
      `user pops password ${site.password('pops')} is ${site.address('popped')} here keep sslproto tls1.2+`,
      `smtphost 127.0.0.1/${site.port('smtp')} smtpaddress example.test`,
    ]
    expect(await fetchmail('pop3', config)).toMatchObject({ code: 0 })
    expect(await fetchmail('pop3', config)).toMatchObject({ code: NO_MAIL })
    expect(await brought('popped')).toEqual(SUBJECTS)
    expect(Object.keys(await storedFlags(site, 'pops'))).toEqual(SUBJECTS)
  })

  test('[F14] brings mail by IMAP with STARTTLS, each message once, and marks it as seen', async () => {
    const config = [
      `poll localhost service ${site.port('imap')} protocol imap`,
      `user keeps password ${site.password('keeps')} is ${site.address('kept')} here keep sslproto tls1.2+`,
      `smtphost 127.0.0.1/${site.port('smtp')} smtpaddress example.test`,
    ]
    expect(await fetchmail('imap-keep', config)).toMatchObject({ code: 0 })
    expect(Object.values(await storedFlags(site, 'keeps'))).toEqual(SUBJECTS.map(() => '\\Seen'))
    const again = await fetchmail('imap-keep', config)
    expect(again).toMatchObject({ code: NO_MAIL, stdout: '5 messages (5 seen) for keeps at localhost.\n' })
    expect(await brought('kept')).toEqual(SUBJECTS)
  })

  test('[I2] hands mail from IMAP on to LMTP, and leaves nothing behind', async () => {
    const config = [
      `poll localhost service ${site.port('imaps')} protocol imap`,
      `user flushes password ${site.password('flushes')} is ${site.address('lmtped')} here nokeep ssl`,
      `lmtp smtphost 127.0.0.1/${site.port('lmtp')} smtpaddress example.test`,
    ]
    expect(await fetchmail('imap', config)).toMatchObject({ code: 0 })
    expect(await brought('lmtped')).toEqual(SUBJECTS)
    expect(await stored(site, 'flushes')).toEqual([])
  })
})
