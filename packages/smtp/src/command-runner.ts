import { abandonUpload, discardOctets, type Flow, type LineInput, MailwrightError, sleep } from '@mailwright/core'
import { type Command, commandFor, GROUP_ENDS } from './command-table.js'
import type { Dialogue } from './dialogue.js'
import { type CommandLine, parseCommandLine } from './grammar/command-line.js'
import { type Answer, mistake, said } from './response/answer.js'
import { type Reply, reply, writeReply } from './response/reply.js'
import { ADMITS, outOfSequence } from './states.js'

const OVERLONG = reply(500, '5.5.2', 'Error: line too long')
const BARE_LINE_FEED = reply(500, '5.5.2', 'Error: bare <LF> received')
const BAD_SYNTAX = reply(500, '5.5.2', 'Error: bad syntax')
const UNRECOGNIZED = reply(500, '5.5.2', 'Error: command not recognized')
const UNIMPLEMENTED = reply(502, '5.5.1', 'Error: command not implemented')
const BAD_CHUNK = reply(501, '5.5.4', 'Syntax: BDAT count [LAST]')
const NO_CHUNKING = reply(521, '5.5.1', 'Error: command not implemented')
const NOT_SMTP = reply(221, '2.7.0', 'Error: I can break rules, too. Goodbye.')
const NEEDS_TLS = reply(530, '5.7.0', 'Must issue a STARTTLS command first')
const NEEDS_LOGIN = reply(530, '5.7.0', 'Authentication required')
const FAULT = reply(451, '4.3.0', 'Temporary lookup failure')

/** Commands of the standards that we do not have, or not here. RFC 5321 §4.2.4: known, and so 502. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['SEND', 'SOML', 'SAML', 'TURN', 'BURL'])

/** Verbs of protocols that browsers can be made to speak to us. Postfix's `smtpd_forbidden_commands`, and more of HTTP. */
const FOREIGN: ReadonlySet<string> = new Set(['CONNECT', 'GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH'])

/** Runs one line to its end: finds the command, runs it, and writes its one answer. Nothing else writes final replies. */
export function* runLine(dialogue: Dialogue, input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<void> {
  const answer = yield* answerTo(dialogue, input)
  const { tally, settings } = dialogue
  // Peers that err much wait for their answers.
  if (tally.isSlowed(settings.limits)) yield* sleep(settings.limits.errorDelay)
  conclude(dialogue, answer)
}

/** Writes the reply, and closes where the answer or the limits say so. */
function conclude(dialogue: Dialogue, answer: Answer): void {
  const { tally, wire, settings } = dialogue
  for (const each of answer.replies) wire.write(writeReply(each))
  if (answer.verdict !== 'fine') tally.erred()
  if (answer.close !== null) {
    wire.close(answer.close)
    return
  }
  const exhaustion = tally.exhaustion(settings.limits)
  if (exhaustion === null) return
  wire.write(writeReply(reply(421, '4.7.0', `${settings.hostname} Error: ${exhaustion}`)))
  wire.event({ name: 'exhausted', reason: exhaustion, after: tally.last })
  wire.close('refused')
}

function* answerTo(dialogue: Dialogue, input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<Answer> {
  const { tally, settings } = dialogue
  if (input.kind === 'overlong') return unknown(dialogue, OVERLONG)
  if (input.isBareLineFeed && settings.lineEnds === 'reject') return unknown(dialogue, BARE_LINE_FEED)
  const line = parseCommandLine(input.text)
  if (line === undefined) return unknown(dialogue, BAD_SYNTAX)
  const command = commandFor(line.verb, settings.traits)
  if (command === undefined || !isThere(dialogue, command)) return unrecognized(dialogue, line)
  tally.began(command.verb)
  if (isHasty(dialogue, command)) dialogue.learn({ isHasty: true })
  const refusal = refusalBefore(dialogue, command, line.argument)
  const answer =
    refusal === null ? yield* run(dialogue, command, line.argument) : yield* refuse(command, line.argument, refusal)
  // Whatever ended the transaction, its chunks end with it.
  if (dialogue.upload !== null && dialogue.state.name !== 'bdat') {
    dialogue.upload = null
    yield* abandonUpload()
  }
  if (answer.replies.length === 0 || answer.replies.some(({ code }) => code < 400)) tally.succeeded(command.verb)
  if (command.isIdle) tally.movedNothing(settings.limits)
  if (answer.verdict === 'mistake') {
    const [refusal] = answer.replies
    if (refusal !== undefined) dialogue.reportMistake(command.verb, refusal)
  }
  return answer
}

/** Commands that are there with their extension, and else unknown. */
function isThere(dialogue: Dialogue, { verb }: Command): boolean {
  return (verb !== 'BDAT' || dialogue.offers('CHUNKING')) && (verb !== 'BURL' || dialogue.offers('BURL'))
}

/** RFC 2920 §3.1: without EHLO each command waits for its answer, and some are the last of their group. */
function isHasty({ settings, session: { hello }, wire }: Dialogue, { verb }: Command): boolean {
  if (settings.haste === 'ignored' || !wire.hasUnread) return false
  return GROUP_ENDS.has(verb) || hello === null || hello === 'HELO'
}

function* run(dialogue: Dialogue, command: Command, argument: string): Flow<Answer> {
  try {
    return yield* command.run(dialogue, argument)
  } catch (fault) {
    if (!(fault instanceof MailwrightError)) throw fault
    dialogue.reportFault(command.verb, fault)
    return said(FAULT)
  }
}

/** A command that is not run; what follows its line is consumed all the same, and never read as commands (RFC 3030 §4.2). */
function* refuse(command: Command, argument: string, refusal: Reply): Flow<Answer> {
  if (command.octetsBehind === undefined) return mistake(refusal)
  const octets = command.octetsBehind(argument)
  if (octets === undefined) return { ...mistake(refusal), close: 'refused' }
  yield* discardOctets(octets)
  return mistake(refusal)
}

/** What stands against running a command at all: policy, order, syntax. */
function refusalBefore(dialogue: Dialogue, command: Command, argument: string): Reply | null {
  const { session, state, settings, upload } = dialogue
  const { verb, gate } = command
  const isDenied = state.name === 'denied'
  if (command.octetsBehind !== undefined && command.octetsBehind(argument) === undefined) return BAD_CHUNK
  if (!isDenied && gate !== 'none' && settings.startTls === 'required' && session.tls === null) return NEEDS_TLS
  if (!isDenied && gate === 'login' && settings.traits.needsLogin && session.identity === null) return NEEDS_LOGIN
  if (!ADMITS[state.name].has(verb)) {
    const facts = { traits: settings.traits, peerAddress: session.peer.address }
    return outOfSequence(state.name, verb, upload === null ? facts : { ...facts, begunBy: upload.verb })
  }
  return command.argument === 'none' && argument !== '' ? reply(501, '5.5.4', `Syntax: ${verb}`) : null
}

/**
 * A verb that this server does not have. What is plainly another protocol, or message text that came where no message was
 * asked for, is not read any further: it may be an attack through a browser, and none of it is meant as commands.
 */
function unrecognized(dialogue: Dialogue, { verb }: CommandLine): Answer {
  if (dialogue.state.name !== 'denied') {
    if (FOREIGN.has(verb) || !/^[A-Z]/.test(verb) || /^[!-9;-~]+:/.test(verb)) {
      return { ...unknown(dialogue, NOT_SMTP), close: 'refused' }
    }
    // The octets of the chunk would come next, whatever we say.
    if (verb === 'BDAT') return { ...unknown(dialogue, NO_CHUNKING), close: 'refused' }
    return unknown(dialogue, UNSUPPORTED.has(verb) ? UNIMPLEMENTED : UNRECOGNIZED)
  }
  const denied = outOfSequence('denied', 'NOOP', {
    traits: dialogue.settings.traits,
    peerAddress: dialogue.session.peer.address,
  })
  return unknown(dialogue, denied)
}

/** A line that is no command of ours. */
function unknown(dialogue: Dialogue, refusal: Reply): Answer {
  dialogue.tally.began('unknown')
  dialogue.reportMistake('unknown', refusal)
  return mistake(refusal)
}
