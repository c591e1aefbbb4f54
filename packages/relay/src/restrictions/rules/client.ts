import type { Flow } from '@mailwright/core'
import type { ClientNames } from '@mailwright/smtp'
import { firstOf } from '../../routing/lookups.js'
import { clientAddress, DUNNO, lookupFailure, type Outcome, PERMIT, refusal } from '../outcome.js'
import { clientOf, type Scene } from '../rule.js'

/** Restrictions about who connects. */
export const CLIENT_RULES = {
  permit_mynetworks: {
    *run({ facts, site }: Scene): Flow<Outcome> {
      return site.networks.has(facts.session.peer.address) ? PERMIT : DUNNO
    },
  },
  permit_inet_interfaces: {
    *run({ facts, site }: Scene): Flow<Outcome> {
      return site.ownAddresses.has(clientAddress(facts.session)) ? PERMIT : DUNNO
    },
  },
  permit_sasl_authenticated: {
    *run({ facts }: Scene): Flow<Outcome> {
      return facts.session.identity === null ? DUNNO : PERMIT
    },
  },
  permit_tls_clientcerts: {
    *run({ facts, site }: Scene): Flow<Outcome> {
      const certificate = facts.session.tls?.client ?? null
      if (certificate === null) return DUNNO
      // Its key lives longer than a certificate, and comes first, as in Postfix.
      for (const key of [certificate.keyFingerprint, certificate.fingerprint]) {
        const answer = yield* firstOf(site.relayClientCerts, key)
        if (answer.kind === 'tryAgain') return lookupFailure(clientAddress(facts.session))
        if (answer.kind === 'found') return PERMIT
      }
      return DUNNO
    },
  },
  permit_tls_all_clientcerts: {
    *run({ facts }: Scene): Flow<Outcome> {
      return facts.session.tls?.client?.isTrusted === true ? PERMIT : DUNNO
    },
  },
  reject_unknown_client_hostname: {
    *run(scene: Scene): Flow<Outcome> {
      const names = yield* clientOf(scene.facts)
      // RFC 7372 §3.
      return names.name === null ? unknownClient(scene, names, '4.7.25', 'hostname') : DUNNO
    },
  },
  reject_unknown_reverse_client_hostname: {
    *run(scene: Scene): Flow<Outcome> {
      const names = yield* clientOf(scene.facts)
      return names.reverseName === null ? unknownClient(scene, names, '4.7.1', 'reverse hostname') : DUNNO
    },
  },
} as const

function unknownClient({ facts, site }: Scene, { isTemporary }: ClientNames, enhanced: string, what: string): Outcome {
  const text = `Client host rejected: cannot find your ${what}, [${clientAddress(facts.session)}]`
  return { kind: 'reject', reply: refusal(isTemporary === true ? 450 : site.codes.unknownClient, enhanced, text) }
}
