import type { Flow } from '@mailwright/core'
import { DUNNO, type Outcome } from '../outcome.js'
import { parsePolicyService, policyAttributes, writePolicyRequest } from '../policy-service.js'
import { askPolicies, clientOf, type Scene } from '../rule.js'
import { actionOutcome } from './access.js'

/** The restriction that asks another program. */
export const POLICY_RULES = {
  check_policy_service: {
    argument: 'service',
    *run(scene: Scene, argument: string): Flow<Outcome> {
      const named = parsePolicyService(argument)
      if (named === undefined) return DUNNO
      const { service, timeout, defaultAction, context } = named
      const { name, reverseName } = yield* clientOf(scene.facts)
      const client = { name: name ?? 'unknown', reverseName: reverseName ?? 'unknown' }
      const request = writePolicyRequest(policyAttributes(scene.stage, scene.facts, client, context))
      const answer = yield* askPolicies('askPolicy', { service, request, timeout })
      const action = answer.kind === 'answered' ? answer.action : defaultAction
      return actionOutcome(scene, action, scene.subject)
    },
  },
} as const
