import { MESSAGE_LIMITS } from '../limits.js'
import { ATOM, Lexer } from './lexer.js'

/**
 * The message ids of a Message-ID, In-Reply-To or References field body, without angle brackets, in order; phrases
 * between are ignored.
 *
 *     msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]
 *
 * RFC 5322 §3.6.4, §4.5.4. Normalised as threading asks (RFC 5256 §3): no quoting, comments or white space. Past `limit` the last
 * ones are kept: a reply's parent stands last.
 */
export function parseMessageIds(text: string, limit: number = MESSAGE_LIMITS.references): readonly string[] {
  const ids: string[] = []
  for (const [, inner = ''] of text.matchAll(/<([^<>]*)>/g)) {
    const id = normal(inner)
    if (id !== '') ids.push(id)
  }
  return ids.length > limit ? ids.slice(-limit) : ids
}

function normal(id: string): string {
  if (!/[\s()"\\]/.test(id)) return id
  const lexer = new Lexer(id, ATOM)
  let text = ''
  for (let token = lexer.next(); token !== undefined; token = lexer.next()) text += token.text
  return text
}
