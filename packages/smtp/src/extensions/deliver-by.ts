import { reply } from '../response/reply.js'
import type { Extension } from './extension.js'

/**
 *     deliverby-param = min-by-time
 *     by-value        = by-time ";" by-mode [by-trace]
 *     by-time         = ["-" / "+"] 1*9DIGIT ; a value of zero or less is not allowed with a by-mode of "R"
 *     by-mode         = "N" / "R"            ; "Notify" or "Return"
 *     by-trace        = "T"                  ; "Trace"
 *
 * RFC 2852 §2, §4: delivered in time, or returned, or reported. Who can be in time only after so many seconds says so; what should come back
 * before that is refused at once, which is in time.
 */
export const DELIVERBY: Extension = {
  keyword: 'DELIVERBY',
  source: 'RFC 2852 §2',
  announce(_, { abilities: { deliverBy } }) {
    if (deliverBy === undefined) return null
    return deliverBy.leastSeconds === 0 ? '' : String(deliverBy.leastSeconds)
  },
  mailParameters: [
    {
      keyword: 'BY',
      read({ value }, { settings: { abilities } }) {
        const match = /^([+-]?\d{1,9});([NR])(T?)$/i.exec(value ?? '')
        const seconds = Number(match?.[1])
        const mode = match?.[2]?.toUpperCase() === 'R' ? 'R' : 'N'
        if (match === null || (mode === 'R' && seconds <= 0)) {
          return { kind: 'refused', reply: reply(501, '5.5.4', 'Bad BY parameter syntax') }
        }
        const least = abilities.deliverBy?.leastSeconds ?? 0
        if (mode === 'R' && seconds < least) {
          return { kind: 'refused', reply: reply(550, '5.4.7', `Error: cannot deliver in less than ${least} seconds`) }
        }
        return { kind: 'declared', parameters: { deliverBy: { seconds, mode, isTraced: match[3] !== '' } } }
      },
    },
  ],
}
