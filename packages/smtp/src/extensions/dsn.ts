import type { NotifyCondition } from '@mailwright/core'
import { originalRecipient } from '../grammar/original-recipient.js'
import { decodePrintableXtext } from '../grammar/xtext.js'
import { ENVELOPE_ID_CHARACTERS, ORIGINAL_RECIPIENT_CHARACTERS } from '../limits.js'
import { type Reply, reply } from '../response/reply.js'
import type { Extension } from './extension.js'

/**
 * Delivery status notifications, RFC 3461: what the sender wants to hear of each recipient. The host passes it on to
 * the next hop or reports itself, so this is offered only where it says that it does.
 */
export const DSN: Extension = {
  keyword: 'DSN',
  source: 'RFC 3461 §3',
  announce: (_, { abilities }) => (abilities.dsn === undefined ? null : ''),
  mailParameters: [
    {
      // RFC 3461 §4.3: FULL or HDRS, in any case.
      keyword: 'RET',
      read({ value }) {
        const ret = value?.toUpperCase()
        if (ret !== 'FULL' && ret !== 'HDRS') return refused('Bad RET parameter syntax')
        return { kind: 'declared', parameters: { ret } }
      },
    },
    {
      // RFC 3461 §4.4: `envid-parameter = "ENVID=" xtext`, up to 100 characters.
      keyword: 'ENVID',
      read({ value }) {
        const envelopeId = value === null || isLong(value) ? undefined : decodePrintableXtext(value)
        if (envelopeId === undefined) return refused('Bad ENVID parameter syntax')
        return { kind: 'declared', parameters: { envelopeId } }
      },
    },
  ],
  rcptParameters: [
    {
      keyword: 'NOTIFY',
      read({ value }) {
        const notify = value === null ? undefined : notifyConditions(value)
        if (notify === undefined) return refused('Error: Bad NOTIFY parameter syntax')
        return { kind: 'declared', parameters: { notify } }
      },
    },
    {
      // RFC 3461 §4.2: up to 500 characters.
      keyword: 'ORCPT',
      read({ value, text }) {
        const isTooLong = text.length > ORIGINAL_RECIPIENT_CHARACTERS
        const original = value === null || isTooLong ? undefined : originalRecipient(value)
        if (original === undefined) return refused('Error: Bad ORCPT parameter syntax')
        return { kind: 'declared', parameters: { originalRecipient: original } }
      },
    },
  ],
}

const CONDITIONS: readonly string[] = ['SUCCESS', 'FAILURE', 'DELAY'] satisfies NotifyCondition[]

/**
 *     notify-esmtp-value  = "NEVER" / 1#notify-list-element
 *     notify-list-element = "SUCCESS" / "FAILURE" / "DELAY"
 *
 * RFC 3461 §4.1. In any case; NEVER stands alone. What is said twice counts once. Null elements do not count: `#` is that of
 * RFC 822 §2.7.
 */
function notifyConditions(value: string): readonly NotifyCondition[] | undefined {
  const words = value
    .toUpperCase()
    .split(',')
    .filter((word) => word !== '')
  if (words.length === 1 && words[0] === 'NEVER') return ['NEVER']
  return words.length > 0 && words.every(isCondition) ? [...new Set(words)] : undefined
}

function isCondition(word: string): word is NotifyCondition {
  return CONDITIONS.includes(word)
}

function isLong(value: string): boolean {
  return value.length > ENVELOPE_ID_CHARACTERS
}

function refused(text: string): { readonly kind: 'refused'; readonly reply: Reply } {
  return { kind: 'refused', reply: reply(501, '5.5.4', text) }
}
