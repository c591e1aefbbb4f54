import type { Random } from '@mailwright/core'
import { type Answer, AUTHENTIC_DATA, type DecodedPacket, decode, encode, RECURSION_DESIRED } from 'dns-packet'

/** Types of records that mail asks for. */
export type RecordType = 'A' | 'AAAA' | 'MX' | 'NS' | 'PTR' | 'TLSA' | 'TXT'

export interface DnsQuestion {
  readonly name: string
  readonly type: RecordType
}

/** A question on the wire, and the test that an answer must pass. */
export interface DnsQuery {
  readonly octets: Buffer
  /** `undefined`: an answer to something else, or none at all. */
  accept(octets: Buffer, transport: 'udp' | 'tcp'): DnsReply | undefined
}

/** What a server said. */
export interface DnsReply {
  /** RFC 1035 §4.1.1. */
  readonly code: number
  /** There is more by TCP; or its sender may be somebody else, and TCP will tell. */
  readonly hasMore: boolean
  /** AD: the server found the answer authentic (RFC 4035 §3.2.3). */
  readonly isAuthentic: boolean
  readonly answers: readonly Answer[]
  readonly authorities: readonly Answer[]
}

/** RCODE of RFC 1035 §4.1.1. */
export const CODE = { noError: 0, formatError: 1, noSuchName: 3, notImplemented: 4 } as const

/**
 * Writes a question. What somebody who does not see it must guess: the identifier, the port (the system's choice), and which letters of the
 * name are capitals. The AD bit asks for the server's word on DNSSEC (RFC 6840 §5.7).
 *
 * @param edns `without` for servers that do not know RFC 6891.
 */
export function dnsQuery(
  question: DnsQuestion,
  { datagramOctets, edns }: { readonly datagramOctets: number; readonly edns: 'with' | 'without' },
  random: Random,
): DnsQuery {
  const [high = 0, low = 0, ...dice] = random.bytes(2 + question.name.length)
  const id = (high << 8) | low
  const name = mixedCase(question.name, dice)
  const opt: Answer = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: datagramOctets,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  }
  const octets = encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED | AUTHENTIC_DATA,
    questions: [{ name, type: question.type, class: 'IN' }],
    ...(edns === 'with' ? { additionals: [opt] } : {}),
  })
  return {
    octets,
    accept(datagram, transport) {
      const packet = decoded(datagram)
      if (packet === undefined || packet.id !== id || !packet.flag_qr) return undefined
      const code = (packet.flags ?? 0) & 0xf
      const [asked] = packet.questions ?? []
      // A server that cannot read a question need not repeat it.
      const isBare = asked === undefined && (code === CODE.formatError || code === CODE.notImplemented)
      const isSame = asked?.type === question.type && asked.name.toLowerCase() === question.name.toLowerCase()
      if (!isBare && !isSame) return undefined
      return {
        code,
        hasMore: packet.flag_tc || (transport === 'udp' && !isBare && asked?.name !== name),
        isAuthentic: packet.flag_ad,
        answers: packet.answers ?? [],
        authorities: packet.authorities ?? [],
      }
    },
  }
}

function decoded(octets: Buffer): DecodedPacket | undefined {
  try {
    return decode(octets)
  } catch {
    return undefined
  }
}

function mixedCase(name: string, dice: readonly number[]): string {
  return [...name].map((letter, at) => ((dice[at] ?? 0) & 1 ? letter.toUpperCase() : letter)).join('')
}
