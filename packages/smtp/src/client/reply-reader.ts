import { type Flow, type Octets, readLine } from '@mailwright/core'
import { type Reply, reply } from '../response/reply.js'
import { KEPT_REPLY_LINES } from './limits.js'

/** What a server said; `malformed` is no reply at all, and the session cannot go on. */
export type ReplyResult =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'malformed'; readonly line: string }

const LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/s
const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?: +|$)/

/**
 * Reads one reply. What is not printable in it becomes `?`: it goes into logs and reports.
 *
 *     Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
 *
 * RFC 5321 §4.2. The code is the last line's; of many lines the first are kept.
 *
 * @param kept lines whose text is kept; of an answer that is a list, all.
 * @param heard told of each line that another must follow.
 */
export function* readReply(
  limits: { readonly replyLineOctets: Octets; readonly replyLines: number },
  kept = KEPT_REPLY_LINES,
  heard: () => void = () => {},
): Flow<ReplyResult> {
  const texts: string[] = []
  for (let count = 0; count < limits.replyLines; count++) {
    const input = yield* readLine(limits.replyLineOctets)
    if (input.kind === 'overlong')
      return { kind: 'malformed', line: `(a line of more than ${limits.replyLineOctets} octets)` }
    const [, code, separator, text = ''] = LINE.exec(input.text) ?? []
    if (code === undefined) return { kind: 'malformed', line: shown(input.text) }
    if (texts.length < kept) texts.push(shown(text))
    if (separator !== '-') return { kind: 'reply', reply: replyOf(Number(code), texts) }
    heard()
  }
  return { kind: 'malformed', line: `(a reply of more than ${limits.replyLines} lines)` }
}

/** The enhanced code stands on each line (RFC 2034 §4), and counts when its class is the code's. */
function replyOf(code: number, texts: readonly string[]): Reply {
  const found = ENHANCED.exec(texts[0] ?? '')?.[1]
  const enhanced = found?.charAt(0) === String(code).charAt(0) ? found : null
  if (enhanced === null) return reply(code, null, texts)
  return reply(
    code,
    enhanced,
    texts.map((text) => (text.startsWith(enhanced) ? text.slice(enhanced.length).trimStart() : text)),
  )
}

function shown(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?')
}

/** A reply on one line, as `host said: …` quotes it: each of its lines with its code. */
export function replyText({ code, enhanced, text }: Reply): string {
  const lines = typeof text === 'string' ? [text] : text
  const last = lines.length - 1
  const prefix = enhanced === null ? '' : `${enhanced} `
  return lines.map((line, at) => `${code}${at < last ? '-' : ' '}${prefix}${line}`.trimEnd()).join(' ')
}
