import type { Flow, SaslCredentials } from '@mailwright/core'
import { splitAddress } from '../routing/address.js'
import { firstOf } from '../routing/lookups.js'

/** For whom a login is looked up. */
export interface LoginFacts {
  /** As it stands in the route: `example.org`, `[smtp.example.net]:587`. */
  readonly nexthop: string
  readonly host: string
  /** Empty for `<>`. Absent where logins do not depend on it. */
  readonly sender?: string
}

/** `none`: nobody logs in there. `unavailable`: that cannot be known now, or what the table says is no login. */
export type LoginAnswer =
  | { readonly kind: 'found'; readonly credentials: SaslCredentials }
  | { readonly kind: 'none' | 'unavailable' }

/**
 * Finds the login for a server as smtp_sasl_password_maps has it: by the sender and its domain, where that is wanted, then by the host, then by the
 * nexthop.
 *
 *     login = user ":" password
 *
 * An empty value, or one without a colon, says that nobody logs in (smtp(8)).
 */
export function* findLogin(tables: readonly string[], { nexthop, host, sender = '' }: LoginFacts): Flow<LoginAnswer> {
  const senders = sender === '' ? [] : [sender, `@${splitAddress(sender).domain}`]
  for (const key of [...senders, host, nexthop]) {
    const answer = yield* firstOf(tables, key)
    switch (answer.kind) {
      case 'tryAgain':
        return { kind: 'unavailable' }
      case 'found': {
        const [, user, password] = /^([^:]+):(.*)$/s.exec(answer.value) ?? []
        if (user === undefined || password === undefined) return { kind: 'none' }
        return { kind: 'found', credentials: { kind: 'password', user, password } }
      }
      case 'notFound':
        continue
      default:
        answer satisfies never
    }
  }
  return { kind: 'none' }
}
