import type { Flow } from '@mailwright/core'
import { isHostName, isMailHostAddress } from '../host-name.js'
import { DUNNO, type Outcome, rejected, rejection, type Subject } from '../outcome.js'
import { askResolver, type Scene } from '../rule.js'

/** Restrictions about the name in HELO and EHLO. RFC 5321 §4.1.4 only forbids refusing because a name is not the peer's own. */
export const HELO_RULES = {
  reject_invalid_helo_hostname: {
    *run(scene: Scene): Flow<Outcome> {
      const { heloName: name } = scene.facts.session
      if (name === null) return DUNNO
      if (name.startsWith('[')) return literal(scene, name)
      const bare = withoutDot(name)
      // An address without brackets is wrong (RFC 5321 §4.1.3), and too many have it.
      if (isHostName(bare, 'ascii') || isMailHostAddress(bare, 'bare')) return DUNNO
      return rejected(helo(name), scene.site.codes.invalidHostname, '5.5.2', 'Invalid name')
    },
  },
  reject_non_fqdn_helo_hostname: {
    *run(scene: Scene): Flow<Outcome> {
      const { heloName: name } = scene.facts.session
      if (name === null) return DUNNO
      if (name.startsWith('[')) return literal(scene, name)
      const bare = withoutDot(name)
      if (isHostName(bare, 'ascii') && bare.includes('.')) return DUNNO
      return rejected(helo(name), scene.site.codes.nonFqdn, '5.5.2', 'need fully-qualified hostname')
    },
  },
  reject_unknown_helo_hostname: {
    *run(scene: Scene): Flow<Outcome> {
      const { heloName: name } = scene.facts.session
      if (name === null) return DUNNO
      if (name.startsWith('[')) return literal(scene, name)
      const addresses = yield* askResolver('resolveAddresses', { host: name })
      if (addresses.kind === 'found') return DUNNO
      // A host may be named after a domain that only has mail hosts; a null MX is one too.
      const mx = yield* askResolver('resolveMx', { domain: name })
      if (mx.kind === 'found') return DUNNO
      const { codes, temporaryFailure } = scene.site
      const isTemporary = addresses.kind === 'tryAgain' || mx.kind === 'tryAgain'
      if (!isTemporary) return rejected(helo(name), codes.unknownHostname, '4.7.1', 'Host not found')
      const reply = rejection(helo(name), 450, '4.7.1', 'Host not found')
      return { kind: temporaryFailure === 'defer' ? 'reject' : 'deferIfPermit', reply }
    },
  },
} as const

function literal({ site }: Scene, name: string): Outcome {
  const inside = /^\[(.+)\]$/.exec(name)?.[1] ?? name
  if (isMailHostAddress(inside, 'literal')) return DUNNO
  return rejected(helo(name), site.codes.invalidHostname, '5.5.2', 'invalid ip address')
}

function helo(name: string): Subject {
  return { name, class: 'Helo command' }
}

/** One dot at the end is the root's; two are a mistake. */
export function withoutDot(name: string): string {
  return name.replace(/(?<=[^.])\.$/, '')
}
