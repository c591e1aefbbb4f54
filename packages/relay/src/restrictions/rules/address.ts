import type { Flow } from '@mailwright/core'
import { fitted, split } from '../access-action.js'
import { isHostName } from '../host-name.js'
import type { RestrictionCodes, RestrictionSite } from '../options.js'
import {
  DUNNO,
  lookupFailure,
  type Outcome,
  recipientOf,
  rejected,
  rejection,
  type Subject,
  senderOf,
} from '../outcome.js'
import { askResolver, type Scene } from '../rule.js'
import { withoutDot } from './helo.js'

/** Restrictions about the domains of sender and recipient. */
export const ADDRESS_RULES = {
  reject_non_fqdn_sender: {
    *run(scene: Scene): Flow<Outcome> {
      return nonFqdn(scene, senderSubject(scene))
    },
  },
  reject_non_fqdn_recipient: {
    *run(scene: Scene): Flow<Outcome> {
      return nonFqdn(scene, recipientSubject(scene))
    },
  },
  reject_unknown_sender_domain: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* unknownDomain(scene, senderSubject(scene))
    },
  },
  reject_unknown_recipient_domain: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* unknownDomain(scene, recipientSubject(scene))
    },
  },
  reject_unlisted_sender: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* unlisted(scene, senderSubject(scene))
    },
  },
  reject_unlisted_recipient: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* unlisted(scene, recipientSubject(scene))
    },
  },
} as const

/** The sender, where there is one and it is not the null reverse-path. */
export function senderSubject({ facts }: Scene): Subject | null {
  const name = senderOf(facts)
  return name === null || name === '' ? null : { name, class: 'Sender address' }
}

export function recipientSubject({ facts }: Scene): Subject | null {
  const name = recipientOf(facts)
  return name === null ? null : { name, class: 'Recipient address' }
}

/** The domain as the peer gave it: what completes a name without one does not count. */
function nonFqdn({ facts, site }: Scene, subject: Subject | null): Outcome {
  if (subject === null) return DUNNO
  const { name } = subject
  const domain = name.includes('@') ? name.slice(name.lastIndexOf('@') + 1) : ''
  if (/^\[.*\]$/.test(domain)) return DUNNO
  const bare = withoutDot(domain)
  const isUtf8 = facts.transaction?.parameters.smtpUtf8 === true
  if (bare.includes('.') && isHostName(bare, isUtf8 ? 'unicode' : 'ascii')) return DUNNO
  return rejected(subject, site.codes.nonFqdn, '4.5.2', 'need fully-qualified address')
}

/** Mail to such a domain could not be answered, or not be delivered. Domains of our own need no DNS. */
function* unknownDomain({ site }: Scene, subject: Subject | null): Flow<Outcome> {
  if (subject === null) return DUNNO
  const { domain } = site.router.qualify(subject.name)
  if (/^\[.*\]$/.test(domain)) return DUNNO
  const of = yield* site.router.classOf(domain)
  if (typeof of === 'object') return lookupFailure(subject.name)
  if (of !== 'relay' && of !== 'default') return DUNNO
  const isSender = subject.class === 'Sender address'
  const mx = yield* askResolver('resolveMx', { domain })
  if (mx.kind === 'found') {
    const [only] = mx.records
    if (mx.records.length > 1 || (only?.exchange !== '.' && only?.exchange !== '')) return DUNNO
    // RFC 7505 §4.2.
    const why = `Domain ${domain} does not accept mail (nullMX)`
    return isSender ? rejected(subject, 550, '5.7.27', why) : rejected(subject, 556, '5.1.10', why)
  }
  const addresses = yield* askResolver('resolveAddresses', { host: domain })
  if (addresses.kind === 'found') return DUNNO
  const enhanced = isSender ? '4.1.8' : '4.1.2'
  if (mx.kind === 'notFound' && addresses.kind === 'notFound') {
    return rejected(subject, site.codes.unknownAddress, enhanced, 'Domain not found')
  }
  const reply = rejection(subject, 450, enhanced, 'Domain not found')
  return { kind: site.temporaryFailure === 'defer' ? 'reject' : 'deferIfPermit', reply }
}

/** Nobody of ours has this address, or mail for it is delivered nowhere. */
function* unlisted({ site }: Scene, subject: Subject | null): Flow<Outcome> {
  return subject === null ? DUNNO : yield* unlistedAddress(site, subject)
}

/** The same without a list: what every recipient is asked about in the end (smtpd_reject_unlisted_recipient). */
export function* unlistedAddress(
  { router, codes }: { readonly router: Pick<RestrictionSite['router'], 'exists'>; readonly codes: RestrictionCodes },
  subject: Subject,
): Flow<Outcome> {
  const existence = yield* router.exists(subject.name)
  if (existence.kind === 'known') return DUNNO
  if (existence.kind === 'unavailable') return lookupFailure(subject.name)
  const isSender = subject.class === 'Sender address'
  if (existence.kind === 'undeliverable') {
    const [enhanced, text] = split(existence.text, isSender ? '5.1.0' : '5.1.1')
    const why = text === '' ? 'Address is undeliverable' : text
    return rejected(subject, existence.transport === 'error' ? 550 : 450, fitted(enhanced, subject), why)
  }
  const code = {
    local: codes.unknownLocalRecipient,
    virtualAlias: codes.unknownVirtualAlias,
    virtualMailbox: codes.unknownVirtualMailbox,
    relay: codes.unknownRelayRecipient,
    default: codes.unknownLocalRecipient,
  }[existence.class]
  return rejected(subject, code, isSender ? '5.1.0' : '5.1.1', `User unknown in ${existence.table}`)
}
