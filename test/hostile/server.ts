import { staticAuthenticator } from '@mailwright/auth'
import { LocalChangeBus } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { createMemoryStore } from '@mailwright/store-memory'
import {
  createMailServer,
  type MailServer,
  type MailServerOptions,
  makeSelfSigned,
  memoryUrlAuthority,
} from 'mailwright'
import { Wire } from '../support/wire.js'

/** A server in this process, over a store in memory, with the users alice and bob. */
export async function startServer(limits: MailServerOptions['limits'] = {}): Promise<MailServer> {
  const changes = new LocalChangeBus()
  return createMailServer({
    hostname: 'mx.example.test',
    domains: ['example.test'],
    store: createMemoryStore({ clock: systemClock, bus: changes }),
    authenticator: staticAuthenticator({ alice: 'secret', bob: 'secret' }),
    urlAuth: { authority: memoryUrlAuthority() },
    certificate: await makeSelfSigned('mx.example.test'),
    changes,
    limits,
    listeners: [
      { protocol: 'smtp', port: 0 },
      { protocol: 'imap', port: 0 },
      { protocol: 'imap', port: 0, tls: 'implicit' },
      { protocol: 'pop3', port: 0 },
    ],
  })
}

/** Reads lines up to the one that begins with `start`, and returns that. */
export async function until(wire: Wire, start: string): Promise<string> {
  for (;;) {
    const line = await wire.line()
    if (line.startsWith(start)) return line
  }
}

/** An IMAP session of `user` with INBOX selected. */
export async function imapSession(server: MailServer, user: string): Promise<Wire> {
  const wire = await Wire.open(server.port('imap', 'starttls'))
  await until(wire, '* OK')
  await wire.send(`0 LOGIN ${user} secret\r\n1 SELECT INBOX\r\n`)
  await until(wire, '1 OK')
  return wire
}

/** Sends a message to alice; returns the reply to it. */
export async function deliver(server: MailServer, message: string): Promise<string> {
  const wire = await Wire.open(server.port('smtp'))
  await wire.send('EHLO there\r\nMAIL FROM:<>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n')
  await until(wire, '354')
  await wire.send(`${message}\r\n.\r\n`)
  const reply = await wire.line()
  wire.destroy()
  return reply
}

/** Measures how long the event loop stood still, at worst, while `work` ran. */
export async function worstStandstill(work: () => Promise<void>): Promise<number> {
  const step = 5
  let worst = 0
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    worst = Math.max(worst, now - last - step)
    last = now
  }, step)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return worst
}
