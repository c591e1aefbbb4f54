import type { ReceivingPolicy } from '../receiving/policy.js'
import type { Restrictions } from './evaluate.js'

/** A policy whose lists are these; who exists, and what an address comes to, is the given one's. */
export function restricted(
  policy: ReceivingPolicy,
  restrictions: Restrictions,
  refusals: ReceivingPolicy['refusals'] = 'atRecipient',
): ReceivingPolicy {
  return {
    refusals,
    stages: restrictions.stages,
    check: (stage, facts, before) => restrictions.check(stage, facts, before),
    standing: (recipient) => policy.standing(recipient),
    expand: (recipient) => policy.expand(recipient),
  }
}
