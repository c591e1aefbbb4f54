import type { Flow } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { maySpeakFor } from '../extensions/speaks-for.js'
import {
  attributeAddress,
  attributeChoice,
  attributeHost,
  attributePort,
  attributeWord,
  readAttributes,
} from '../grammar/attribute-list.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { INSUFFICIENT_AUTHORIZATION } from '../response/refusals.js'
import { reply } from '../response/reply.js'

/** Octets of a PROTO value. Postfix's limit: it is a word as ESMTP. Passed: `501`. */
const PROTOCOL_OCTETS = 64

const RULES = {
  NAME: attributeHost,
  ADDR: attributeAddress,
  PROTO: { read: (value: string) => (value.length > PROTOCOL_OCTETS ? undefined : attributeWord.read(value)) },
  HELO: attributeWord,
  SOURCE: attributeChoice('LOCAL', 'REMOTE'),
  PORT: attributePort,
  IDENT: attributeWord,
}

/**
 *     xforward = "XFORWARD" 1*( SP attribute "=" xtext ) CRLF
 *
 * Postfix XFORWARD_README: a filter before us says from whom it has the next message. That is for logs alone: nothing is decided by it, and the session
 * stays the filter's. Several commands add up; the end of the transaction, RSET and a greeting forget all.
 */
export function* xforward(dialogue: Dialogue, argument: string): Flow<Answer> {
  const list = readAttributes('XFORWARD', argument, RULES)
  if (argument !== '' && !maySpeakFor(dialogue.session, dialogue.settings, 'XFORWARD')) {
    return mistake(INSUFFICIENT_AUTHORIZATION)
  }
  if (list.kind === 'bad') return mistake(list.reply)
  const { values } = list
  dialogue.forward({
    ...(values.has('NAME') ? { name: values.get('NAME') ?? null } : {}),
    ...(values.has('ADDR') ? { address: values.get('ADDR') ?? null } : {}),
    ...(values.has('PORT') ? { port: values.get('PORT') ?? null } : {}),
    ...(values.has('PROTO') ? { protocol: values.get('PROTO') ?? null } : {}),
    ...(values.has('HELO') ? { heloName: values.get('HELO') ?? null } : {}),
    ...(values.has('IDENT') ? { id: values.get('IDENT') ?? null } : {}),
    ...(values.has('SOURCE') ? { source: values.get('SOURCE') ?? null } : {}),
  })
  return said(reply(250, '2.0.0', 'Ok'))
}
