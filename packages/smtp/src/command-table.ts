import type { Flow, Octets } from '@mailwright/core'
import { auth } from './commands/auth.js'
import { bdat, parseChunk } from './commands/bdat.js'
import { burl } from './commands/burl.js'
import { data } from './commands/data.js'
import { etrn } from './commands/etrn.js'
import { expn } from './commands/expn.js'
import { hello } from './commands/hello.js'
import { mail } from './commands/mail.js'
import { noop } from './commands/noop.js'
import { quit } from './commands/quit.js'
import { rcpt } from './commands/rcpt.js'
import { rset } from './commands/rset.js'
import { starttls } from './commands/starttls.js'
import { vrfy } from './commands/vrfy.js'
import { xclient } from './commands/xclient.js'
import { xforward } from './commands/xforward.js'
import type { Dialogue } from './dialogue.js'
import { type Answer, said } from './response/answer.js'
import { reply } from './response/reply.js'
import type { RoleTraits } from './roles.js'
import type { SmtpVerb } from './states.js'

/** What a command needs first, where the host's policy demands it. RFC 3207 §4, RFC 4954 §6. */
type Gate = 'none' | 'tls' | 'login'

/** A command: from its row alone the runner knows what to check before it runs. */
export interface Command {
  readonly verb: SmtpVerb
  run(dialogue: Dialogue, argument: string): Flow<Answer>
  readonly gate: Gate
  /** Without arguments, any is refused with 501 (RFC 5321 §4.1.1). */
  readonly argument: 'none' | 'any'
  /** Moves no mail: too many of them are errors. */
  readonly isIdle: boolean
  /** Where it is defined. */
  readonly source: string
  /** Octets that follow the command line, whatever is said to it; `undefined` where that cannot be known. Absent: none. */
  octetsBehind?(argument: string): Octets | undefined
}

/** Every command, in the order in which the log counts them, which is Postfix's. */
export const COMMANDS: readonly Command[] = [
  { verb: 'HELO', run: hello('HELO'), gate: 'none', argument: 'any', isIdle: true, source: 'RFC 5321 §4.1.1.1' },
  { verb: 'EHLO', run: hello('EHLO'), gate: 'none', argument: 'any', isIdle: true, source: 'RFC 5321 §4.1.1.1' },
  { verb: 'LHLO', run: hello('LHLO'), gate: 'none', argument: 'any', isIdle: true, source: 'RFC 2033 §4.1' },
  { verb: 'STARTTLS', run: starttls, gate: 'none', argument: 'none', isIdle: false, source: 'RFC 3207 §4' },
  { verb: 'AUTH', run: auth, gate: 'tls', argument: 'any', isIdle: false, source: 'RFC 4954 §4' },
  { verb: 'XCLIENT', run: xclient, gate: 'tls', argument: 'any', isIdle: false, source: 'Postfix XCLIENT_README' },
  { verb: 'XFORWARD', run: xforward, gate: 'tls', argument: 'any', isIdle: false, source: 'Postfix XFORWARD_README' },
  { verb: 'MAIL', run: mail, gate: 'login', argument: 'any', isIdle: false, source: 'RFC 5321 §4.1.1.2' },
  { verb: 'RCPT', run: rcpt, gate: 'login', argument: 'any', isIdle: false, source: 'RFC 5321 §4.1.1.3' },
  { verb: 'DATA', run: data, gate: 'login', argument: 'none', isIdle: false, source: 'RFC 5321 §4.1.1.4' },
  {
    verb: 'BDAT',
    run: bdat,
    gate: 'login',
    argument: 'any',
    isIdle: false,
    source: 'RFC 3030 §2',
    octetsBehind: (argument) => parseChunk(argument)?.octets,
  },
  { verb: 'BURL', run: burl, gate: 'login', argument: 'any', isIdle: false, source: 'RFC 4468 §3.5' },
  { verb: 'RSET', run: rset, gate: 'tls', argument: 'none', isIdle: true, source: 'RFC 5321 §4.1.1.5' },
  { verb: 'NOOP', run: noop, gate: 'none', argument: 'any', isIdle: true, source: 'RFC 5321 §4.1.1.9' },
  { verb: 'VRFY', run: vrfy, gate: 'login', argument: 'any', isIdle: true, source: 'RFC 5321 §4.1.1.6' },
  { verb: 'EXPN', run: expn, gate: 'login', argument: 'any', isIdle: true, source: 'RFC 5321 §4.1.1.7' },
  { verb: 'ETRN', run: etrn, gate: 'tls', argument: 'any', isIdle: true, source: 'RFC 1985 §5' },
  { verb: 'QUIT', run: quit, gate: 'none', argument: 'none', isIdle: false, source: 'RFC 5321 §4.1.1.10' },
  { verb: 'HELP', run: help, gate: 'none', argument: 'any', isIdle: true, source: 'RFC 5321 §4.1.1.8' },
]

/** Behind these nothing may come before their answer. RFC 2920 §3.1, RFC 3207 §4.2. */
export const GROUP_ENDS: ReadonlySet<SmtpVerb> = new Set([
  'HELO',
  'EHLO',
  'LHLO',
  'STARTTLS',
  'DATA',
  'NOOP',
  'VRFY',
  'EXPN',
  'ETRN',
  'QUIT',
])

export const VERBS: readonly SmtpVerb[] = COMMANDS.map(({ verb }) => verb)

const BY_VERB: ReadonlyMap<string, Command> = new Map(COMMANDS.map((command) => [command.verb, command]))

/** The command of that name, if this kind of server has it. */
export function commandFor(verb: string, traits: RoleTraits): Command | undefined {
  const command = BY_VERB.get(verb)
  return command !== undefined && isSpoken(command, traits) ? command : undefined
}

/** RFC 5321 §4.1.1.8: which commands there are, without those that would be refused in any case. */
function* help(dialogue: Dialogue): Flow<Answer> {
  const { traits, auth, withheld } = dialogue.settings
  const refused = new Set<SmtpVerb>()
  if (auth === null || withheld.has('AUTH')) refused.add('AUTH')
  if (!dialogue.offers('STARTTLS')) refused.add('STARTTLS')
  if (!dialogue.offers('VRFY')) refused.add('VRFY')
  if (!dialogue.offers('EXPN')) refused.add('EXPN')
  if (!dialogue.offers('ETRN')) refused.add('ETRN')
  if (!dialogue.offers('XCLIENT')) refused.add('XCLIENT')
  if (!dialogue.offers('XFORWARD')) refused.add('XFORWARD')
  if (!dialogue.offers('CHUNKING')) refused.add('BDAT')
  if (!dialogue.offers('BURL')) refused.add('BURL')
  const verbs = COMMANDS.filter((command) => isSpoken(command, traits) && !refused.has(command.verb)).map(
    ({ verb }) => verb,
  )
  return said(reply(214, '2.0.0', `Commands: ${verbs.sort().join(' ')}`))
}

function isSpoken({ verb }: Command, { hellos }: RoleTraits): boolean {
  return (verb !== 'HELO' && verb !== 'EHLO' && verb !== 'LHLO') || hellos.has(verb)
}
