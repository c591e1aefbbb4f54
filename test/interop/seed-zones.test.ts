import { dnsResolver } from '@mailwright/relay/node'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DnsServerProcess } from '../support/dns.js'
import { MailHost } from '../support/mail-world.js'
import { run } from '../support/run.js'

/** The zone files of seed 000, as they stand there; and the line that seed 001 adds to its own. */
const FORWARD = `$TTL    3600
@       IN      SOA     server.myail.com. root.mymail.com. (
                   2020122001           ; Serial
                         3600           ; Refresh [1h]
                          600           ; Retry   [10m]
                        86400           ; Expire  [1d]
                          600 )         ; Negative Cache TTL [1h]
;
@       IN      NS      server.mymail.com.
mymail.com.      IN      MX      10 correo

server     	IN      A       192.168.88.4
torre    	IN      A       192.168.88.2
portatil	IN 	    A   	192.168.88.3
correo		IN	    A	    192.168.88.13
`
const REVERSE = `$TTL    3600
@       IN      SOA     server.mymail.com. root.mymail.com. (
                   2020122001           ; Serial
                         3600           ; Refresh [1h]
                          600           ; Retry   [10m]
                        86400           ; Expire  [1d]
                          600 )         ; Negative Cache TTL [1h]
;
	IN      NS      server.mymail.com.

4	IN      PTR       server.mymail.com.
3	IN      PTR       portatil.mymail.com.
2	IN      PTR       torre.mymail.com.
13	IN	    PTR	      correo.mymail.com.
`
const LOCAL = '@   IN  MX  10  rhel1.local.com.\nrhel1 A 192.168.1.10'

const signal = new AbortController().signal

describe('[A5] the seeds’ zones', () => {
  let dns: DnsServerProcess

  beforeAll(async () => {
    dns = await DnsServerProcess.start({
      'mymail.com': FORWARD,
      '88.168.192.in-addr.arpa': REVERSE,
      'local.com': LOCAL,
    })
  })
  afterAll(() => dns?.dispose())

  /** The data of the answers that another program gets. */
  async function drill(type: string, name: string): Promise<readonly string[]> {
    const { stdout } = await run('drill', ['-p', String(dns.port), name, '@127.0.0.1', type])
    const [, section = ''] = /;; ANSWER SECTION:\n([^;]*)/.exec(stdout) ?? []
    return section
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t').slice(4).join(' '))
  }

  test.each([
    ['mymail.com', ['10 correo.mymail.com.']],
    ['local.com', ['10 rhel1.local.com.']],
    ['torre.mymail.com', []],
  ])('MX of %s', async (domain, records) => {
    const found = await dnsResolver({ servers: [dns], hostsFile: null }).resolveMx({ domain }, signal)
    const ours = found.kind === 'found' ? found.records.map((each) => `${each.preference} ${each.exchange}.`) : []
    expect(ours).toEqual(records)
    expect(await drill('MX', domain)).toEqual(records)
  })

  test.each([
    ['correo.mymail.com', ['192.168.88.13']],
    ['server.mymail.com', ['192.168.88.4']],
    ['rhel1.local.com', ['192.168.1.10']],
    ['nadie.mymail.com', []],
  ])('addresses of %s', async (host, records) => {
    const found = await dnsResolver({ servers: [dns], hostsFile: null }).resolveAddresses({ host }, signal)
    expect(found.kind === 'found' ? found.records : []).toEqual(records)
    expect(await drill('A', host)).toEqual(records)
  })

  test.each([
    ['192.168.88.13', 'correo.mymail.com'],
    ['192.168.88.2', 'torre.mymail.com'],
    ['192.168.88.99', undefined],
  ])('the name of %s', async (address, name) => {
    const found = await dnsResolver({ servers: [dns], hostsFile: null }).resolvePtr({ address }, signal)
    const names = name === undefined ? [] : [name]
    expect(found.kind === 'found' ? found.records : []).toEqual(names)
    const reverse = `${address.split('.').reverse().join('.')}.in-addr.arpa`
    expect(await drill('PTR', reverse)).toEqual(names.map((each) => `${each}.`))
  })
})

test('[A5] mail finds its way by the seed’s MX', async () => {
  // The same zones, on addresses of this machine.
  const here = (zone: string): string => zone.replaceAll('192.168.88.', '127.0.88.')
  const dns = await DnsServerProcess.start({ 'mymail.com': here(FORWARD), '88.0.127.in-addr.arpa': REVERSE })
  const resolver = dnsResolver({ servers: [dns], hostsFile: null })
  const correo = await MailHost.start({
    domain: 'mymail.com',
    users: ['usuario'],
    listeners: [{ protocol: 'smtp', host: '127.0.88.13', port: 0 }],
    relay: { resolver, clientNames: 'lookedUp' },
  })
  const torre = await MailHost.start({
    domain: 'torre.example',
    users: ['alice'],
    listeners: [{ protocol: 'submission', port: 0 }],
    // The port is the test's; the rest is looked up.
    relay: { resolver, transports: { 'mymail.com': `smtp:mymail.com:${correo.server.port('smtp')}` } },
  })
  const transport = createTransport({
    host: '127.0.0.1',
    port: torre.server.port('submission'),
    auth: { user: 'alice', pass: 'secret-of-alice' },
  })
  try {
    const mail = { from: 'alice@torre.example', to: 'usuario@mymail.com', subject: 'Hola', text: 'Hola' }
    await transport.sendMail(mail)
    const [message] = await correo.arrived('usuario')
    expect(message).toContain('Subject: Hola\r\n')
    await torre.queueEmpty()
    const [delivery] = torre.events('delivery')
    expect(delivery).toMatchObject({ status: 'sent' })
    expect(delivery?.['relay']).toBe(`correo.mymail.com[127.0.88.13]:${correo.server.port('smtp')}`)
  } finally {
    transport.close()
    await torre.close()
    await correo.close()
    await dns.dispose()
  }
})
