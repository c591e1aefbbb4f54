import { Wire } from './wire.js'

/** One SMTP reply, however many lines it has. */
export interface SmtpReply {
  readonly code: number
  /** Each line's text after the code. */
  readonly lines: readonly string[]
}

/** Reads a reply. RFC 5321 §4.2.1. */
export async function smtpReply(wire: Wire): Promise<SmtpReply> {
  const lines: string[] = []
  for (;;) {
    const line = await wire.line()
    const [, code = '', separator = '', text = ''] = /^(\d{3})([ -])(.*)$/.exec(line) ?? []
    if (code === '') throw new Error(`no SMTP reply: ${JSON.stringify(line)}`)
    lines.push(text)
    if (separator === ' ') return { code: Number(code), lines }
  }
}

/** Sends an SMTP command, and its reply as one text: `250 2.1.0 Ok`. */
export async function smtp(wire: Wire, command: string): Promise<string> {
  await wire.sendLine(command)
  return smtpText(wire)
}

/** The next reply as one text, its lines separated by ` | `. */
export async function smtpText(wire: Wire): Promise<string> {
  const { code, lines } = await smtpReply(wire)
  return `${code} ${lines.join(' | ')}`
}

/** Connects and greets. */
export async function smtpSession(port: number, options: { readonly trust?: string } = {}): Promise<Wire> {
  const wire = await Wire.open(port, options)
  const greeting = await smtpReply(wire)
  if (greeting.code !== 220) throw new Error(`not greeted: ${greeting.code}`)
  await smtp(wire, 'EHLO client.example.org')
  return wire
}

/** Delivers one message whose text is given with CRLF, dots not yet doubled. @returns the final reply. */
export async function deliver(port: number, to: string, message: string | Uint8Array): Promise<string> {
  const wire = await smtpSession(port)
  try {
    await smtp(wire, 'MAIL FROM:<sender@example.org>')
    const recipient = await smtp(wire, `RCPT TO:<${to}>`)
    if (!recipient.startsWith('250 ')) return recipient
    await smtp(wire, 'DATA')
    const text = typeof message === 'string' ? message : Buffer.from(message).toString('latin1')
    await wire.send(`${text.replace(/^\./gm, '..')}.\r\n`)
    const reply = await smtpText(wire)
    await smtp(wire, 'QUIT')
    return reply
  } finally {
    wire.destroy()
  }
}

/** A line of an IMAP response with the literals in it put in as they came. */
async function imapResponse(wire: Wire): Promise<string> {
  let response = ''
  for (;;) {
    const line = await wire.line()
    const size = /\{(\d+)\}$/.exec(line)?.[1]
    if (size === undefined) return response + line
    response += `${line}\r\n${(await wire.octets(Number(size))).toString('latin1')}`
  }
}

/** Sends an IMAP command and reads all responses up to its tagged one, which is the last. */
export async function imap(wire: Wire, command: string): Promise<readonly string[]> {
  await wire.sendLine(command)
  return imapUntil(wire, `${command.slice(0, command.indexOf(' '))} `)
}

/** Reads IMAP responses up to one that begins so. */
export async function imapUntil(wire: Wire, begin: string): Promise<readonly string[]> {
  const responses: string[] = []
  for (;;) {
    const response = await imapResponse(wire)
    responses.push(response)
    if (response.startsWith(begin)) return responses
  }
}

/** Connects and logs in. */
export async function imapSession(port: number, user: string, password: string): Promise<Wire> {
  const wire = await Wire.open(port)
  await imapUntil(wire, '* OK ')
  const answer = await imap(wire, `login LOGIN ${user} "${password}"`)
  if (!answer.at(-1)?.startsWith('login OK')) throw new Error(`not logged in: ${answer.at(-1)}`)
  return wire
}

/** Sends a POP3 command and reads its status line. */
export async function pop3(wire: Wire, command: string): Promise<string> {
  await wire.sendLine(command)
  return wire.line()
}

/** Reads the lines of a POP3 multi-line response, with dots undoubled. RFC 1939 §3. */
export async function pop3Lines(wire: Wire): Promise<readonly string[]> {
  const lines: string[] = []
  for (let line = await wire.line(); line !== '.'; line = await wire.line()) lines.push(line.replace(/^\./, ''))
  return lines
}

/** Connects and logs in. */
export async function pop3Session(port: number, user: string, password: string): Promise<Wire> {
  const wire = await Wire.open(port)
  await wire.line()
  await pop3(wire, `USER ${user}`)
  const answer = await pop3(wire, `PASS ${password}`)
  if (!answer.startsWith('+OK')) throw new Error(`not logged in: ${answer}`)
  return wire
}
