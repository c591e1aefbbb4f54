import {
  type AccountId,
  type Authenticator,
  accountId,
  EXTERNAL,
  LOGIN,
  LocalChangeBus,
  PLAIN,
  type StoreAbilities,
} from '@mailwright/core'
import { calendar } from '@mailwright/core/driver'
import { createImapServer, type ImapServerOptions } from '@mailwright/imap'
import { createMemoryStore } from '@mailwright/store-memory'
import { type Directives, VirtualClock, type World } from '@mailwright/testing'
import { FIXTURES } from './fixtures.js'
import { rememberedUrls } from './url-authority.js'

const EPOCH = Date.UTC(2026, 0, 1)

/** Passwords of the users that transcripts know; each one's account has its name. */
const USERS: { readonly [user: string]: string } = {
  fred: 'secret',
  mrc: 'secret',
  user1: 'password',
  vagrant: 'password',
  robin: 'robin',
  cry0l1t3: '1234',
  'ventas@mymail.com': 'ventas',
  bob: 'secret',
  joe: 'secret',
  submit: 'secret',
  anonymous: 'secret',
}

/** Users that all read fred's mail, so that fixtures need one account only. */
const READERS_OF_FRED = new Set(['fred', 'mrc', 'user1', 'vagrant', 'robin', 'cry0l1t3', 'joe'])

export const authenticator: Pick<Authenticator, 'verifyPassword' | 'lookupUser'> = {
  async verifyPassword({ user, password, authorize }) {
    if (authorize !== undefined || USERS[user] !== password) return { kind: 'rejected' }
    return { kind: 'accepted', user, account: accountOf(user) }
  },
  async lookupUser({ user }) {
    if (user === 'away') return { kind: 'unavailable' }
    return USERS[user] === undefined ? { kind: 'noSuchUser' } : { kind: 'found', user, account: accountOf(user) }
  },
}

function accountOf(user: string): AccountId {
  return accountId(READERS_OF_FRED.has(user) ? 'fred' : user)
}

/** `@option sharing true`. */
const SHARING = { others: 'Other Users', shared: { name: 'Shared', account: accountId('shared') } }

/** Options of the world that are not the engine's. */
const OF_THE_STORE = new Set(['uidValidity', 'quota', 'admins', 'adminContact', 'supports', 'sharing'])

const TLS = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }

/**
 * The world of the transcripts: a memory store with a fixture, passwords allowed anywhere unless the transcript says
 * otherwise, and a clock that stands still. Options: those of the engine by name, `tls` (`implicit`), `certificate` (of fred: `believed`, `unbelieved`), `uidValidity`,
 * `quota` (octets, or several amounts), `mechanisms` (names), `admins` (accounts), `adminContact`, `sharing` (`true`) and `supports` (abilities that the engine is told of instead of the
 * store's; `null`: none).
 */
export async function world({ options, fixture }: Directives): Promise<World> {
  const clock = new VirtualClock(EPOCH)
  const bus = new LocalChangeBus()
  const uidValidity = Number(options['uidValidity'] ?? 7)
  const quota = options['quota']
  const store = createMemoryStore({
    clock,
    bus,
    uidValidity: () => uidValidity,
    ...(quota === undefined ? {} : { quota: typeof quota === 'number' ? { octets: quota } : amountOf(quota) }),
    admins: Array.isArray(options['admins']) ? options['admins'].map((name) => accountId(String(name))) : [],
    ...(options['sharing'] === true ? { sharing: SHARING } : {}),
    ...(options['adminContact'] === undefined ? {} : { adminContact: String(options['adminContact']) }),
  })
  const fill = FIXTURES[fixture ?? 'empty']
  if (fill === undefined) throw new Error(`there is no fixture ${fixture}`)
  await fill(store)
  const settings = engineOptions(options)
  return {
    engine: () => createImapServer({ ...settings, supports: abilities(store.supports, options['supports']) }),
    adapters: [store, authenticator, calendar(clock), rememberedUrls()],
    changes: bus,
    advance: (span) => clock.advance(span),
  }
}

/** `@option quota {"octets":1000,"messages":3,"mailboxes":4}`. */
function amountOf(quota: unknown): { readonly [resource: string]: number } {
  return Object.fromEntries(Object.entries(Object(quota)).map(([resource, limit]) => [resource, Number(limit)]))
}

/** The store's abilities with those that a transcript names changed or taken away. */
function abilities(own: StoreAbilities, changed: unknown): StoreAbilities {
  const known = { ...own, ...(typeof changed === 'object' ? changed : {}) }
  // A transcript writes abilities by their names; `null` stands for one that is absent.
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null)) as unknown as StoreAbilities
}

function engineOptions(options: Directives['options']): Omit<ImapServerOptions, 'supports'> {
  const { tls, certificate, mechanisms, ...others } = options
  const own = Object.fromEntries(Object.entries(others).filter(([name]) => !OF_THE_STORE.has(name)))
  const names = Array.isArray(mechanisms) ? mechanisms : ['PLAIN', 'LOGIN']
  const peer = {
    address: '192.0.2.1',
    port: 49152,
    localAddress: '192.0.2.2',
    localPort: tls === 'implicit' || certificate !== undefined ? 993 : 143,
  }
  return {
    passwords: 'anywhere',
    // Its MAILBOXID would stand in every transcript that selects; those of RFC 8474 switch nothing off.
    switchedOff: ['OBJECTID'],
    peer: { ...peer, ...tlsOf(tls, certificate) },
    mechanisms: [PLAIN, LOGIN, EXTERNAL].filter(({ name }) => names.includes(name)),
    ...own,
  }
}

/** TLS from the first octet, and what the peer showed there. */
function tlsOf(tls: unknown, certificate: unknown): Pick<ImapServerOptions['peer'], 'tls'> {
  if (certificate === undefined) return tls === 'implicit' ? { tls: TLS } : {}
  const isTrusted = certificate === 'believed'
  const issuer = isTrusted ? 'ca' : 'fred'
  const client = { name: 'fred', issuer, user: 'fred', fingerprint: 'AA', keyFingerprint: 'BB', isTrusted }
  return { tls: { ...TLS, client } }
}
