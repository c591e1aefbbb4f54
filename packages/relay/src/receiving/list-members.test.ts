import { accountId, type LookupAnswer, parseNetworks } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { type ExpandVerdict, type SmtpSession, writeMailbox } from '@mailwright/smtp'
import { expect, test } from 'vitest'
import { Restrictions } from '../restrictions/evaluate.js'
import { RESTRICTION_CODES } from '../restrictions/options.js'
import { parseRestrictions } from '../restrictions/restriction-list.js'
import { Router } from '../routing/router.js'
import { ROUTING_RULES } from '../routing/rules.js'
import { decideExpansion } from './list-members.js'
import type { Stage } from './policy.js'
import { RelayChecks, RoutedPolicy, type StageChecks } from './routed-policy.js'

const signal = new AbortController().signal
const NETWORKS = parseNetworks(['192.0.2.0/24'])

const ALIASES: { readonly [name: string]: string } = {
  staff: 'alice, bob@far.example, nested',
  nested: 'carol, alice',
  hostmaster: 'alice',
  file: ':include:/lists/file',
  tickets: 'alice, "|/usr/bin/tickets secret"',
  archive: '/var/mail/archive',
  alone: '\\alone',
  half: 'alice, gone',
  circle: 'circle2',
  circle2: 'circle',
  hidden: 'alice',
  big: 'a@far.example, b@far.example, c@far.example, d@far.example, e@far.example',
  unread: 'alice, :include:/lists/away',
}

const adapter = {
  async lookup({ table, key }: { table: string; key: string }): Promise<LookupAnswer> {
    if (table === 'include:/lists/file') return { kind: 'found', value: 'alice, "Bob B"@far.example' }
    if (table === 'inline:access') return key === 'hidden@ours.example' ? found('REJECT not for you') : NOT_FOUND
    if (table === 'inline:away' || table === 'include:/lists/away') return { kind: 'tryAgain', reason: 'away' }
    if (table === 'inline:drop') return found('DISCARD')
    const value = table === 'aliases:names' ? ALIASES[key] : undefined
    return value === undefined ? NOT_FOUND : found(value)
  },
  async lookupUser({ user }: { user: string }) {
    const isUser = ['alice', 'carol', 'alone', 'postmaster'].includes(user)
    return isUser ? { kind: 'found', user, account: accountId(user) } : { kind: 'noSuchUser' }
  },
}
const NOT_FOUND = { kind: 'notFound' } as const
const found = (value: string): LookupAnswer => ({ kind: 'found', value })

const router = new Router({
  ...ROUTING_RULES,
  origin: 'ours.example',
  destinations: ['ours.example'],
  relayDomains: ['relayed.example'],
  aliasMaps: ['hash:names'],
  aliasesMay: new Set(['include', 'command', 'file']),
})

const session: SmtpSession = {
  role: 'mx',
  hostname: 'mx.ours.example',
  peer: { address: '192.0.2.7', port: 9, localAddress: '192.0.2.1', localPort: 25 },
  tls: null,
  hello: 'EHLO',
  heloName: 'there.example',
  identity: null,
  protocol: 'ESMTP',
}
const STRANGER: SmtpSession = { ...session, peer: { ...session.peer, address: '203.0.113.9' } }
const USER: SmtpSession = { ...STRANGER, identity: { user: 'alice', account: accountId('alice') } }

function lists(texts: { readonly [S in Stage]?: string }, refusals?: StageChecks['refusals']): StageChecks {
  const parsed = Object.entries(texts).map(([stage, text]) => {
    // The keys are stages: the type says so.
    return [stage, parseRestrictions(text, stage as Stage)] as const
  })
  const site = {
    router,
    networks: NETWORKS,
    ownHosts: new Set<string>(),
    ownAddresses: new Set<string>(),
    senderLoginMaps: [],
    relayClientCerts: [],
    codes: RESTRICTION_CODES,
    temporaryFailure: 'deferIfPermit',
  } as const
  return new Restrictions(Object.fromEntries(parsed), site, new Map(), refusals)
}

async function expanded(
  address: string,
  who: SmtpSession = session,
  checks: StageChecks = new RelayChecks(router, NETWORKS),
): Promise<string> {
  const policy = new RoutedPolicy(router, checks)
  const perform = performer([adapter])
  return text(await runFlow(decideExpansion(policy, { session: who, address }, 4), perform, signal))
}

function text(verdict: ExpandVerdict): string {
  switch (verdict.kind) {
    case 'expanded':
      return verdict.members.map(({ mailbox, fullName }) => `${fullName ?? ''}<${writeMailbox(mailbox)}>`).join(' ')
    case 'refused':
      return `${verdict.reply.code} ${verdict.reply.enhanced} ${verdict.reply.text}`
    default:
      return verdict.kind
  }
}

const UNKNOWN = 'Recipient address rejected: User unknown in local recipient table'

test.each([
  ['lists in lists, each member once', 'staff', '<alice@ours.example> <bob@far.example> <carol@ours.example>'],
  ['a list by its whole name', '<STAFF@Ours.Example>', '<alice@ours.example> <bob@far.example> <carol@ours.example>'],
  ['an alias of one', 'hostmaster', '<alice@ours.example>'],
  ['a list in a file', 'file', '<alice@ours.example> <"Bob B"@far.example>'],
  ['a member that bounces is one still', 'half', '<alice@ours.example> <gone@ours.example>'],
  ['a user', 'alice', '550 5.5.4 That is a user name, not a mailing list'],
  ['a user whose alias is himself', 'alone', '550 5.5.4 That is a user name, not a mailing list'],
  ['nobody', 'gone', `550 5.1.1 <gone@ours.example>: ${UNKNOWN}`],
  ['aliases that lead back to nobody', 'circle', 'noncommittal'],
  ['a list that cannot be read now', 'unread', '451 4.3.0 Temporary lookup failure'],
  ['a name elsewhere', 'bob@far.example', 'noncommittal'],
  ['a name that we only hand on', 'x@relayed.example', 'noncommittal'],
  ['more than a reply tells', 'big', 'noncommittal'],
  ['a list with a program in it', 'tickets', 'noncommittal'],
  ['a file', 'archive', 'noncommittal'],
  ['no address', 'a b', '501 5.1.3 Bad recipient address syntax'],
  ['no address in brackets', '<a@>', '501 5.1.3 Bad recipient address syntax'],
] as const)('EXPN of %s', async (_, address, answer) => {
  expect(await expanded(address)).toBe(answer)
})

test('programs and files are never named', async () => {
  for (const name of ['tickets', 'archive']) expect(await expanded(name)).not.toMatch(/bin|secret|mail\//)
})

test('strangers hear the same of lists, users and nobody (RFC 5321 §7.3)', async () => {
  for (const name of ['staff', 'alice', 'gone', 'postmaster']) {
    expect([name, await expanded(name, STRANGER)]).toEqual([name, 'noncommittal'])
  }
})

test('whoever logged in is told, wherever he is', async () => {
  expect(await expanded('hostmaster', USER)).toBe('<alice@ours.example>')
})

const OWN = 'permit_mynetworks, permit_sasl_authenticated, reject'

test.each([
  ['the list of the site lets', { expn: OWN }, session, 'hostmaster', '<alice@ours.example>'],
  ['and refuses', { expn: OWN }, STRANGER, 'hostmaster', 'noncommittal'],
  ['nobody may bypass it as postmaster', { expn: OWN }, STRANGER, 'postmaster', 'noncommittal'],
  [
    'nor as one whose mail is thrown away',
    { client: 'check_client_access inline:drop', expn: OWN },
    STRANGER,
    'hostmaster',
    'noncommittal',
  ],
  ['without a list nobody is told', { relay: OWN }, session, 'hostmaster', 'noncommittal'],
  [
    'a list may be kept from all',
    { expn: `check_recipient_access inline:access, ${OWN}` },
    session,
    'hidden',
    'noncommittal',
  ],
  [
    'and others told',
    { expn: `check_recipient_access inline:access, ${OWN}` },
    session,
    'hostmaster',
    '<alice@ours.example>',
  ],
  [
    'what cannot be looked up is for later',
    { expn: `check_recipient_access inline:away, ${OWN}` },
    session,
    'hidden',
    '451 4.3.5 <hidden>: Recipient address rejected: Server configuration error',
  ],
  [
    'clients that are refused are refused this, too',
    { client: 'reject', expn: OWN },
    session,
    'hostmaster',
    '554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied',
  ],
] as const)('who is told: %s', async (_, texts, who, address, answer) => {
  const unnamed = { ...who, client: { name: null, reverseName: null } }
  expect(await expanded(address, unnamed, lists(texts))).toBe(answer)
})

test('a client that was refused at once is not asked about again', async () => {
  const answer = await expanded('hostmaster', session, lists({ client: 'reject', expn: OWN }, 'atOnce'))
  expect(answer).toBe('<alice@ours.example>')
})
