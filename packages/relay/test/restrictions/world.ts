import { accountId, type ClientCertificate, type DnsAnswer, parseNetworks, type TlsFacts } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import type { ClientNames, HostNote, Mailbox, SmtpSession } from '@mailwright/smtp'
import type { Stage, StageFacts } from '../../src/receiving/policy.js'
import type { ProbeAnswer } from '../../src/restrictions/address-probes.js'
import { Restrictions } from '../../src/restrictions/evaluate.js'
import { RESTRICTION_CODES, type RestrictionCodes } from '../../src/restrictions/options.js'
import { parseRestrictions, type RestrictionClasses } from '../../src/restrictions/restriction-list.js'
import { Router } from '../../src/routing/router.js'
import { ROUTING_RULES } from '../../src/routing/rules.js'

/** Everything that a restriction may ask about. */
export interface World {
  readonly address?: string
  readonly client?: ClientNames | 'lookedUp'
  readonly helo?: string | null
  readonly from?: string
  readonly to?: string
  readonly user?: string
  readonly tls?: true
  readonly certificate?: ClientCertificate | null
  readonly isHasty?: true
  readonly accepted?: number
  readonly etrn?: string
  /** `TYPE name` → records; `'away'` is a failure. */
  readonly dns?: { readonly [question: string]: readonly string[] | 'away' }
  readonly tables?: { readonly [table: string]: { readonly [key: string]: string } | 'away' }
  readonly loginMaps?: readonly string[]
  readonly codes?: Partial<RestrictionCodes>
  readonly temporaryFailure?: 'defer'
  readonly classes?: RestrictionClasses
  readonly wait?: number
  readonly probe?: ProbeAnswer
  /** What a policy service says; absent: it is not there. */
  readonly policy?: string
}

export const signal = new AbortController().signal

function mailbox(text: string): Mailbox {
  const at = text.lastIndexOf('@')
  return at < 0 ? { localPart: text, domain: null } : { localPart: text.slice(0, at), domain: text.slice(at + 1) }
}

function tlsOf({ tls, certificate }: World): TlsFacts | null {
  if (tls === undefined && certificate === undefined) return null
  const facts = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }
  return certificate === undefined ? facts : { ...facts, client: certificate }
}

export function factsOf(world: World): StageFacts {
  const { address = '192.0.2.9', client = { name: null, reverseName: null }, helo = 'there.example' } = world
  const session: SmtpSession = {
    role: 'mx',
    hostname: 'mx.ours.example',
    peer: { address, port: 9, localAddress: '192.0.2.1', localPort: 25 },
    tls: tlsOf(world),
    hello: helo === null ? null : 'EHLO',
    heloName: helo,
    identity: world.user === undefined ? null : { user: world.user, account: accountId(world.user) },
    ...(world.user === undefined ? {} : { mechanism: 'PLAIN' }),
    protocol: 'ESMTP',
    ...(world.isHasty === undefined ? {} : { isHasty: world.isHasty }),
    ...(client === 'lookedUp' ? {} : { client }),
  }
  const { from, to, accepted, etrn } = world
  return {
    session,
    ...(from === undefined ? {} : { transaction: { reversePath: from === '' ? null : mailbox(from), parameters: {} } }),
    ...(to === undefined ? {} : { recipient: mailbox(to) }),
    ...(accepted === undefined ? {} : { accepted }),
    ...(etrn === undefined ? {} : { etrnDomain: etrn }),
  }
}

export function performerOf({ dns = {}, tables = {}, wait = 0, policy, probe = { kind: 'deliverable' } }: World) {
  const asked: string[] = []
  const find = (...questions: readonly string[]): DnsAnswer<string> => {
    asked.push(...questions)
    const answers = questions.map((question) => dns[question])
    const records = answers.flatMap((each) => (each === undefined || each === 'away' ? [] : each))
    if (records.length > 0) return { kind: 'found', records, isAuthentic: false }
    return answers.includes('away') ? { kind: 'tryAgain', reason: 'Host not found, try again' } : { kind: 'notFound' }
  }
  const adapters = {
    async resolveMx({ domain }: { domain: string }) {
      const found = find(`MX ${domain}`)
      if (found.kind !== 'found') return found
      const records = found.records.map((record) => {
        const [preference = '', exchange = ''] = record.split(' ')
        return { preference: Number(preference), exchange }
      })
      return { ...found, records }
    },
    async resolveAddresses({ host, family }: { host: string; family?: string }) {
      const types = family === 'ipv4' ? ['A'] : family === 'ipv6' ? ['AAAA'] : ['A', 'AAAA']
      return find(...types.map((type) => `${type} ${host}`))
    },
    resolveTxt: async ({ name }: { name: string }) => find(`TXT ${name}`),
    resolvePtr: async ({ address }: { address: string }) => find(`PTR ${address}`),
    resolveNs: async ({ domain }: { domain: string }) => find(`NS ${domain}`),
    async lookup({ table, key }: { table: string; key: string }) {
      const entries = tables[table]
      asked.push(`${table} ${key}`)
      if (entries === undefined) throw new Error(`no table ${table}`)
      if (entries === 'away') return { kind: 'tryAgain', reason: 'away' }
      const value = entries[key]
      return value === undefined ? { kind: 'notFound' } : { kind: 'found', value }
    },
    lookupUser: async ({ user }: { user: string }) =>
      user === 'joe' ? { kind: 'found', user, account: user } : { kind: 'noSuchUser' },
    greylist: async () => (wait === 0 ? { kind: 'passed' } : { kind: 'tooSoon', wait }),
    async askPolicy({ service, request }: { service: string; request: string }) {
      asked.push(`policy ${service} ${request}`)
      return policy === undefined ? { kind: 'unavailable', reason: 'away' } : { kind: 'answered', action: policy }
    },
    async probeAddress({ address }: { address: string }) {
      asked.push(`probe ${address}`)
      return probe
    },
    async pause({ duration }: { duration: number }) {
      asked.push(`pause ${duration}`)
      return {}
    },
  }
  return { perform: performer([adapters]), asked }
}

const router = new Router({
  ...ROUTING_RULES,
  origin: 'ours.example',
  destinations: ['ours.example'],
  relayDomains: ['relayed.example'],
  virtualAliasDomains: ['virtual.example'],
  delimiter: '+',
})

export function restrictionsOf(lists: { readonly [S in Stage]?: string }, world: World): Restrictions {
  const parsed = Object.entries(lists).map(([stage, text]) => {
    // The keys are those of the type above.
    const at = stage as Stage
    return [at, parseRestrictions(text, at, world.classes)]
  })
  return new Restrictions(
    Object.fromEntries(parsed),
    {
      router,
      networks: parseNetworks(['127.0.0.0/8', '10.0.0.0/8']),
      ownHosts: new Set(['mx.ours.example']),
      ownAddresses: new Set(['192.0.2.1']),
      senderLoginMaps: world.loginMaps ?? [],
      relayClientCerts: ['hash:/certs'],
      codes: { ...RESTRICTION_CODES, ...world.codes },
      temporaryFailure: world.temporaryFailure ?? 'deferIfPermit',
    },
    world.classes,
  )
}

/** What a list says, in one line. */
export async function check(stage: Stage, list: string, world: World): Promise<string> {
  const { perform } = performerOf(world)
  const restrictions = restrictionsOf({ [stage]: list }, world)
  const answer = await runFlow(restrictions.check(stage, factsOf(world)), perform, signal)
  if (answer.kind === 'refused') return written(answer.reply)
  return ['passed', ...answer.notes.map(noted)].join('; ')
}

export function written({ code, enhanced, text }: { code: number; enhanced: string | null; text: unknown }): string {
  return `${code} ${enhanced} ${text}`
}

export function noted({ kind, text, code }: HostNote): string {
  return [kind, ...(code === undefined ? [] : [code]), ...(text === '' || text === undefined ? [] : [text])].join(' ')
}

export const MAIL = { from: 'a@from.example', to: 'joe@ours.example' }
export const AWAY = 'away'
