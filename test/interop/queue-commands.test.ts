import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { COMMAND } from '../support/command.js'
import { freePort } from '../support/free-port.js'
import { Home } from '../support/home.js'
import { MailHost } from '../support/mail-world.js'
import { type Finished, succeed } from '../support/run.js'
import { eventually } from '../support/wait.js'

/** A site whose relay host nobody is: what is for elsewhere stays in the queue. */
let site: Appliance
let home: Home
let bin = ''
/** Where the relay host would listen. */
let port: number

beforeAll(async () => {
  home = new Home()
  port = await freePort()
  site = await Appliance.start({
    users: ['bob'],
    relay: { queue: 'queue', maildrop: 'maildrop', host: `[127.0.0.1]:${port}`, tls: 'none' },
  })
  bin = home.path('bin')
  await succeed(process.execPath, [COMMAND, 'twins', bin, '--config', site.config])
})
afterAll(async () => {
  await site?.dispose()
  home?.dispose()
})

/** Runs a twin as any program would. */
function twin(name: string, args: readonly string[], input = ''): Promise<Finished> {
  return home.run(join(bin, name), args, { input })
}

/** What lies in a user's INBOX, the older first, as its files have it. */
function letters(user: string): readonly string[] {
  const folder = join(site.maildir(user), 'new')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}

/** Sends what nobody takes, and waits until it was tried. @returns ids in the queue. */
async function stuck(...addresses: readonly string[]): Promise<readonly string[]> {
  for (const address of addresses)
    await twin('sendmail', ['-f', 'alice@example.test', address], 'Subject: stuck\n\nx\n')
  return eventually(20_000, 'the mail is deferred', async () => {
    const { stdout } = await twin('postqueue', ['-j'])
    const messages = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as QueueJson)
    const deferred = messages.filter(({ queue_name }) => queue_name === 'deferred')
    return deferred.length === addresses.length ? messages.map(({ queue_id }) => queue_id) : undefined
  })
}

interface QueueJson {
  readonly queue_id: string
  readonly queue_name: string
  readonly sender: string
  readonly recipients: readonly { readonly address: string; readonly delay_reason?: string }[]
}

describe('[A10] [B20] sendmail', () => {
  test('links are made for every name', () => {
    expect(readdirSync(bin).sort()).toEqual([
      'mailq',
      'newaliases',
      'postalias',
      'postmap',
      'postqueue',
      'postsuper',
      'qshape',
      'sendmail',
    ])
  })

  test('[B9] echo "Subject: x" | sendmail user: it arrives with what it lacked', async () => {
    const before = letters('alice').length
    const { code } = await twin('sendmail', ['alice@example.test'], 'Subject: from a pipe\n\nHello\n.\nnot this\n')
    expect(code).toBe(0)
    const messages = await eventually(20_000, 'it is delivered', async () => {
      const all = letters('alice')
      return all.length > before ? all : undefined
    })
    const text = messages.at(-1) ?? ''
    expect(text).toContain('Subject: from a pipe')
    expect(text).toMatch(/^From: \S+@example\.test$/m)
    expect(text).toMatch(/^Message-I[dD]: <\d{14}\.[0-9A-F]+@mail\.example\.test>$/m)
    expect(text).toMatch(/^Date: /m)
    expect(text).toMatch(/^Received: by mail\.example\.test \(Mailwright, from userid \d+\)/m)
    expect(text).toMatch(/\nHello\n$/)
  })

  test('-t takes recipients from the header, and a Bcc goes to nobody’s eyes', async () => {
    const before = letters('bob').length
    await twin(
      'sendmail',
      ['-t', '-i', '-F', 'Cron Daemon', '-f', 'root'],
      'To: alice@example.test\nBcc: bob\nSubject: -t\n\n.\nstill here\n',
    )
    const text = await eventually(20_000, 'bob has it', async () => {
      const all = letters('bob')
      return all.length > before ? (all.at(-1) ?? '') : undefined
    })
    expect(text).toContain('From: Cron Daemon <root@example.test>')
    expect(text).not.toMatch(/^Bcc:/m)
    expect(text).toContain('\n.\nstill here\n')
  })

  test('-bs speaks SMTP, as swaks finds', async () => {
    const before = letters('bob').length
    const args = ['--pipe', `${join(bin, 'sendmail')} -bs`, '--from', 'alice@example.test', '--to', 'bob@example.test']
    const swaks = await home.run('swaks', [...args, '--h-Subject', 'by pipe', '--hide-all'])
    expect(swaks.code).toBe(0)
    await eventually(20_000, 'bob has it', async () => (letters('bob').length > before ? true : undefined))
  })

  test('nobody to send to, an option that is none, a site that is not there', async () => {
    expect((await twin('sendmail', ['-i'], 'x\n')).code).toBe(64)
    const wrong = await twin('sendmail', ['-Z', 'alice'], 'x\n')
    expect([wrong.code, wrong.stderr]).toEqual([64, 'sendmail: fatal: there is no option -Z\n'])
    const nowhere = await twin('sendmail', ['-C', '/nowhere/site.json', 'alice'], 'x\n')
    expect(nowhere.code).not.toBe(0)
    expect(nowhere.stderr).toMatch(/^mailwright: \/nowhere\/site\.json cannot be read/)
  })

  test('mutt sends through it', async () => {
    const before = letters('alice').length
    const rc = home.configuration('muttrc', [
      `set sendmail="${join(bin, 'sendmail')} -oi"`,
      'set from=bob@example.test',
      'set copy=no',
    ])
    const sent = await home.run('mutt', ['-F', rc, '-s', 'by mutt', 'alice@example.test'], { input: 'Hällo\n' })
    expect(sent.stderr).toBe('')
    const text = await eventually(20_000, 'alice has it', async () => {
      const all = letters('alice')
      return all.length > before ? (all.at(-1) ?? '') : undefined
    })
    expect(text).toContain('Subject: by mutt')
  })

  test('[B20] mail of programs waits while no server runs', async () => {
    const before = letters('alice').length
    await site.server.stop()
    expect((await twin('sendmail', ['alice'], 'Subject: meanwhile\n\n')).code).toBe(0)
    expect((await twin('mailq', [])).stdout).toBe('Mail queue is empty\n')
    await site.serve()
    await eventually(20_000, 'alice has it', async () => (letters('alice').length > before ? true : undefined))
  })
})

describe('[J1] [J2] [J3] queue commands', () => {
  test('an empty queue, in seed 001’s words', async () => {
    expect((await twin('mailq', [])).stdout).toBe('Mail queue is empty\n')
    expect((await twin('sendmail', ['-bp'])).stdout).toBe('Mail queue is empty\n')
  })

  test('three stuck messages: listed, held, let go, tried again, and deleted', async () => {
    const ids = await stuck('a@one.example', 'b@two.example', 'c@two.example')
    const listed = (await twin('mailq', [])).stdout
    expect(listed).toMatch(/^-Queue ID- --Size-- ----Arrival Time---- -Sender\/Recipient-------\n/)
    expect(listed).toMatch(
      /\n[0-9A-F]+ +\d+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d {2}alice@example\.test\n {2,}\(connect to 127\.0\.0\.1\[127\.0\.0\.1\]:\d+: Connection refused\)\n {41}\w@/,
    )
    expect(listed).toMatch(/\n-- \d+ Kbytes in 3 Requests\.\n$/)

    const [first = '', second = ''] = ids
    const held = await twin('postsuper', ['-h', first])
    expect(held.stderr).toBe(`postsuper: ${first}: placed on hold\npostsuper: Placed on hold: 1 message\n`)
    expect((await twin('mailq', [])).stdout).toContain(`${first}! `)
    const released = await twin('postsuper', ['-H', 'ALL'])
    expect(released.stderr).toBe('postsuper: Released from hold: 1 message\n')
    const requeued = await twin('postsuper', ['-r', '-'], `${first}\n${second}\nNOSUCHID\n`)
    expect(requeued.stderr).toBe(
      `postsuper: ${first}: requeued\npostsuper: ${second}: requeued\npostsuper: Requeued: 2 messages\n`,
    )

    const shown = await succeed(process.execPath, [COMMAND, 'queue', 'show', second, '--config', site.config])
    expect(shown.stdout).toContain('Subject: stuck')
    for (const args of [['-f'], ['-i', first], ['-s', 'two.example']])
      expect((await twin('postqueue', args)).code).toBe(0)

    const shape = (await twin('qshape', ['incoming', 'active', 'deferred'])).stdout
    expect(shape).toMatch(/^ +T +5 +10 .* 1280\+\n +TOTAL +3 +3 +0 /)
    expect(shape).toMatch(/\n +two\.example +2 +2 +0 .*\n +one\.example +1 +1 +0 /)

    const deleted = await twin('postsuper', ['-d', 'ALL'])
    expect(deleted.stderr).toBe('postsuper: Deleted: 3 messages\n')
    expect((await twin('mailq', [])).stdout).toBe('Mail queue is empty\n')
  })

  test('the same by mailwright’s own words', async () => {
    const [id = ''] = await stuck('d@one.example')
    const own = async (...args: readonly string[]): Promise<string> =>
      (await succeed(process.execPath, [COMMAND, 'queue', ...args, '--config', site.config])).stdout
    expect(await own('hold', id)).toBe('Placed on hold: 1 message\n')
    expect(await own('release', 'ALL')).toBe('Released from hold: 1 message\n')
    expect(JSON.parse(await own('list', '--json'))).toMatchObject({ queue_id: id, sender: 'alice@example.test' })
    expect(await own('flush', id)).toBe('')
    expect(await own('delete', id)).toBe('Deleted: 1 message\n')
    expect(await own('list')).toBe('Mail queue is empty\n')
  })

  test('a flush reaches a host that was thought to be away: of one message, of a domain, of all', async () => {
    await stuck('dora@far.test', 'emil@far.test')
    const line = (await twin('postqueue', ['-j'])).stdout.split('\n').find((each) => each.includes('dora@')) ?? ''
    const { queue_id: first } = JSON.parse(line) as QueueJson
    const host = await MailHost.start({
      domain: 'far.test',
      users: ['dora', 'emil'],
      listeners: [{ protocol: 'smtp', port }],
    })
    try {
      // Nobody would try again for minutes.
      await twin('postqueue', ['-i', first])
      await host.arrived('dora')
      expect((await twin('mailq', [])).stdout).toContain('emil@far.test')
      await twin('postqueue', ['-s', 'far.test'])
      await host.arrived('emil')
    } finally {
      await host.close()
    }
    await eventually(20_000, 'the queue is empty', async () =>
      (await twin('mailq', [])).stdout === 'Mail queue is empty\n' ? true : undefined,
    )
    await stuck('dora@far.test')
    const again = await MailHost.start({ domain: 'far.test', users: ['dora'], listeners: [{ protocol: 'smtp', port }] })
    try {
      await twin('postqueue', ['-f'])
      await again.arrived('dora')
    } finally {
      await again.close()
    }
  })

  test('a command line that cannot be carried out', async () => {
    const { code, stderr } = await twin('postsuper', ['-x'])
    expect([code, stderr]).toEqual([1, 'postsuper: fatal: there is no option -x\n'])
    expect((await twin('postqueue', ['-z'])).code).toBe(69)
  })
})
