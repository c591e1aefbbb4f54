import { createSocket } from 'node:dgram'
import type { Severity } from './postfix/line.js'

/** Facility `mail` (RFC 5424 §6.2.1). */
const MAIL = 2
/** RFC 5424 §6.2.1, as Postfix uses them. */
const PRIORITIES: { readonly [severity in Severity]: number } = { debug: 7, info: 6, warning: 4, error: 3 }
/** Octets of a datagram that every receiver must take (RFC 5426 §3.2 asks for 2,048 at least). What is longer is cut. */
const DATAGRAM_OCTETS = 2_048

/** Where syslog listens: rsyslog's `imudp`, syslog-ng's `network(transport(udp))`. Node knows no datagram sockets of Unix, so not `/dev/log`. */
export interface SyslogAddress {
  readonly host: string
  readonly port: number
}

/** Sends lines to a syslog daemon. Lost datagrams are lost log lines, and nothing else. */
export interface Syslog {
  send(line: string, severity: Severity): void
  close(): Promise<void>
}

/** A line `Mmm dd hh:mm:ss host tag: text` with its priority before it is the traditional form (RFC 3164 §4.1), which all of them read. */
export function openSyslog({ host, port }: SyslogAddress): Syslog {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  // Nobody listens, or not yet: logging must not end a server.
  socket.on('error', () => {})
  socket.unref()
  return {
    send(line, severity) {
      const datagram = Buffer.from(`<${MAIL * 8 + PRIORITIES[severity]}>${line}`)
      socket.send(datagram.subarray(0, DATAGRAM_OCTETS), port, host, () => {})
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}
