import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { COMMAND } from '../support/command.js'
import { freePort } from '../support/free-port.js'
import { Home } from '../support/home.js'
import { Postfix } from '../support/postfix.js'
import { succeed } from '../support/run.js'
import { eventually } from '../support/wait.js'

/** The programs of Debian's Postfix and ours of the same names, on queues that hold the same mail for a relay host that nobody is. */
let home: Home
let site: Appliance
let postfix: Postfix
let bin = ''

beforeAll(async () => {
  home = new Home()
  const port = await freePort()
  const relay = {
    queue: 'queue',
    maildrop: 'maildrop',
    domains: ['kept.example'],
    host: `[127.0.0.1]:${port}`,
    tls: 'none',
  } as const
  site = await Appliance.start({ relay })
  bin = home.path('bin')
  await succeed(process.execPath, [COMMAND, 'twins', bin, '--config', site.config])
  postfix = await Postfix.start({ domain: 'example.test', settings: [`relayhost = [127.0.0.1]:${port}`] })
})
afterAll(async () => {
  await postfix?.dispose()
  await site?.dispose()
  home?.dispose()
})

/** What a program left. */
interface Said {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Both {
  readonly theirs: Said
  readonly ours: Said
}

async function both(name: string, args: readonly string[], input = ''): Promise<Both> {
  const [theirs, ours] = await Promise.all([
    postfix.command(name, args, { input }),
    home.run(join(bin, name), args, { input, env: { ...home.environment, TZ: 'UTC' } }),
  ])
  const said = ({ code, stdout, stderr }: Said): Said => ({ code, stdout, stderr })
  return { theirs: said(theirs), ours: said(ours) }
}

/** A message of a queue, in the listings of both. */
interface Entry {
  readonly queue_id: string
  readonly queue_name: string
  readonly recipients: readonly { readonly address: string }[]
}

function entries(json: string): readonly Entry[] {
  return json
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry)
}

/** Waits until both have so many messages, and none at work or new. */
function settled(count: number, queue = 'deferred'): Promise<Both> {
  return eventually(30_000, `${count} messages are ${queue} in both queues`, async () => {
    const listed = await both('postqueue', ['-j'])
    const isDone = ({ stdout }: Said): boolean => {
      const all = entries(stdout)
      return all.length === count && all.every(({ queue_name }) => queue_name === queue)
    }
    return isDone(listed.theirs) && isDone(listed.ours) ? listed : undefined
  })
}

/** The id of the message for an address, in each. */
async function idsOf(address: string): Promise<{ readonly theirs: string; readonly ours: string }> {
  const { theirs, ours } = await both('postqueue', ['-j'])
  const id = ({ stdout }: Said): string =>
    entries(stdout).find(({ recipients }) => recipients.some((each) => each.address === address))?.queue_id ?? ''
  return { theirs: id(theirs), ours: id(ours) }
}

/**
 * What two queues cannot have in common: ids, sizes (each has its own Received line) and the second of arrival. Which of two messages
 * met the closed port itself and which heard of it is chance in both.
 */
function alike(text: string): string {
  return text
    .replace(/^( *)\((?:delivery temporarily suspended: )?(?=connect)/gm, '(')
    .replace(/"delay_reason": "delivery temporarily suspended: /g, '"delay_reason": "')
    .replace(/^[0-9A-F]{10,12}([*!]?) +\d+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d {2}/gm, 'ID$1 SIZE ARRIVAL  ')
    .replace(/"queue_id": "[0-9A-F]+", "arrival_time": \d+, "message_size": \d+,/g, '"queue_id": ID, TIME, SIZE,')
}

/** Lines, in an order that is the same in both: Postfix has none. */
function jsonLines({ stdout }: Said): readonly string[] {
  return alike(stdout).split('\n').sort()
}

/** Heading, messages, sum. Blank lines stand between messages. */
function listed({ stdout }: Said): {
  readonly heading: string
  readonly messages: readonly string[]
  readonly sum: string
} {
  const [heading = '', ...rest] = stdout.split('\n')
  const parts = alike(rest.join('\n')).split('\n\n')
  return { heading, sum: parts.pop() ?? '', messages: parts.sort() }
}

async function fill(): Promise<void> {
  const text = 'Subject: stuck\n\nx\n'
  for (const args of [
    ['-f', 'alice@example.test', 'a@one.example', 'b@two.example'],
    ['-f', '<>', 'c@one.example'],
    ['-f', 'alice@example.test', 'd@three.example'],
  ]) {
    const { theirs, ours } = await both('sendmail', args, text)
    expect(ours).toEqual(theirs)
  }
  await settled(3)
}

describe('[J1] [J2] [J3] the queue, by Postfix’s programs and ours', () => {
  test('-j: the same lines, to the blanks', async () => {
    await fill()
    const { theirs, ours } = await settled(3)
    expect(jsonLines(ours)).toEqual(jsonLines(theirs))
  })

  test('-p and sendmail -bp: the same messages, reasons and sum', async () => {
    for (const [name, args] of [
      ['postqueue', ['-p']],
      ['sendmail', ['-bp']],
    ] as const) {
      const { theirs, ours } = await both(name, args)
      const { heading, ...queue } = listed(theirs)
      const { heading: ourHeading, ...ourQueue } = listed(ours)
      expect(ourQueue).toEqual(queue)
      // Postfix's has one blank more since its short ids have eleven characters; programs know both.
      expect(heading.replace('-  -', '- -')).toBe(ourHeading)
    }
  })

  test('columns: sizes end, and senders begin, where Postfix has them; ids of ours have one character more', async () => {
    const { theirs, ours } = await both('postqueue', ['-p'])
    const columns = ({ stdout }: Said): readonly number[] =>
      [...stdout.matchAll(/^([0-9A-F]+)[*! ].*(?:MAILER-DAEMON|alice@)/gm)].map(([line, id = '']) => {
        return line.search(/MAILER-DAEMON|alice@/) - id.length
      })
    const [one] = columns(theirs)
    expect(one).toBeGreaterThan(0)
    expect(new Set([...columns(theirs), ...columns(ours)])).toEqual(new Set([one]))
  })

  test('postsuper says the same of messages that are there and of those that are not', async () => {
    const { theirs, ours } = await idsOf('d@three.example')
    expect(theirs).not.toBe('')
    for (const [option, queue] of [
      ['-h', 'hold'],
      ['-H', 'deferred'],
    ] as const) {
      const them = await postfix.command('postsuper', [option, theirs])
      const us = await home.run(join(bin, 'postsuper'), [option, ours])
      expect(us.stderr.replace(ours, 'ID')).toBe(them.stderr.replace(theirs, 'ID'))
      expect(us.code).toBe(them.code)
      const now = await eventually(20_000, `it is ${queue}`, async () => {
        const all = await both('postqueue', ['-j'])
        const places = [all.theirs, all.ours].map(
          ({ stdout }) => entries(stdout).find(({ queue_id }) => [theirs, ours].includes(queue_id))?.queue_name,
        )
        return places.every((each) => each === queue) ? places : undefined
      })
      expect(now).toEqual([queue, queue])
    }
    for (const args of [
      ['-d', 'ABCDEF012'],
      ['-d', 'a b'],
      ['-H', 'ABCDEF012'],
      ['-r', 'ABCDEF012', '-H', 'ABCDEF012', '-d', 'ABCDEF012', '-h', 'ABCDEF012'],
      ['-d', 'ALL', 'hold'],
      ['-s'],
      ['-p'],
    ]) {
      const said = await both('postsuper', args)
      expect(said.ours, args.join(' ')).toEqual(said.theirs)
    }
  })

  test('on hold with its mark, let go, requeued, deleted: all of them', async () => {
    for (const option of ['-h', '-H', '-r']) {
      const said = await both('postsuper', [option, 'ALL'])
      expect(said.ours, option).toEqual(said.theirs)
      if (option === '-h') {
        const { theirs, ours } = await both('postqueue', ['-p'])
        expect(listed(ours).messages).toEqual(listed(theirs).messages)
        expect(listed(ours).messages.every((each) => each.startsWith('ID! '))).toBe(true)
      }
      // What Postfix requeues lies in its maildrop, as what is new, until pickup(8) looks there: once a minute.
      if (option !== '-r') await settled(3, option === '-h' ? 'hold' : 'deferred')
    }
    const deleted = await both('postsuper', ['-d', 'ALL'])
    expect(deleted.ours).toEqual(deleted.theirs)
    for (const args of [['-p'], ['-j']]) {
      const said = await both('postqueue', args)
      expect(said.ours).toEqual(said.theirs)
    }
  })

  test('postqueue: command lines that can be carried out, and that cannot', async () => {
    for (const args of [['-f'], ['-i', 'ABCDEF012'], ['-i', 'x!'], ['-s', 'bad site'], ['-f', '-p'], ['-p', 'x'], []]) {
      const said = await both('postqueue', args)
      expect(said.ours, args.join(' ')).toEqual(said.theirs)
    }
    // getopt(3) of Postfix says what was wrong before the usage; ours says the usage alone.
    for (const args of [['-z'], ['-s'], ['-i']]) {
      const { theirs, ours } = await both('postqueue', args)
      expect(ours.code).toBe(theirs.code)
      expect(theirs.stderr.split('\n').slice(-2).join('\n')).toBe(ours.stderr)
    }
    // Postfix keeps lists of mail for domains of `fast_flush_domains` alone; ours finds that of each.
    const { theirs, ours } = await both('postqueue', ['-s', 'one.example'])
    expect(theirs).toMatchObject({ code: 69, stderr: expect.stringContaining('Flush service is not configured') })
    expect(ours).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

describe('[A10] [B20] sendmail, by Postfix’s program and ours', () => {
  const TEXT = 'Subject: x\n\nx\n'

  test('what is not understood of reports is told, and the mail goes', async () => {
    for (const args of [
      ['-N', 'never,success', 'alice@example.test'],
      ['-R', 'x', 'alice@example.test'],
    ]) {
      const said = await both('sendmail', args, TEXT)
      expect(said.ours, args.join(' ')).toEqual(said.theirs)
    }
  })

  /**
   * Whatever is wrong, Postfix ends with 75 (EX_TEMPFAIL), so that programs keep the mail and try again. Ours says 75 where that can help, and 64
   * (EX_USAGE) where the same call would fail again. The words are alike but for whose call it was, which Postfix adds.
   */
  test('what is wrong with a call', async () => {
    for (const args of [[], ['-i'], ['-t'], ['-bs', 'x']]) {
      const { theirs, ours } = await both('sendmail', args, args.includes('-t') ? TEXT : '')
      expect([theirs.code, ours.code], args.join(' ')).toEqual([75, 64])
      expect(ours.stderr).toBe(theirs.stderr.replace(/ \w+\(\d+\):/, ''))
    }
  })

  test('-bs: a whole session by hand', async () => {
    const lines = [
      'EHLO client.example',
      'MAIL FROM:<bob@example.test>',
      'RCPT TO:<alice@example.test>',
      'VRFY alice@example.test',
      'DATA',
      'Subject: by hand\r\n\r\n..dotted\r\n.',
      'BOGUS',
      'DATA',
      'QUIT',
    ]
    const { theirs, ours } = await both('sendmail', ['-bs'], `${lines.join('\r\n')}\r\n`)
    // EHLO's list is each server's own; a message is queued here once the maildrop was read.
    const replies = ({ stdout }: Said): readonly string[] =>
      stdout
        .replace(/^250[- ][A-Za-z8].*\r\n/gm, '')
        .replace(/^220 .*/, '220')
        .replace(/^250 2\.0\.0 Ok: .*$/m, '250 2.0.0 Ok')
        .split('\r\n')
    expect(replies(ours)).toEqual(replies(theirs))
    expect([theirs.code, ours.code]).toEqual([0, 0])
    await eventually(20_000, 'alice has it', async () => {
      const { stdout } = await home.run('grep', ['-rl', '^Subject: by hand', site.maildir('alice')])
      return stdout === '' ? undefined : true
    })
  })

  test('[B14] -bs: what Postfix offers is there, and what was asked of reports goes with the mail', async () => {
    const lines = [
      'EHLO client.example',
      'MAIL FROM:<bob@example.test> RET=HDRS ENVID=QQ314159',
      'RCPT TO:<far@bs.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;near@bs.example',
      'DATA',
      'Subject: by hand, with reports\r\n\r\nx\r\n.',
      'QUIT',
    ]
    const { theirs, ours } = await both('sendmail', ['-bs'], `${lines.join('\r\n')}\r\n`)
    const words = ({ stdout }: Said): readonly string[] =>
      [...stdout.matchAll(/^250[- ]([A-Z\d]+)/gm)].flatMap(([, word = '']) => (word === '' ? [] : [word]))
    expect(words(ours)).toEqual(expect.arrayContaining([...words(theirs)]))
    const { ours: id } = await eventually(20_000, 'both have it', async () => {
      const ids = await idsOf('far@bs.example')
      return ids.theirs === '' || ids.ours === '' ? undefined : ids
    })
    const shown = await home.run(process.execPath, [COMMAND, 'queue', 'show', id, '--config', site.config])
    expect(shown.stdout).toMatch(/"ret": "HDRS"[\s\S]*"envelopeId": "QQ314159"/)
    expect(shown.stdout).toMatch(
      /"notify": \[\s*"SUCCESS",\s*"FAILURE"\s*\],\s*"originalRecipient": "rfc822;near@bs\.example"/,
    )
    expect(shown.stdout).toMatch(
      /^Received: from client\.example \(localhost \[127\.0\.0\.1\]\)\r\n\tby mail\.example\.test \(Mailwright\) with ESMTP id [0-9A-F]+\r\n\tfor <far@bs\.example>; /m,
    )
    await both('postsuper', ['-d', 'ALL'])
  })

  test('[B13] -bs: ETRN starts the queue for a domain that mail is kept for; Postfix’s cannot', async () => {
    const session = 'ETRN kept.example\r\nETRN other.example\r\nQUIT\r\n'
    const { theirs, ours } = await both('sendmail', ['-bs'], session)
    const codes = ({ stdout }: Said): readonly string[] => stdout.split('\r\n').map((line) => line.slice(0, 3))
    expect(codes(ours)).toEqual(['220', '250', '459', '221', ''])
    expect(codes(theirs)).toEqual(['220', '458', '458', '221', ''])
  })

  test('-v: the sender hears by mail how the first attempt went', async () => {
    const args = ['-v', '-f', 'alice@example.test', 'alice@example.test', 'far@v.example']
    const { theirs, ours } = await both('sendmail', args, TEXT)
    expect(ours).toEqual(theirs)
    const reportIn = (folder: string): Promise<string> =>
      eventually(30_000, `a report in ${folder}`, async () => {
        const { stdout } = await home.run('grep', ['-rh', '^Subject: Mail Delivery Status Report', '-A60', folder])
        return stdout.includes('Action: delayed') ? stdout.replaceAll('\r', '') : undefined
      })
    for (const report of [await reportIn(postfix.maildir('alice')), await reportIn(site.maildir('alice'))]) {
      expect(report).toContain('\nEnclosed is the mail delivery report that you requested.\n')
      expect(report).toMatch(/^Final-Recipient: rfc822; ?alice@example\.test\n(?:.+\n)*?Action: delivered$/m)
      expect(report).toMatch(/^Final-Recipient: rfc822; ?far@v\.example\n(?:.+\n)*?Action: delayed$/m)
    }
    await both('postsuper', ['-d', 'ALL'])
  })
})
