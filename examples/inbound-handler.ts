/**
 * Inbound mail to a function: every message to an address of one domain becomes a ticket.
 *
 * Nothing is stored by the server. The sender is told 250 when `receive` returns, so a ticket must be safe by then; when it
 * throws, the sender is told to try again later. Mail for any other domain is refused.
 *
 *     npm run example inbound-handler [port]
 */
import { pathToFileURL } from 'node:url'
import { type Body, concat } from '@mailwright/core'
import { decodeWords, fieldBody, parseAddresses, readHeader } from '@mailwright/message'
import { createMailServer, type InboundMessage, type MailServer } from 'mailwright'

export interface Ticket {
  /** Whom failures are reported to: the envelope's sender, not what the header claims. */
  readonly sender: string
  readonly queue: string
  readonly author: string
  readonly subject: string
  readonly octets: number
}

/** Takes mail for `example.com` on `port` of the loopback address. */
export async function main(options: {
  readonly port: number
  /** All or none: one answer to the sender stands for all of a message's tickets. */
  readonly open: (tickets: readonly Ticket[]) => Promise<void>
}): Promise<MailServer> {
  return createMailServer({
    hostname: 'mx.example.com',
    domains: ['example.com'],
    listeners: [{ protocol: 'smtp', host: '127.0.0.1', port: options.port }],
    limits: { messageOctets: 1_000_000 },
    receive: async (message) => options.open(await tickets(message)),
  })
}

/** One ticket for each recipient. */
async function tickets({ from, to, body }: InboundMessage): Promise<Ticket[]> {
  const octets = await whole(body)
  const { fields } = readHeader(octets, { wanted: new Set(['from', 'subject']) })
  const value = (name: string): string => {
    const field = fields.find((each) => each.name === name)
    return field === undefined ? '' : fieldBody(field.raw)
  }
  const subject = decodeWords(value('subject'))
  return to.map((recipient) => ({
    sender: from,
    queue: recipient.slice(0, recipient.lastIndexOf('@')),
    author: authorOf(value('from')),
    subject: subject === '' ? '(no subject)' : subject,
    octets: octets.length,
  }))
}

/** The first author's display name, or the address where there is none. */
function authorOf(from: string): string {
  const first = parseAddresses(from).find((address) => address.kind === 'mailbox')
  if (first === undefined) return 'unknown'
  return first.name === null ? `${first.localPart}@${first.domain}` : decodeWords(first.name)
}

/** The message in one piece: it has at most `messageOctets`. */
async function whole(body: Body): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return concat(chunks)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const port = Number(process.argv[2] ?? 2525)
  const server = await main({ port, open: async (tickets) => console.log(tickets) })
  process.once('SIGINT', () => void server.close())
  console.log(`Send mail for example.com to port ${server.port('smtp')}; Ctrl-C stops.`)
}
