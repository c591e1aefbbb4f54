import type { Flow, Resolver } from '@mailwright/core'
import { parseAddress } from '@mailwright/core'
import { readAccessAction, unreadable } from '../access-action.js'
import { type AccessKey, addressAccessKeys, domainAccessKeys, keysFor, mailAccessKeys } from '../access-keys.js'
import { clientAddress, DUNNO, type Outcome, type Subject } from '../outcome.js'
import { askResolver, askTables, clientName, clientOf, type Scene } from '../rule.js'
import { recipientSubject, senderSubject } from './address.js'

/** Restrictions that look something up in an access table (access(5)). */
export const ACCESS_RULES = {
  check_client_access: {
    argument: 'table',
    *run(scene: Scene, table: string): Flow<Outcome> {
      const { name } = yield* clientOf(scene.facts)
      const keys = [...domainAccessKeys(name ?? 'unknown'), ...addressAccessKeys(clientAddress(scene.facts.session))]
      return yield* lookUp(scene, table, keys, { name: yield* clientName(scene.facts), class: 'Client host' })
    },
  },
  check_reverse_client_hostname_access: {
    argument: 'table',
    permits: 'never',
    *run(scene: Scene, table: string): Flow<Outcome> {
      const { reverseName } = yield* clientOf(scene.facts)
      const name = reverseName ?? 'unknown'
      const keys = [...domainAccessKeys(name), ...addressAccessKeys(clientAddress(scene.facts.session))]
      return yield* lookUp(scene, table, keys, { name, class: 'Unverified Client host' })
    },
  },
  check_helo_access: {
    argument: 'table',
    *run(scene: Scene, table: string): Flow<Outcome> {
      const { heloName: name } = scene.facts.session
      if (name === null) return DUNNO
      return yield* lookUp(scene, table, domainAccessKeys(name), { name, class: 'Helo command' })
    },
  },
  check_sender_access: {
    argument: 'table',
    *run(scene: Scene, table: string): Flow<Outcome> {
      if (scene.facts.transaction?.reversePath === null) {
        // smtpd_null_access_lookup_key
        return yield* lookUp(scene, table, [{ key: '<>', part: 'whole' }], { name: '', class: 'Sender address' })
      }
      return yield* mailAccess(scene, table, senderSubject(scene))
    },
  },
  check_recipient_access: {
    argument: 'table',
    permits: 'unlessRouted',
    *run(scene: Scene, table: string): Flow<Outcome> {
      return yield* mailAccess(scene, table, recipientSubject(scene))
    },
  },
  check_sasl_access: {
    argument: 'table',
    *run(scene: Scene, table: string): Flow<Outcome> {
      const { identity } = scene.facts.session
      if (identity === null) return DUNNO
      const subject = { name: identity.user, class: 'SASL login name' } as const
      return yield* lookUp(scene, table, [{ key: identity.user, part: 'whole' }], subject)
    },
  },
  check_ccert_access: {
    argument: 'table',
    *run(scene: Scene, table: string): Flow<Outcome> {
      const certificate = scene.facts.session.tls?.client ?? null
      if (certificate === null) return DUNNO
      const keys = [certificate.fingerprint, certificate.keyFingerprint]
      const subject = { name: certificate.name ?? '', class: 'Client certificate' } as const
      return yield* lookUp(
        scene,
        table,
        keys.map((key) => ({ key, part: 'whole' })),
        subject,
      )
    },
  },
  check_etrn_access: {
    argument: 'table',
    *run(scene: Scene, table: string): Flow<Outcome> {
      const { etrnDomain: name } = scene.facts
      if (name === undefined) return DUNNO
      return yield* lookUp(scene, table, domainAccessKeys(name), { name, class: 'Etrn command' })
    },
  },
  check_client_a_access: serverRule('A', clientSubject),
  check_client_mx_access: serverRule('MX', clientSubject),
  check_client_ns_access: serverRule('NS', clientSubject),
  check_reverse_client_hostname_a_access: serverRule('A', reverseSubject),
  check_reverse_client_hostname_mx_access: serverRule('MX', reverseSubject),
  check_reverse_client_hostname_ns_access: serverRule('NS', reverseSubject),
  check_helo_a_access: serverRule('A', heloSubject),
  check_helo_mx_access: serverRule('MX', heloSubject),
  check_helo_ns_access: serverRule('NS', heloSubject),
  check_sender_a_access: serverRule('A', addressSubject(senderSubject)),
  check_sender_mx_access: serverRule('MX', addressSubject(senderSubject)),
  check_sender_ns_access: serverRule('NS', addressSubject(senderSubject)),
  check_recipient_a_access: serverRule('A', addressSubject(recipientSubject)),
  check_recipient_mx_access: serverRule('MX', addressSubject(recipientSubject)),
  check_recipient_ns_access: serverRule('NS', addressSubject(recipientSubject)),
} as const

function* mailAccess(scene: Scene, table: string, subject: Subject | null): Flow<Outcome> {
  if (subject === null) return DUNNO
  const { router } = scene.site
  const keys = mailAccessKeys(router.qualify(subject.name), router.rules.delimiter)
  return yield* lookUp(scene, table, keys, subject)
}

/** The first key that the table has decides. */
function* lookUp(scene: Scene, table: string, keys: readonly AccessKey[], subject: Subject): Flow<Outcome> {
  return (yield* firstEntry(scene, table, keys, subject)) ?? DUNNO
}

function* firstEntry(
  scene: Scene,
  table: string,
  keys: readonly AccessKey[],
  subject: Subject,
): Flow<Outcome | undefined> {
  for (const key of keysFor(table, keys)) {
    const answer = yield* askTables('lookup', { table, key })
    if (answer.kind === 'tryAgain') return unreadable(subject)
    if (answer.kind === 'found') return actionOutcome(scene, answer.value, subject)
  }
  return undefined
}

/** What an action of access(5) comes to. */
export function actionOutcome({ stage, facts, site }: Scene, value: string, subject: Subject): Outcome {
  const hasMessage = facts.transaction === undefined ? 'none' : stage === 'endOfData' ? 'ended' : 'message'
  const action = readAccessAction(value, subject, site.codes, hasMessage)
  switch (action.kind) {
    case 'outcome':
      return action.outcome
    case 'list':
      return { kind: 'nested', text: action.text }
    case 'useless':
      return { kind: 'note', note: { kind: 'WARN', text: `the action ${JSON.stringify(value)}: ${action.why}` } }
    default:
      return action satisfies never
  }
}

/** The domain whose hosts are looked at, and what a reply speaks of. */
interface Served {
  readonly domain: string
  readonly subject: Subject
}

function* clientSubject({ facts }: Scene): Flow<Served | null> {
  const { name } = yield* clientOf(facts)
  if (name === null) return null
  return { domain: name, subject: { name: yield* clientName(facts), class: 'Client host' } }
}

function* reverseSubject({ facts }: Scene): Flow<Served | null> {
  const { reverseName: name } = yield* clientOf(facts)
  return name === null ? null : { domain: name, subject: { name, class: 'Unverified Client host' } }
}

function* heloSubject({ facts }: Scene): Flow<Served | null> {
  const { heloName: name } = facts.session
  return name === null ? null : { domain: name, subject: { name, class: 'Helo command' } }
}

function addressSubject(of: (scene: Scene) => Subject | null): (scene: Scene) => Flow<Served | null> {
  return function* (scene) {
    const subject = of(scene)
    return subject === null ? null : { domain: scene.site.router.qualify(subject.name).domain, subject }
  }
}

/**
 * `check_…_mx_access` and its kin: the table is asked for the names and addresses of a domain's hosts. Anybody can have his domain served by a good host, so
 * nobody is permitted for it.
 */
function serverRule(type: 'A' | 'MX' | 'NS', seek: (scene: Scene) => Flow<Served | null>) {
  return {
    argument: 'table',
    permits: 'never',
    *run(scene: Scene, table: string): Flow<Outcome> {
      const served = yield* seek(scene)
      if (served === null) return DUNNO
      const { domain, subject } = served
      const literal = /^\[(?:IPv6:)?(.*)\]$/i.exec(domain)?.[1]
      if (literal !== undefined) {
        if (type === 'NS' || parseAddress(literal) === undefined) return DUNNO
        return yield* lookUp(scene, table, addressAccessKeys(literal), subject)
      }
      for (const host of yield* serversOf(domain, type)) {
        if (type !== 'A') {
          const byName = yield* firstEntry(scene, table, domainAccessKeys(host), subject)
          if (byName !== undefined) return byName
        }
        const addresses = yield* askResolver('resolveAddresses', { host })
        if (addresses.kind !== 'found') continue
        for (const address of addresses.records.slice(0, SERVER_ADDRESSES)) {
          const byAddress = yield* firstEntry(scene, table, addressAccessKeys(address), subject)
          if (byAddress !== undefined) return byAddress
        }
      }
      return DUNNO
    },
  } as const
}

/** Hosts, and addresses of each, that are looked at. Default 10: who has more wants to be asked about for long. */
const SERVER_HOSTS = 10
const SERVER_ADDRESSES = 10

function* serversOf(domain: string, type: 'A' | 'MX' | 'NS'): Flow<readonly string[]> {
  if (type === 'A') return [domain]
  if (type === 'MX') {
    const mx = yield* askResolver('resolveMx', { domain })
    // Without MX the domain is its own mail host (RFC 5321 §5.1).
    if (mx.kind === 'notFound') return [domain]
    if (mx.kind === 'tryAgain') return []
    return mx.records
      .map(({ exchange }) => exchange.replace(/\.$/, ''))
      .filter((host) => host !== '')
      .slice(0, SERVER_HOSTS)
  }
  // A name within a zone has the zone's servers.
  for (let at = 0; at >= 0; at = domain.indexOf('.', at + 1)) {
    const name = at === 0 ? domain : domain.slice(at + 1)
    const ns: Awaited<ReturnType<Resolver['resolveNs']>> = yield* askResolver('resolveNs', { domain: name })
    if (ns.kind === 'tryAgain') return []
    if (ns.kind === 'found') return ns.records.map((host) => host.replace(/\.$/, '')).slice(0, SERVER_HOSTS)
  }
  return []
}
