import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { COMMAND } from '../support/command.js'
import { deliver } from '../support/dialogue.js'
import { freePort } from '../support/free-port.js'
import { MailHost } from '../support/mail-world.js'
import { note } from '../support/messages.js'
import { run } from '../support/run.js'
import { stored } from '../support/stored.js'

/** The built command with `relay` in its site.json, and another host that is not always there. */
let site: Appliance
let farPort: number

beforeAll(async () => {
  farPort = await freePort()
  site = await Appliance.start({
    listeners: ['smtp', 'submission', 'imap'],
    relay: {
      queue: 'queue',
      maildrop: 'drop',
      host: `[127.0.0.1]:${farPort}`,
      aliasMaps: ['hash:aliases'],
      limits: { minimalBackoff: 1_000, maximalBackoff: 1_000 },
    },
  })
  writeFileSync(join(site.folder, 'aliases'), 'hostmaster: alice\n')
})
afterAll(() => site?.dispose())

async function far(): Promise<MailHost> {
  return MailHost.start({ domain: 'far.test', users: ['dora'], listeners: [{ protocol: 'smtp', port: farPort }] })
}

/** What is in the files of the queue. */
function queued(): string {
  const folder = join(site.folder, 'queue')
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.flatMap((one) => (one.isFile() ? [readFileSync(join(one.path, one.name), 'latin1')] : [])).join('')
}

describe('[C4] [B10] a site with a queue', () => {
  test('what it said 250 to is there after kill -9, and goes out when the next host is back', async () => {
    expect(await deliver(site.port('smtp'), 'dora@far.test', note('patient'))).toMatch(/^250 2\.0\.0 Ok: queued as /)
    expect(queued()).toContain('Subject: patient\r\n')
    await site.kill()
    const host = await far()
    try {
      await site.serve()
      const [message] = await host.arrived('dora')
      expect(message).toContain('Subject: patient\r\n')
    } finally {
      await host.close()
    }
  })

  test('[C14] aliases of a file decide who gets mail', async () => {
    expect(await deliver(site.port('smtp'), site.address('hostmaster'), note('by alias'))).toMatch(/^250 /)
    await site.server.until('it is delivered', () =>
      site.server.log.find(({ msg, to }) => msg === 'delivery' && to === site.address('alice')),
    )
    expect((await stored(site, 'alice')).map(({ subject }) => subject)).toEqual(['by alias'])
  })

  test('[B20] a program’s mail goes the same way', async () => {
    const host = await far()
    try {
      const sent = await run(
        process.execPath,
        [COMMAND, 'twin', 'sendmail', site.config, '-f', site.address('alice'), 'dora@far.test'],
        {
          input: 'Subject: from a program\n\nIt works.\n',
        },
      )
      expect([sent.code, sent.stderr]).toEqual([0, ''])
      const [message] = await host.arrived('dora')
      expect(message).toMatch(
        /^Received: by mail\.example\.test \(Mailwright, from userid \d+\)\r\n\tid [0-9A-F]{12}; /m,
      )
      expect(message).toMatch(/^Message-Id: <\d{14}\.[0-9A-F]{12}@mail\.example\.test>\r$/m)
    } finally {
      await host.close()
    }
  })
})
