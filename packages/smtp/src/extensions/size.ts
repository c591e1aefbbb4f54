import { reply } from '../response/reply.js'
import type { Extension } from './extension.js'

/**
 *     size-param = [1*DIGIT]
 *     size-value ::= 1*20DIGIT
 *
 * RFC 1870 §3, §6. What is declared too big is refused before it is sent; what turns out too big, after.
 */
export const SIZE: Extension = {
  keyword: 'SIZE',
  source: 'RFC 1870 §3',
  announce: (_, { limits }) => (Number.isFinite(limits.messageOctets) ? String(limits.messageOctets) : ''),
  mailParameters: [
    {
      keyword: 'SIZE',
      read({ value }, { settings: { limits } }) {
        if (value === null || !/^\d{1,20}$/.test(value)) {
          return { kind: 'refused', reply: reply(501, '5.5.4', 'Bad message size syntax') }
        }
        const size = Number(value)
        // Past 2^53 a size is no number any more, and no message.
        if (size > limits.messageOctets || !Number.isSafeInteger(size)) {
          return { kind: 'refused', reply: reply(552, '5.3.4', 'Message size exceeds fixed limit') }
        }
        return { kind: 'declared', parameters: { size } }
      },
    },
  ],
}
