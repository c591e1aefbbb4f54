import type { Flow } from '@mailwright/core'
import { DUNNO, type Outcome, rejected, rejection, type Subject } from '../outcome.js'
import { askProbes, type Scene } from '../rule.js'
import { recipientSubject, senderSubject } from './address.js'

/** Restrictions that ask where mail for an address would go whether it would be taken (ADDRESS_VERIFICATION_README). */
export const VERIFICATION_RULES = {
  reject_unverified_sender: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* unverified(scene, senderSubject(scene), scene.site.codes.unverifiedSender, '4.1.7')
    },
  },
  reject_unverified_recipient: {
    *run(scene: Scene): Flow<Outcome> {
      return yield* unverified(scene, recipientSubject(scene), scene.site.codes.unverifiedRecipient, '4.1.1')
    },
  },
} as const

function* unverified({ site }: Scene, subject: Subject | null, code: number, enhanced: string): Flow<Outcome> {
  if (subject === null) return DUNNO
  const { local, domain } = site.router.qualify(subject.name)
  const answer = yield* askProbes('probeAddress', { address: `${local}@${domain}` })
  switch (answer.kind) {
    case 'deliverable':
      return DUNNO
    case 'undeliverable':
      return rejected(subject, code, enhanced, `undeliverable address: ${answer.text}`)
    case 'unknown': {
      const why = `unverified address: ${answer.text.slice(0, WHY)}`
      const reply = rejection(subject, 450, enhanced, why)
      return { kind: site.temporaryFailure === 'defer' ? 'reject' : 'deferIfPermit', reply }
    }
    default:
      return answer satisfies never
  }
}

/** The most of a reason, in characters. Default 250 (Postfix's). */
const WHY = 250
