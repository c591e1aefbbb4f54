import type { Flow } from '@mailwright/core'
import { splitAddress } from '../../routing/address.js'
import { unquoted } from '../../routing/quoting.js'
import { DUNNO, lookupFailure, type Outcome, PERMIT, recipientOf, refusal, rejection } from '../outcome.js'
import { askResolver, type Scene } from '../rule.js'

/** Restrictions about where mail goes: whoever may send anywhere relays for the world. */
export const DESTINATION_RULES = {
  permit_auth_destination: {
    *run(scene: Scene): Flow<Outcome> {
      const of = yield* destinationOf(scene)
      return of.kind === 'ours' ? PERMIT : of.kind === 'unavailable' ? of.outcome : DUNNO
    },
  },
  reject_unauth_destination: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* unauthorised(scene, scene.site.codes.relayDomains, '5.7.1')
    },
  },
  defer_unauth_destination: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* unauthorised(scene, scene.site.codes.relayDomains - 100, '4.7.1')
    },
  },
  /** We are one of the domain's mail hosts, and not one of its best: those would have it themselves. */
  permit_mx_backup: {
    *run(scene: Scene): Flow<Outcome> {
      const of = yield* destinationOf(scene)
      if (of.kind === 'ours') return PERMIT
      if (of.kind === 'unavailable') return of.outcome
      if (of.kind !== 'elsewhere' || of.domain.startsWith('[')) return DUNNO
      return yield* backup(scene, of.domain)
    },
  },
} as const

type Destination =
  | { readonly kind: 'ours' | 'routed' | 'none' }
  | { readonly kind: 'elsewhere'; readonly domain: string }
  | { readonly kind: 'unavailable'; readonly outcome: Outcome }

/** Whose the recipient is. `routed`: its local part names another place, and nobody knows where it would end (allow_untrusted_routing). */
export function* destinationOf({ facts, site }: Pick<Scene, 'facts' | 'site'>): Flow<Destination> {
  const recipient = recipientOf(facts)
  if (recipient === null) return { kind: 'none' }
  if (isRouted(recipient)) return { kind: 'routed' }
  const { domain } = site.router.qualify(recipient)
  const of = yield* site.router.classOf(domain)
  if (typeof of === 'object') return { kind: 'unavailable', outcome: lookupFailure(recipient) }
  return of === 'default' ? { kind: 'elsewhere', domain } : { kind: 'ours' }
}

/** `a%b@ours`, `b!a@ours`, `"a@b"@ours`. */
export function isRouted(address: string): boolean {
  return /[@%!]/.test(unquoted(splitAddress(address).local))
}

function* unauthorised(scene: Scene, code: number, enhanced: string): Flow<Outcome> {
  const of = yield* destinationOf(scene)
  if (of.kind === 'ours' || of.kind === 'none') return DUNNO
  if (of.kind === 'unavailable') return of.outcome
  const text = `<${recipientOf(scene.facts) ?? ''}>: Relay access denied`
  return { kind: 'reject', reply: refusal(code, enhanced, text) }
}

function* backup({ facts, site }: Scene, domain: string): Flow<Outcome> {
  const subject = { name: recipientOf(facts) ?? '', class: 'Recipient address' } as const
  const mx = yield* askResolver('resolveMx', { domain })
  if (mx.kind === 'notFound') return DUNNO
  if (mx.kind === 'tryAgain') {
    const why = `Unable to look up mail exchanger information: ${mx.reason}`
    return { kind: 'deferIfReject', reply: rejection(subject, 450, '4.4.4', why) }
  }
  const best = Math.min(...mx.records.map(({ preference }) => preference))
  let isBackup = false
  for (const { preference, exchange } of mx.records) {
    const host = exchange.replace(/\.$/, '').toLowerCase()
    let isUs = site.ownHosts.has(host)
    if (!isUs) {
      const addresses = yield* askResolver('resolveAddresses', { host })
      if (addresses.kind === 'tryAgain') {
        const why = `Unable to look up mail exchanger host ${host}: ${addresses.reason}`
        return { kind: 'deferIfReject', reply: rejection(subject, 450, '4.4.4', why) }
      }
      isUs = addresses.kind === 'found' && addresses.records.some((each) => site.ownAddresses.has(each))
    }
    if (isUs && preference === best) return DUNNO
    if (isUs) isBackup = true
  }
  return isBackup ? PERMIT : DUNNO
}
