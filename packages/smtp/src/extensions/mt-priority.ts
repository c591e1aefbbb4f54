import { reply } from '../response/reply.js'
import type { Extension } from './extension.js'

const SYNTAX = reply(501, '5.5.2', 'Bad MT-PRIORITY parameter syntax')

/**
 *     priority-value   = (["-"] NZDIGIT) / "0"
 *     mt-priority-ehlo = "MT-PRIORITY" [SP priority-profile]
 *
 * RFC 6710 §4.1, §7: −9 to 9, all of them distinct. Who is not trusted may go behind others, but not before them: a positive
 * priority becomes 0, and the reply says so.
 */
export const MT_PRIORITY: Extension = {
  keyword: 'MT-PRIORITY',
  source: 'RFC 6710 §3',
  announce: (_, { abilities }) => abilities.priority?.profile ?? (abilities.priority === undefined ? null : ''),
  mailParameters: [
    {
      keyword: 'MT-PRIORITY',
      read({ value }, { session, settings: { abilities } }) {
        if (value === null || !/^(?:-?[1-9]|0)$/.test(value)) return { kind: 'refused', reply: SYNTAX }
        const priority = Number(value)
        const isTrusted = session.identity !== null || abilities.priority?.trusts === 'everybody'
        if (priority <= 0 || isTrusted) return { kind: 'declared', parameters: { priority } }
        const lowered = reply(250, '2.3.6', '0 is the new priority: only who is logged in may go before others')
        return { kind: 'declared', parameters: { priority: 0 }, reply: lowered }
      },
    },
  ],
}
