import type { Flow } from '@mailwright/core'
import { addressKeys } from '../../routing/address.js'
import { firstOf } from '../../routing/lookups.js'
import { usersOf } from '../../routing/owners.js'
import { USERS } from '../options.js'
import { DUNNO, lookupFailure, type Outcome, refusal } from '../outcome.js'
import type { Scene } from '../rule.js'
import { senderSubject } from './address.js'

/** Restrictions about whose a sender's address is: smtpd_sender_login_maps says. */
export const LOGIN_RULES = {
  /** Both of the next two. */
  reject_sender_login_mismatch: {
    *run(scene: Scene): Flow<Outcome> {
      return scene.facts.session.identity === null ? yield* notLoggedIn(scene) : yield* notOwned(scene, 'nobody')
    },
  },
  reject_authenticated_sender_login_mismatch: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* notOwned(scene, 'nobody')
    },
  },
  reject_unauthenticated_sender_login_mismatch: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* notLoggedIn(scene)
    },
  },
  /** Addresses that the tables do not know may be anybody's. */
  reject_known_sender_login_mismatch: {
    *run(scene: Scene): Flow<Outcome> {
      return scene.facts.session.identity === null ? yield* notLoggedIn(scene) : yield* notOwned(scene, 'anybody')
    },
  },
} as const

/** @param unknown whose an address is that nobody is known to own. */
function* notOwned(scene: Scene, unknown: 'anybody' | 'nobody'): Flow<Outcome> {
  const { identity } = scene.facts.session
  const sender = senderSubject(scene)
  if (identity === null || sender === null || scene.site.senderLoginMaps.length === 0) return DUNNO
  const owners = yield* ownersOf(scene, sender.name)
  if (owners === 'unavailable') return lookupFailure(sender.name)
  if (owners === null && unknown === 'anybody') return DUNNO
  if (owners?.has(identity.user.toLowerCase()) === true) return DUNNO
  return denied(sender.name, `not owned by user ${identity.user}`)
}

function* notLoggedIn(scene: Scene): Flow<Outcome> {
  const sender = senderSubject(scene)
  const { senderLoginMaps } = scene.site
  if (scene.facts.session.identity !== null || sender === null || senderLoginMaps.length === 0) return DUNNO
  const owners = yield* ownersOf(scene, sender.name)
  if (owners === 'unavailable') return lookupFailure(sender.name)
  return owners === null ? DUNNO : denied(sender.name, 'not logged in')
}

function denied(sender: string, why: string): Outcome {
  return { kind: 'reject', reply: refusal(553, '5.7.1', `<${sender}>: Sender address rejected: ${why}`) }
}

/** Names of users, in lower case; `null` where nobody owns the address. */
function* ownersOf({ site }: Scene, sender: string): Flow<ReadonlySet<string> | null | 'unavailable'> {
  const { router, senderLoginMaps } = site
  const owners = new Set<string>()
  if (senderLoginMaps.includes(USERS)) {
    const users = yield* usersOf(router, sender)
    if ('kind' in users) return 'unavailable'
    for (const { user } of users) owners.add(user.toLowerCase())
  }
  const address = router.qualify(sender)
  const isOurs = yield* router.isOurs(address.domain)
  if (typeof isOurs === 'object') return 'unavailable'
  const tables = senderLoginMaps.filter((table) => table !== USERS)
  const lower = { local: address.local.toLowerCase(), domain: address.domain }
  for (const { key } of tables.length === 0 ? [] : addressKeys(lower, isOurs, router.rules.delimiter)) {
    const answer = yield* firstOf(tables, key)
    if (answer.kind === 'tryAgain') return 'unavailable'
    if (answer.kind !== 'found') continue
    for (const user of answer.value.toLowerCase().split(/[\s,]+/)) if (user !== '') owners.add(user)
    return owners
  }
  return owners.size === 0 ? null : owners
}
