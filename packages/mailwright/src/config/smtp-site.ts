import { EXTENSION_KEYWORDS } from '@mailwright/smtp'
import { restrictionsSite } from './relay-site.js'
import { list, oneOf, optional, record, text } from './shape.js'

/** `listeners[].smtp` in `site.json`. */
export const smtpSite = {
  profile: optional(oneOf(['default', 'postfix-classic'])),
  withheld: optional(
    list(record({ networks: optional(list(text(), { atLeast: 1 })), extensions: list(oneOf(EXTENSION_KEYWORDS)) })),
  ),
  xclient: optional(list(text(), { atLeast: 1 })),
  xforward: optional(list(text(), { atLeast: 1 })),
  paths: optional(oneOf(['lenient', 'strict'])),
  vrfy: optional(oneOf(['offered', 'disabled'])),
  hello: optional(oneOf(['required', 'optional'])),
  restrictions: optional(restrictionsSite),
  lineEnds: optional(oneOf(['reject', 'normalise'])),
}
