import { type Flow, networkOf } from '@mailwright/core'
import {
  clientAddress,
  DUNNO,
  type Outcome,
  PERMIT,
  recipientOf,
  refusal,
  rejected,
  rejection,
  senderOf,
} from '../outcome.js'
import { askGreylist, askPatience, type Scene } from '../rule.js'

/** Restrictions of every list. */
export const GENERAL_RULES = {
  permit: {
    *run(): Flow<Outcome> {
      return PERMIT
    },
  },
  reject: {
    *run({ subject, site }: Scene): Flow<Outcome> {
      return rejected(subject, site.codes.reject, '5.7.1', 'Access denied')
    },
  },
  defer: {
    *run({ subject, site }: Scene): Flow<Outcome> {
      return rejected(subject, site.codes.defer, '4.3.2', 'Try again later')
    },
  },
  defer_if_permit: {
    *run({ subject }: Scene): Flow<Outcome> {
      return { kind: 'deferIfPermit', reply: rejection(subject, 450, '4.7.0', 'defer_if_permit requested') }
    },
  },
  defer_if_reject: {
    *run({ subject }: Scene): Flow<Outcome> {
      return { kind: 'deferIfReject', reply: rejection(subject, 450, '4.7.0', 'defer_if_reject requested') }
    },
  },
  sleep: {
    argument: 'seconds',
    *run(_: Scene, seconds: string): Flow<Outcome> {
      yield* askPatience('pause', { duration: Number(seconds) * 1_000 })
      return DUNNO
    },
  },
  reject_plaintext_session: {
    *run({ facts, site }: Scene): Flow<Outcome> {
      if (facts.session.tls !== null) return DUNNO
      return { kind: 'reject', reply: refusal(site.codes.plaintext, '4.7.1', 'Session encryption is required') }
    },
  },
  /** Who does not wait where he must (RFC 2920 §3.1) seldom reads answers. */
  reject_unauth_pipelining: {
    *run({ facts, subject }: Scene): Flow<Outcome> {
      if (facts.session.isHasty !== true) return DUNNO
      return rejected(subject, 503, '5.5.0', 'Improper use of SMTP command pipelining')
    },
  },
  /** A bounce goes to one (RFC 5321 §4.5.5); spam that looks like one goes to many. */
  reject_multi_recipient_bounce: {
    *run({ stage, facts, subject, site }: Scene): Flow<Outcome> {
      const isLate = stage === 'data' || stage === 'endOfData'
      if (senderOf(facts) !== '' || (facts.accepted ?? 0) <= (isLate ? 1 : 0)) return DUNNO
      return rejected(subject, site.codes.multiRecipientBounce, '5.5.3', 'Multi-recipient bounce')
    },
  },
  /** Not Postfix's own: what sites have policy servers for. */
  check_greylist: {
    *run({ facts, subject }: Scene): Flow<Outcome> {
      const recipient = recipientOf(facts)
      if (recipient === null) return DUNNO
      const answer = yield* askGreylist('greylist', {
        client: networkOf(clientAddress(facts.session), { ipv4: 24, ipv6: 64 }),
        sender: (senderOf(facts) ?? '').toLowerCase(),
        recipient: recipient.toLowerCase(),
      })
      if (answer.kind === 'passed') return DUNNO
      const why = `Greylisted, try again in ${Math.ceil(answer.wait / 1_000)} seconds`
      return { kind: 'deferIfPermit', reply: rejection(subject, 450, '4.7.1', why) }
    },
  },
} as const
