import { editDistance, nearest } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { parseSite } from './site.js'

const GOOD = {
  hostname: 'mx.example.com',
  domains: ['example.com'],
  store: { kind: 'maildir', path: 'mail' },
  auth: { kind: 'passwd-file', path: 'users' },
  tls: { kind: 'self-signed', folder: 'tls' },
  listeners: [{ protocol: 'imap', port: 1143, tls: 'starttls' }],
}

describe('site.json', () => {
  test('paths are taken from the folder of the file', () => {
    const site = parseSite(GOOD, '/srv/site')
    expect(site).toMatchObject({
      store: { path: '/srv/site/mail' },
      auth: { path: '/srv/site/users' },
      tls: { folder: '/srv/site/tls' },
    })
  })

  test('the keys of URLs are beside it, too', () => {
    const imap = { urlAuth: { keys: 'urls', submitters: ['submit'] }, separator: '.' }
    expect(parseSite({ ...GOOD, imap }, '/srv/site').imap).toEqual({
      urlAuth: { keys: '/srv/site/urls', submitters: ['submit'] },
      separator: '.',
    })
  })

  const wrong: readonly (readonly [name: string, change: object, sentence: string])[] = [
    ['an unknown setting', { domain: ['x.org'] }, 'domain: there is no such setting; did you mean "domains"?'],
    [
      'an unknown setting of a listener',
      { listeners: [{ protocol: 'imap', prot: 1 }] },
      'listeners[0].prot: there is no such setting; did you mean "port"?',
    ],
    ['an unknown word', { listeners: [{ protocol: 'imapp', port: 1 }] }, 'did you mean "imap"?'],
    ['a missing setting', { hostname: undefined }, 'hostname: this setting is missing'],
    [
      'a port out of range',
      { listeners: [{ protocol: 'imap', port: 70_000 }] },
      'listeners[0].port: 70000 will not do',
    ],
    [
      'a setting of the other dialect',
      { log: { dialect: 'json', timestamps: 'rfc3339' } },
      'log.timestamps: only where log.dialect is "postfix"',
    ],
    [
      'a log in two places',
      { log: { file: 'log', syslog: { host: '::1', port: 514 } } },
      'log.syslog: the log goes to a file or to syslog, not to both',
    ],
    ['neither port nor path', { listeners: [{ protocol: 'imap' }] }, 'listeners[0]: a listener has either a port or'],
    ['TLS without a certificate', { tls: undefined }, 'listeners[0].tls: "starttls" needs a certificate'],
    [
      'SMTP of an IMAP listener',
      { listeners: [{ protocol: 'imap', port: 1, smtp: { vrfy: 'disabled' } }] },
      'listeners[0].smtp: an imap listener has nothing of SMTP',
    ],
    [
      'an extension that there is not',
      { listeners: [{ protocol: 'smtp', port: 1, smtp: { withheld: [{ extensions: ['PIPELINE'] }] } }] },
      'listeners[0].smtp.withheld[0].extensions[0]: "PIPELINE" will not do',
    ],
    [
      'a network that is none',
      { listeners: [{ protocol: 'smtp', port: 1, smtp: { withheld: [{ networks: ['x'], extensions: ['DSN'] }] } }] },
      'listeners[0].smtp.withheld[0].networks: not a network: "x"',
    ],
    ['IMAP on a Unix socket', { listeners: [{ protocol: 'imap', path: 's' }] }, 'only smtp and lmtp'],
    [
      'a host name with a blank',
      { hostname: 'mx example' },
      'hostname: "mx example" will not do; it must be a host name',
    ],
    ['a list that is none', { domains: 'example.com' }, 'domains: "example.com" will not do; it must be a list'],
    ['an empty list', { domains: [] }, 'domains: [] will not do; it must be a list of at least 1'],
    ['a store of no kind', { store: { path: 'x' } }, 'store.kind: nothing will not do'],
    ['URLs without their keys', { imap: { urlAuth: {} } }, 'imap.urlAuth.keys: this setting is missing'],
    ['a setting of another kind', { store: { kind: 'memory', path: 'x' } }, 'store.path: there is no such setting'],
  ]
  for (const [name, change, sentence] of wrong) {
    test(name, () => {
      expect(() => parseSite({ ...GOOD, ...change }, '/')).toThrow(sentence)
    })
  }
})

describe('nearest', () => {
  test('one slip of the finger', () => {
    expect(nearest('hostnmae', ['hostname', 'domains'])).toBe('hostname')
    expect(nearest('xyz', ['hostname', 'domains'])).toBeUndefined()
  })
  test('distances', () => {
    expect([
      editDistance('', 'abc'),
      editDistance('abc', 'abc'),
      editDistance('abc', 'acb'),
      editDistance('kitten', 'sitting'),
    ]).toEqual([3, 0, 1, 3])
  })
})
