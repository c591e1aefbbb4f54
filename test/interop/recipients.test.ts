import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Outbound } from '../support/outbound.js'
import { Postfix } from '../support/postfix.js'

/**
 * Several recipients of one message, at a server that answers by their names, in SMTP and in LMTP: what becomes of each, with our client and with
 * Debian's Postfix.
 */
let postfix: Postfix
const servers: Server[] = []
const ports = { smtp: 0, lmtp: 0 }

/** Answers to RCPT by the local part, and in LMTP to the message. */
const AT_RCPT: { readonly [local: string]: string } = {
  no: '550 5.1.1 <no> unknown',
  later: '450 4.2.1 <later> asleep',
  many: '452 4.5.3 Too many',
}
const AT_END: { readonly [local: string]: string } = {
  spam: '554 5.7.1 <spam> refused',
  full: '452 4.2.2 <full> over quota',
  odd: '250-2.0.0 one\r\n250 2.0.0 two',
}

function serve(protocol: 'smtp' | 'lmtp'): Promise<number> {
  const server = createServer((socket) => {
    const say = (text: string): void => void socket.write(`${text}\r\n`)
    let accepted: string[] = []
    let isData = false
    let input = ''
    say('220 server.test ready')
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      input += chunk.toString('latin1')
      for (let end = input.indexOf('\r\n'); end >= 0; end = input.indexOf('\r\n')) {
        const line = input.slice(0, end)
        input = input.slice(end + 2)
        if (isData) {
          if (line !== '.') continue
          isData = false
          const special = accepted.find((local) => local === 'gone' || AT_END[local] !== undefined)
          const answers = protocol === 'lmtp' ? accepted : [special ?? 'all']
          for (const local of answers) {
            if (local === 'gone') {
              socket.destroy()
              return
            }
            say(AT_END[local] ?? `250 2.0.0 <${local}> taken`)
          }
          accepted = []
          continue
        }
        const local = /^RCPT TO:<([^@]*)@/i.exec(line)?.[1]
        if (local !== undefined) {
          const refusal = AT_RCPT[local]
          if (refusal === undefined) accepted.push(local)
          say(refusal ?? '250 2.1.5 Ok')
        } else if (/^DATA/i.test(line)) {
          isData = accepted.length > 0
          say(isData ? '354 Go on' : '503 5.5.1 No recipients')
        } else if (/^[EL]HLO/i.test(line)) say('250-server.test\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES')
        else if (/^QUIT/i.test(line)) socket.end('221 2.0.0 Bye\r\n')
        else {
          if (/^RSET/i.test(line)) accepted = []
          say('250 2.0.0 Ok')
        }
      }
    })
  })
  servers.push(server)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

beforeAll(async () => {
  for (const protocol of ['smtp', 'lmtp'] as const) ports[protocol] = await serve(protocol)
  postfix = await Postfix.start({
    settings: [
      `transport_maps = inline:{smtp.test=smtp:[127.0.0.1]:${ports.smtp}, lmtp.test=lmtp:inet:127.0.0.1:${ports.lmtp}}`,
      'smtp_connection_cache_on_demand = no',
      'lmtp_connection_cache_on_demand = no',
    ],
  })
})
afterAll(async () => {
  await postfix?.dispose()
  for (const server of servers) server.close()
})

type Outcomes = { readonly [local: string]: string }
const STATUS: { readonly [kind: string]: string } = { delivered: 'sent', deferred: 'deferred', failed: 'bounced' }

async function byOurs(protocol: 'smtp' | 'lmtp', locals: readonly string[]): Promise<Outcomes> {
  const outbound = new Outbound({ protocol, tlsPolicy: () => ({ level: 'none' }) })
  const nexthop = protocol === 'smtp' ? `[127.0.0.1]:${ports.smtp}` : `inet:127.0.0.1:${ports.lmtp}`
  const to = locals.map((local) => `${local}@${protocol}.test`)
  const results = await outbound.results(nexthop, to, 'Subject: x\r\n\r\nx\r\n', AbortSignal.timeout(30_000))
  await outbound.agent.close?.()
  return Object.fromEntries(
    results.map(({ position, kind, status, text }) => [locals[position], `${status} ${STATUS[kind]} ${text}`]),
  )
}

async function byPostfix(protocol: 'smtp' | 'lmtp', locals: readonly string[]): Promise<Outcomes> {
  const before = postfix.log().length
  const to = locals.map((local) => `${local}@${protocol}.test`)
  await postfix.command('sendmail', ['-f', postfix.address('bob'), ...to], { input: 'Subject: x\n\nx\n' })
  const outcomes: { [local: string]: string } = {}
  for (const local of locals) {
    const line = new RegExp(`to=<${local}@${protocol}\\.test>, .*dsn=(\\S+), status=(\\w+) \\((.*)\\)\\n`)
    await postfix.logged(new RegExp(`^[^]{${before}}[^]*${line.source}`))
    const [, dsn = '', status = '', text = ''] = line.exec(postfix.log().slice(before)) ?? []
    outcomes[local] = `${dsn} ${status} ${text}`
  }
  return outcomes
}

describe('[I2] [C4] what becomes of each recipient, as with Postfix', () => {
  test.each<['smtp' | 'lmtp', readonly string[]]>([
    ['smtp', ['a', 'b', 'c']],
    ['smtp', ['a', 'no', 'later', 'b']],
    ['smtp', ['no', 'no2', 'later']],
    ['smtp', ['no']],
    ['smtp', ['spam', 'a', 'no']],
    ['smtp', ['full', 'a', 'no']],
    ['smtp', ['gone', 'a', 'no']],
    ['smtp', ['a', 'many', 'many2']],
    ['lmtp', ['a', 'b', 'c']],
    ['lmtp', ['a', 'no', 'later', 'b']],
    ['lmtp', ['a', 'spam', 'full', 'b', 'no']],
    ['lmtp', ['odd', 'a']],
    ['lmtp', ['a', 'gone', 'b', 'no']],
    ['lmtp', ['spam', 'full']],
    ['lmtp', ['no', 'later']],
  ])('%s: %s', async (protocol, locals) => {
    // Postfix sorts them, and the order matters where the server leaves.
    const sorted = locals.toSorted()
    const theirs = await byPostfix(protocol, sorted)
    expect(await byOurs(protocol, sorted)).toEqual(theirs)
  })
})
