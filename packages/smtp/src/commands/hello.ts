import { caller, type Flow } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { ehloLines } from '../extensions/extension-table.js'
import type { SmtpHandler } from '../handler.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { reply } from '../response/reply.js'
import { notesOf, refusalOf } from '../response/verdict.js'
import { type Hello, learned } from '../session.js'

const { call } = caller<SmtpHandler>()

/**
 *     ehlo = "EHLO" SP ( Domain / address-literal ) CRLF
 *     helo = "HELO" SP Domain CRLF
 *
 * RFC 5321 §4.1.1.1; LHLO means the same (RFC 2033 §4.1). The name is not checked: what Windows and printers say is no
 * domain either, and RFC 5321 §4.1.4 forbids refusing mail for it. Anything but a refusal ends a transaction under way.
 */
export function hello(verb: Hello): (dialogue: Dialogue, argument: string) => Flow<Answer> {
  return function* (dialogue, argument) {
    const { settings } = dialogue
    if (argument === '' || argument.length > settings.limits.domainOctets) {
      return mistake(reply(501, null, `Syntax: ${verb} hostname`))
    }
    const news = { hello: verb, heloName: neutral(argument) }
    if (settings.asks.has('hello')) {
      const verdict = yield* call('hello', { session: learned(dialogue.session, news) })
      const refusal = refusalOf(verdict)
      if (refusal !== null) return dialogue.refusal(refusal, { verb })
      dialogue.greeted(news, notesOf(verdict))
    } else {
      dialogue.greeted(news, [])
    }
    dialogue.wire.event({ name: 'hello', verb, helo: news.heloName })
    const lines = verb === 'HELO' ? [] : ehloLines(dialogue.session, settings)
    return said(reply(250, null, [settings.hostname, ...lines]))
  }
}

/** A name fit for `Received` fields and logs: what could end a comment or a path there becomes `?`, as in Postfix. */
function neutral(name: string): string {
  return name.replace(/[^!-~]|[<>()\\";@]/g, '?')
}
