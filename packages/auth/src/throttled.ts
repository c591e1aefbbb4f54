import {
  type Authenticator,
  type AuthResult,
  type Clock,
  type LoginContext,
  type Millis,
  networkOf,
} from '@mailwright/core'
import { THROTTLE_LIMITS, type ThrottleLimits } from './limits.js'
import { fingerprint } from './secret.js'

export interface ThrottleOptions {
  readonly clock: Pick<Clock, 'now'>
  /** What differs from {@link THROTTLE_LIMITS}. */
  readonly limits?: Partial<ThrottleLimits>
}

/** What is remembered of one network. */
interface Failures {
  /** Different wrong logins, as far as they are remembered apart. */
  readonly count: number
  readonly last: Millis
  /** Fingerprints of the last different wrong logins, the latest last. */
  readonly recent: readonly number[]
}

/**
 * Slows guessing down: rejected results of `inner` get a `delay` that grows with the failures of the peer's network, 2, 4,
 * 8, then 15 s. The engine does the waiting.
 *
 * Only refusals are slowed: whoever knows the password gets in at once, from anywhere, whatever others try; and that
 * forgives the network its failures. The same wrong login repeated (a device with an old password) counts once.
 */
export function throttled(inner: Authenticator, options: ThrottleOptions): Authenticator {
  const limits: ThrottleLimits = { ...THROTTLE_LIMITS, ...options.limits }
  // In order of the last failure, so that the first is the one to forget.
  const networks = new Map<string, Failures>()

  const forgetOld = (now: Millis): void => {
    for (const [network, { last }] of networks) {
      if (now - last < limits.forgetAfter && networks.size <= limits.networks) return
      networks.delete(network)
    }
  }

  const afterFailure = (network: string, attempt: string): Millis => {
    const now = options.clock.now()
    forgetOld(now)
    const known = networks.get(network) ?? { count: 0, last: now, recent: [] }
    const mark = fingerprint(attempt)
    const others = known.recent.filter((earlier) => earlier !== mark)
    const isRepeat = others.length < known.recent.length
    const count = isRepeat ? known.count : known.count + 1
    networks.delete(network)
    networks.set(network, { count, last: now, recent: [...others, mark].slice(-limits.repeats) })
    forgetOld(now)
    // Past the 30th doubling nothing grows but the risk of Infinity.
    return Math.min(limits.initialDelay * 2 ** Math.min(count - 1, 30), limits.maximumDelay)
  }

  const judge = (result: AuthResult, context: LoginContext, attempt: string): AuthResult => {
    switch (result.kind) {
      case 'accepted':
        networks.delete(networkOf(context.peerAddress, { ipv6: limits.ipv6Prefix }))
        return result
      case 'rejected': {
        const delay = afterFailure(networkOf(context.peerAddress, { ipv6: limits.ipv6Prefix }), attempt)
        return { kind: 'rejected', delay: Math.max(delay, result.delay ?? 0) }
      }
      // The password was right, or nobody knows: neither a guess nor a reason to forgive.
      case 'expired':
      case 'disabled':
      case 'referral':
      case 'unavailable':
        return result
      default:
        return result satisfies never
    }
  }

  return {
    get knowsSecrets() {
      return inner.knowsSecrets === true
    },
    async verifyPassword(args, signal) {
      const result = await inner.verifyPassword(args, signal)
      return judge(result, args.context, `${args.user}\0${args.password}`)
    },
    async verifyDigest(args, signal) {
      const result = await inner.verifyDigest(args, signal)
      // Each challenge is new, so a repeated password cannot be told from another guess and counts as one.
      return judge(result, args.context, `${args.user}\0${args.mechanism}\0${args.response}`)
    },
    lookupUser: (args, signal) => inner.lookupUser(args, signal),
  }
}
