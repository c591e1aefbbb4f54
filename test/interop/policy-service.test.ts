import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { smtp, smtpSession, smtpText } from '../support/dialogue.js'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'
import { eventually, within } from '../support/wait.js'
import { Wire } from '../support/wire.js'

/** postgrey, as most sites have it behind Postfix, behind ours. */
let postgrey: ChildProcess
let ended: Promise<unknown>
let folder: string
let host: MailHost

const NOBODY = 65_534
/** Seconds, to pass while the test waits for it. */
const DELAY = 1

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-postgrey-'))
  chownSync(folder, NOBODY, NOBODY)
  const port = await freePort()
  postgrey = spawn(
    'postgrey',
    [
      ...[`--inet=127.0.0.1:${port}`, `--dbdir=${folder}`, `--delay=${DELAY}`, '--hostname=mx.home.test'],
      ...['--user=nobody', '--group=nogroup', '--auto-whitelist-clients=0'],
      ...['--whitelist-clients=/dev/null', '--whitelist-recipients=/dev/null'],
    ],
    { stdio: 'ignore', env: { PATH: '/usr/sbin:/usr/bin:/bin', LC_ALL: 'C' } },
  )
  ended = new Promise((resolve) => postgrey.once('close', resolve))
  await eventually(20_000, 'postgrey listens', async () => {
    const wire = await Wire.open(port).catch(() => undefined)
    wire?.destroy()
    return wire === undefined ? undefined : true
  })
  host = await MailHost.start({
    domain: 'home.test',
    users: ['alice'],
    listeners: [{ protocol: 'smtp', port: 0 }],
    relay: {
      networks: ['192.0.2.0/24'],
      restrictions: { recipient: `reject_unauth_destination, check_policy_service inet:127.0.0.1:${port}` },
    },
  })
})

afterAll(async () => {
  await host?.close()
  postgrey?.kill('SIGTERM')
  await within(10_000, 'postgrey ends', ended)
  rmSync(folder, { recursive: true, force: true })
})

/** The answer to RCPT; where it is yes, the message goes through. */
async function attempt(): Promise<string> {
  const wire = await smtpSession(host.server.port('smtp'))
  try {
    await smtp(wire, 'MAIL FROM:<a@there.test>')
    const answer = await smtp(wire, 'RCPT TO:<alice@home.test>')
    if (answer.startsWith('250')) {
      await smtp(wire, 'DATA')
      await wire.send('Subject: at last\r\n\r\nHello\r\n.\r\n')
      expect(await smtpText(wire)).toMatch(/^250 /)
    }
    return answer
  } finally {
    wire.destroy()
  }
}

test('postgrey has a stranger come again, and marks his message', async () => {
  expect(await attempt()).toMatch(
    /^450 4\.2\.0 <alice@home\.test>: Recipient address rejected: Greylisted, see http:\/\/postgrey\.schweikert\.ch\/help\/home\.test/,
  )
  const answer = await eventually(20_000, 'postgrey lets it pass', async () => {
    const said = await attempt()
    return said.startsWith('450') ? undefined : said
  })
  expect(answer).toBe('250 2.1.5 Ok')
  const [message] = await host.arrived('alice')
  expect(message).toMatch(/^X-Greylist: delayed \d+ seconds by postgrey-[\d.]+ at mx\.home\.test; /m)
})
