import type { Flow } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { DEFAULT_LANGUAGE, LANGUAGES, languageOf, lookUp } from '../language/languages.js'
import { no, ok, type Reply } from '../reply.js'
import { writeAstring } from '../response/strings.js'
import type { Session } from '../session.js'

/**
 *     language-data = "LANGUAGE" SP "(" lang-tag-quoted *(SP lang-tag-quoted) ")"
 *
 * RFC 5255 §3.2, §3.3, §3.5. Without a range the languages are listed; else the first range that fits decides, and what is said from
 * the LANGUAGE response on is said in that language.
 */
export function* language(session: Session, { ranges }: CommandOf<'LANGUAGE'>): Flow<Reply> {
  if (ranges.length === 0) {
    session.untagged(`LANGUAGE (${LANGUAGES.join(' ')})`)
    return ok('Supported languages have been enumerated')
  }
  const preferred = languageOf(session.settings.language) ?? null
  const spoken = lookUp(ranges, preferred)
  if (spoken === undefined) return no(`Unsupported language ${ranges.map(writeAstring).join(' ')}`)
  session.language = spoken
  session.untagged(`LANGUAGE (${spoken?.tag ?? DEFAULT_LANGUAGE})`)
  return ok(spoken?.tag === 'de' ? 'Sprachwechsel durch LANGUAGE-Befehl ausgeführt' : 'Now speaking English')
}
