import type { Flow } from '@mailwright/core'
import { apop } from './commands/apop.js'
import { auth } from './commands/auth.js'
import { capa } from './commands/capa.js'
import { dele } from './commands/dele.js'
import { lang } from './commands/lang.js'
import { list } from './commands/list.js'
import { noop } from './commands/noop.js'
import { pass } from './commands/pass.js'
import { quit } from './commands/quit.js'
import { retr } from './commands/retr.js'
import { rset } from './commands/rset.js'
import { stat } from './commands/stat.js'
import { stls } from './commands/stls.js'
import { top } from './commands/top.js'
import { uidl } from './commands/uidl.js'
import { user } from './commands/user.js'
import { utf8 } from './commands/utf8.js'
import type { Maildrop } from './maildrop.js'
import type { Reply } from './response/reply.js'
import type { Session } from './session.js'
import type { Verb } from './states.js'

/** One command: what it wants behind its keyword, and what it does. */
export type CommandRow = {
  readonly argument: 'none' | 'optional' | 'required'
  /** Where it is defined, as the manual prints it. */
  readonly source: string
} & (
  | { readonly needs: 'nothing'; readonly run: (session: Session, argument: string) => Flow<Reply> }
  | {
      readonly needs: 'maildrop'
      readonly run: (session: Session, maildrop: Maildrop, argument: string) => Flow<Reply>
    }
)

/** Every command. Which of them a state admits stands in `ADMITS`. */
export const COMMANDS: { readonly [V in Verb]: CommandRow } = {
  APOP: { argument: 'required', source: 'RFC 1939 §7', needs: 'nothing', run: apop },
  AUTH: { argument: 'optional', source: 'RFC 5034 §4', needs: 'nothing', run: auth },
  CAPA: { argument: 'none', source: 'RFC 2449 §5', needs: 'nothing', run: capa },
  DELE: { argument: 'required', source: 'RFC 1939 §5', needs: 'maildrop', run: dele },
  LANG: { argument: 'optional', source: 'RFC 6856 §3', needs: 'nothing', run: lang },
  LIST: { argument: 'optional', source: 'RFC 1939 §5', needs: 'maildrop', run: list },
  NOOP: { argument: 'none', source: 'RFC 1939 §5', needs: 'nothing', run: noop },
  PASS: { argument: 'required', source: 'RFC 1939 §7', needs: 'nothing', run: pass },
  QUIT: { argument: 'none', source: 'RFC 1939 §4, §6', needs: 'nothing', run: quit },
  RETR: { argument: 'required', source: 'RFC 1939 §5', needs: 'maildrop', run: retr },
  RSET: { argument: 'none', source: 'RFC 1939 §5', needs: 'maildrop', run: rset },
  STAT: { argument: 'none', source: 'RFC 1939 §5', needs: 'maildrop', run: stat },
  STLS: { argument: 'none', source: 'RFC 2595 §4', needs: 'nothing', run: stls },
  TOP: { argument: 'required', source: 'RFC 1939 §7', needs: 'maildrop', run: top },
  UIDL: { argument: 'optional', source: 'RFC 1939 §7', needs: 'maildrop', run: uidl },
  USER: { argument: 'required', source: 'RFC 1939 §7', needs: 'nothing', run: user },
  UTF8: { argument: 'none', source: 'RFC 6856 §2.1', needs: 'nothing', run: utf8 },
}

/** The verb that a keyword in upper case is; `undefined` where there is none. */
export function verbOf(keyword: string): Verb | undefined {
  return isVerb(keyword) ? keyword : undefined
}

function isVerb(keyword: string): keyword is Verb {
  return Object.hasOwn(COMMANDS, keyword)
}
