import type { Flow } from '@mailwright/core'
import { expandRecipient } from './expand.js'
import type { Router, Unavailable } from './router.js'

/** A user who gets mail for an address. */
export interface AddressUser {
  readonly user: string
  readonly account: string
}

/**
 * Finds the users of ours who get mail for an address, by its own name or by aliases: whoever gets the answers may write from it. None for an address that is not
 * ours, or that nobody has.
 */
export function* usersOf(router: Router, address: string): Flow<readonly AddressUser[] | Unavailable> {
  const expansion = yield* expandRecipient(router, { address })
  if (expansion.kind === 'refused') return expansion.reply.code < 500 ? { kind: 'unavailable' } : []
  const users: AddressUser[] = []
  for (const { recipient, place } of expansion.recipients) {
    if (place !== 'store') continue
    const found = yield* router.user(router.qualify(recipient.address))
    if (found.kind === 'unavailable') return found
    if (found.kind === 'found') users.push({ user: found.user, account: found.account })
  }
  return users
}
