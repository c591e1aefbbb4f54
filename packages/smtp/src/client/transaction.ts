import { caller, type Flow } from '@mailwright/core'
import { type Reply, reply } from '../response/reply.js'
import type { ClientDialogue } from './dialogue.js'
import { isSafe, mailLine, rcptLine } from './envelope.js'
import { fitnessFor } from './fitness.js'
import type { ClientFailure, ClientOutcome, ClientStage, OutgoingMessage, ReportDuty, SmtpClientHost } from './host.js'
import type { ReplyResult } from './reply-reader.js'

const { call } = caller<SmtpClientHost>()

/** One message on its way to the server: what is known of each recipient, also when the connection breaks. */
export class Transaction {
  readonly message: OutgoingMessage
  readonly #outcomes: (ClientOutcome | null)[]
  /** Positions of recipients whose RCPT was accepted, in their order. */
  readonly accepted: number[] = []
  readonly #welcomes = new Map<number, Reply>()

  constructor(message: OutgoingMessage) {
    this.message = message
    this.#outcomes = message.recipients.map(() => null)
  }

  get isOpen(): boolean {
    return this.#outcomes.includes(null)
  }

  settle(position: number, outcome: ClientOutcome): void {
    this.#outcomes[position] ??= outcome
  }

  /** RCPT was accepted. */
  accept(position: number, reply: Reply): void {
    this.accepted.push(position)
    this.#welcomes.set(position, reply)
  }

  /** Of a probe nothing more is asked. */
  settleAccepted(): void {
    for (const [position, reply] of this.#welcomes) this.settle(position, { kind: 'accepted', reply })
  }

  /** The rest of the recipients share a fate. */
  settleAll(outcome: ClientOutcome): void {
    for (const position of this.#outcomes.keys()) this.settle(position, outcome)
  }

  /** Every outcome; who has none is at the mercy of `failure`. */
  outcomes(failure: ClientFailure): readonly ClientOutcome[] {
    return this.#outcomes.map((outcome) => outcome ?? { kind: 'broken', failure })
  }
}

/** How a transaction left the session: ready for the next, to be reset before it, or of no more use. */
export type Aftermath =
  | { readonly kind: 'ready' | 'reset' }
  | { readonly kind: 'over'; readonly failure: ClientFailure }

const READY: Aftermath = { kind: 'ready' }
const RESET: Aftermath = { kind: 'reset' }

/** Sends one message, RFC 5321 §3.3; every recipient that comes to an answer is settled. */
export function* sendMessage(dialogue: ClientDialogue, transaction: Transaction): Flow<Aftermath> {
  const { message } = transaction
  const fitness = fitnessFor(message, dialogueFacts(dialogue))
  let { body, type } = message
  if (fitness.kind === 'unsendable') {
    transaction.settleAll(fitness)
    return READY
  }
  if (fitness.kind === 'convert') {
    const converted = dialogue.settings.converts ? yield* call('convert', { body }) : null
    if (converted?.kind !== 'converted') {
      const text = `${type} message, which host ${dialogue.shown} does not take`
      transaction.settleAll({ kind: 'unsendable', enhanced: '5.6.3', text })
      return READY
    }
    body = converted.body
    type = '7BIT'
  }
  const envelope = yield* sendEnvelope(dialogue, transaction, mailLine({ ...message, body }, type, dialogue))
  if (envelope !== null) return envelope
  if (message.isProbe === true) {
    transaction.settleAccepted()
    return RESET
  }
  return yield* sendBody(dialogue, transaction, { ...message, body, ...(type === undefined ? {} : { type }) })
}

function dialogueFacts(dialogue: ClientDialogue): Parameters<typeof fitnessFor>[1] {
  return {
    protocol: dialogue.settings.protocol,
    name: dialogue.shown,
    tls: dialogue.tls,
    offer: (keyword) => dialogue.offer(keyword),
  }
}

/** Who reports success (RFC 3461 §5.2). */
export function reportDuty(dialogue: ClientDialogue): ReportDuty {
  return dialogue.offers('DSN') ? 'passedOn' : 'ours'
}

/** One command of the envelope, and what its answer means. `stop`: nothing more is worth saying. */
interface Command {
  readonly stage: ClientStage
  readonly line: string
  take(reply: Reply): 'goOn' | 'stop'
}

/** MAIL and RCPT, several at once where the server takes that (RFC 2920 §3.1). `null`: the message may follow. */
function* sendEnvelope(dialogue: ClientDialogue, transaction: Transaction, mail: string): Flow<Aftermath | null> {
  const { message } = transaction
  const safe = [...message.recipients.entries()].filter(([position, { address }]) => {
    if (address !== '' && isSafe(address)) return true
    transaction.settle(position, { kind: 'unsendable', enhanced: '5.1.3', text: 'Bad recipient address syntax' })
    return false
  })
  if (!isSafe(message.reversePath)) {
    transaction.settleAll({ kind: 'unsendable', enhanced: '5.1.7', text: 'Bad sender address syntax' })
  }
  if (!transaction.isOpen) return READY
  let isMailAccepted = false
  const commands: Command[] = [
    {
      stage: 'MAIL FROM',
      line: mail,
      take(reply) {
        isMailAccepted = reply.code < 400
        if (isMailAccepted) return 'goOn'
        transaction.settleAll({ kind: 'refused', reply, stage: 'MAIL FROM' })
        return 'stop'
      },
    },
    ...safe.map(
      ([position, recipient]): Command => ({
        stage: 'RCPT TO',
        line: rcptLine(recipient, dialogue),
        take(reply) {
          if (reply.code < 400) transaction.accept(position, reply)
          else {
            const hasRoom = transaction.accepted.length === 0
            transaction.settle(position, { kind: 'refused', reply: notForGood(reply, hasRoom), stage: 'RCPT TO' })
          }
          return 'goOn'
        },
      }),
    ),
  ]
  const broken = yield* sayAll(dialogue, commands)
  if (broken !== null) return { kind: 'over', failure: broken }
  if (!isMailAccepted) return RESET
  // RSET, and not DATA: RFC 5321 §3.3 lets nobody send data without a recipient.
  return transaction.accepted.length === 0 ? RESET : null
}

/**
 * Too many recipients: 552 was the code for it once, and means 452 (RFC 5321 §4.5.3.1.10). A server that took nobody yet, or whose enhanced code tells of
 * something else, as of a full mailbox, means what it says.
 */
function notForGood(answer: Reply, hasRoom: boolean): Reply {
  const isTooMany = answer.enhanced === '5.5.3' || (answer.enhanced === null && !hasRoom)
  if (answer.code !== 552 || !isTooMany) return answer
  return reply(452, answer.enhanced?.replace(/^5/, '4') ?? null, answer.text)
}

/** Says commands as far ahead of their answers as the server lets us, and reads the answers in order. */
function* sayAll(dialogue: ClientDialogue, commands: readonly Command[]): Flow<ClientFailure | null> {
  const width = dialogue.offers('PIPELINING') ? dialogue.settings.limits.pipelinedRecipients : 1
  let said = 0
  for (const [at, command] of commands.entries()) {
    // A whole group at a time: one write for it.
    if (said === at)
      for (; said < Math.min(at + width, commands.length); said++) dialogue.say(commands[said]?.line ?? '')
    const result = yield* dialogue.reply(command.stage)
    const broken = brokenBy(dialogue, result)
    if (broken !== null) return broken
    if (result.kind === 'reply' && command.take(result.reply) === 'stop') {
      return yield* hearOut(dialogue, said - at - 1)
    }
  }
  return null
}

/** The answers to what was said already; they say nothing new. */
function* hearOut(dialogue: ClientDialogue, count: number): Flow<ClientFailure | null> {
  for (let at = 0; at < count; at++) {
    const broken = brokenBy(dialogue, yield* dialogue.reply('RCPT TO'))
    if (broken !== null) return broken
  }
  return null
}

/** 421 at any time means that the server leaves (RFC 5321 §3.8). */
function brokenBy(dialogue: ClientDialogue, result: ReplyResult): ClientFailure | null {
  if (result.kind === 'malformed') return { kind: 'malformed', stage: dialogue.stage, line: result.line }
  return result.reply.code === 421 ? { kind: 'refused', stage: dialogue.stage, reply: result.reply } : null
}

/** DATA, or one BDAT for what DATA cannot carry (RFC 3030 §3). */
function* sendBody(dialogue: ClientDialogue, transaction: Transaction, message: OutgoingMessage): Flow<Aftermath> {
  const { wire, settings } = dialogue
  const { body, type } = message
  if (type === 'BINARYMIME') {
    dialogue.say(`BDAT ${body.octets} LAST`)
    wire.splice(body, 0, body.octets, 'octets')
  } else {
    const go = yield* dialogue.ask('DATA', 'DATA')
    const broken = brokenBy(dialogue, go)
    if (broken !== null) return { kind: 'over', failure: broken }
    if (go.kind === 'reply' && go.reply.code !== 354) return refuse(transaction, go.reply, 'DATA')
    wire.splice(body, 0, body.octets, 'dotStuffed')
  }
  // RFC 2033 §4.2: LMTP answers for each recipient.
  const answers =
    settings.protocol === 'lmtp' ? transaction.accepted.map((position) => [position]) : [transaction.accepted]
  for (const positions of answers) {
    const result = yield* dialogue.reply('end of DATA')
    const broken = brokenBy(dialogue, result)
    if (broken !== null) return { kind: 'over', failure: broken }
    if (result.kind !== 'reply') continue
    const { reply } = result
    const outcome: ClientOutcome =
      reply.code < 400 ? { kind: 'accepted', reply } : { kind: 'refused', reply, stage: 'end of DATA' }
    for (const position of positions) transaction.settle(position, outcome)
  }
  return READY
}

/** An answer to DATA that is neither 354 nor a refusal is a server that does not know what it does; nothing was sent. */
function refuse(transaction: Transaction, reply: Reply, stage: ClientStage): Aftermath {
  transaction.settleAll({ kind: 'refused', reply, stage })
  if (reply.code < 400) return { kind: 'over', failure: { kind: 'malformed', stage, line: String(reply.code) } }
  return RESET
}
