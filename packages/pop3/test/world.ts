import { type ClientCertificate, EXTERNAL, fromLatin1, INBOX, LOGIN, type MailStore, PLAIN } from '@mailwright/core'
import { createMemoryStore } from '@mailwright/store-memory'
import { type Directives, VirtualClock, type World } from '@mailwright/testing'
import { createPop3Server, LocalMaildropLock, type Pop3Options } from '../src/index.js'
import { FIXTURES } from './fixtures.js'
import { ACCOUNTS, testUsers } from './users.js'

const NEVER = new AbortController().signal

/** What `@option` lines may set; anything else in a transcript is a slip of the pen. */
const OPTIONS: { readonly [name: string]: (value: unknown) => Partial<Pop3Options> } = {
  banner: (value) => ({ banner: String(value) }),
  challenge: (value) => ({ challenge: String(value) }),
  allowPlaintext: (value) => ({ allowPlaintext: value === true }),
  offerStls: (value) => ({ offerStls: value === true }),
  uidlFormat: (value) => ({ uidlFormat: String(value) }),
  profile: (value) => ({ profile: value === 'dovecot' ? 'dovecot' : 'complete' }),
  locking: (value) => ({ locking: value === 'shared' ? 'shared' : 'exclusive' }),
  seen: (value) => ({ seen: value === 'never' ? 'never' : 'onQuit' }),
  utf8Headers: (value) => ({ utf8Headers: value === 'refuse' ? 'refuse' : 'asIs' }),
  mechanisms: (value) => ({
    mechanisms: [PLAIN, LOGIN, EXTERNAL].filter(({ name }) => String(value).split(' ').includes(name)),
  }),
  /** The connection is in TLS from its first octet, as on port 995. */
  tls: () => ({ peer: { ...PEER, localPort: 995, tls: TLS } }),
  /** The same, and the peer showed a certificate. */
  certificate: (value) => ({
    peer: { ...PEER, localPort: 995, tls: { ...TLS, client: CERTIFICATES[String(value)] ?? null } },
  }),
}

const TLS = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }

/** Robin's, and one that robin signed himself. */
const CERTIFICATES: { readonly [kind: string]: ClientCertificate } = {
  believed: certificate('ca', true),
  unbelieved: certificate('robin', false),
}

const PEER = { address: '192.0.2.7', port: 40_000, localAddress: '192.0.2.1', localPort: 110 }

function certificate(issuer: string, isTrusted: boolean): ClientCertificate {
  return { name: 'robin', issuer, user: 'robin', fingerprint: 'AA', keyFingerprint: 'BB', isTrusted }
}

/** A memory store, a few users and the maildrop lock of one process; every session of a transcript shares them. */
export async function world(directives: Directives): Promise<World> {
  const clock = new VirtualClock()
  const store = createMemoryStore({ clock, uidValidity: () => 0x6b00f8ca })
  await fill(store, directives.fixture ?? 'mixed')
  let options: Partial<Pop3Options> = {}
  for (const [name, value] of Object.entries(directives.options)) {
    const read = OPTIONS[name]
    if (read === undefined) throw new Error(`no such option: ${name}`)
    options = { ...options, ...read(value) }
  }
  let sessions = 0
  return {
    engine: () => createPop3Server({ peer: PEER, session: `session ${++sessions}`, ...options }),
    adapters: [store, testUsers, new LocalMaildropLock()],
    advance: (span) => clock.advance(span),
    close: () => store.close(),
  }
}

/** Delivers the fixture's messages to every account. */
export async function fill(store: MailStore, fixture: string): Promise<void> {
  const messages = FIXTURES[fixture]
  if (messages === undefined) throw new Error(`no such fixture: ${fixture}`)
  for (const account of ACCOUNTS) {
    const { mailboxes } = await store.mailboxes({ account }, NEVER)
    const inbox = mailboxes.find(({ name }) => name === INBOX)
    if (inbox === undefined) throw new Error('no INBOX')
    for (const text of messages) {
      const result = await store.stage({ account, body: chunks(text) }, NEVER)
      if (result.kind !== 'staged') throw new Error(result.kind)
      const message = { staged: result.staged, flags: { system: 0, keywords: [] }, internalDate: 0 }
      await store.append({ account, mailbox: inbox.id, messages: [message] }, NEVER)
      await store.discard({ staged: [result.staged] }, NEVER)
    }
  }
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  if (text !== '') yield fromLatin1(text)
}
