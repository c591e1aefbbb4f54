import type { TlsFacts } from '@mailwright/core'
import type { OutgoingMessage } from './host.js'

/** What of a server matters for whether it can take a message. */
export interface ServerFacts {
  readonly protocol: 'smtp' | 'lmtp'
  readonly name: string
  readonly tls: TlsFacts | null
  offer(keyword: string): string | undefined
}

/** Whether a server can take a message, as it is or in another encoding. `unsendable`: never. */
export type Fitness =
  | { readonly kind: 'fit' }
  | { readonly kind: 'convert' }
  | { readonly kind: 'unsendable'; readonly enhanced: string; readonly text: string }

/** Looks at a message before anything of it is sent. RFC 1870 §6.1, RFC 6152 §3, RFC 3030 §3, RFC 6531 §3.2, RFC 8689 §4.2.1, RFC 2852 §4.1. */
export function fitnessFor(message: OutgoingMessage, server: ServerFacts): Fitness {
  const { name } = server
  const size = Number(server.offer('SIZE') ?? '')
  if (size > 0 && message.body.octets > size) {
    const text = `message size ${message.body.octets} exceeds size limit ${size} of server ${name}`
    return unsendable('5.3.4', text)
  }
  if (needsUtf8(message) && server.offer('SMTPUTF8') === undefined) {
    return unsendable('5.6.7', `SMTPUTF8 is required, but was not offered by host ${name}`)
  }
  // Behind LMTP is no further hop; a report is better sent without than not at all (RFC 8689 §5).
  if (message.requireTls === true && message.reversePath !== '' && server.protocol === 'smtp') {
    if (server.tls?.trust !== 'Verified') return unsendable('5.7.10', `REQUIRETLS: no verified TLS with host ${name}`)
    if (server.offer('REQUIRETLS') === undefined) {
      return unsendable('5.7.30', `REQUIRETLS is required, but was not offered by host ${name}`)
    }
  }
  if (message.deliverBy?.mode === 'R' && server.offer('DELIVERBY') === undefined) {
    return unsendable('5.4.7', `DELIVERBY is required, but was not offered by host ${name}`)
  }
  return conversionFor(message, server)
}

/** The sender said so, or an address does (RFC 6531 §3.2). */
export function needsUtf8({ smtpUtf8, reversePath, recipients }: OutgoingMessage): boolean {
  return (
    smtpUtf8 === true ||
    [reversePath, ...recipients.map(({ address }) => address)].some((each) => /[^\0-\x7f]/.test(each))
  )
}

function conversionFor({ type = '7BIT' }: OutgoingMessage, server: ServerFacts): Fitness {
  switch (type) {
    case '7BIT':
      return { kind: 'fit' }
    case '8BITMIME':
      return { kind: server.offer('8BITMIME') === undefined ? 'convert' : 'fit' }
    case 'BINARYMIME': {
      const takes = server.offer('BINARYMIME') !== undefined && server.offer('CHUNKING') !== undefined
      return { kind: takes ? 'fit' : 'convert' }
    }
    default:
      return type satisfies never
  }
}

function unsendable(enhanced: string, text: string): Fitness {
  return { kind: 'unsendable', enhanced, text }
}
