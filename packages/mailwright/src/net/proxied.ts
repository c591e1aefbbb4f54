import type { Socket } from 'node:net'
import type { Clock } from '@mailwright/core'
import type { Guest, Seat } from './connection-table.js'
import { PROXY_HEADER_TIME } from './limits.js'
import { type ProxiedEnds, readProxyHeader } from './proxy-header.js'

/** What became of a wait for a proxy's header. */
export type Heard =
  /** The socket is paused, and what stood behind the header is what it reads next. `ends` is `null` where the proxy speaks for itself. */
  | { readonly kind: 'heard'; readonly ends: ProxiedEnds | null }
  /** The socket was closed. */
  | { readonly kind: 'closed'; readonly why: string }

/**
 * Reads a proxy's header from a socket that is paused, and not one octet more. Nothing is said before it has come: a peer that is not the
 * proxy it should be must learn nothing.
 *
 * @param host counts the connection until then, and keeps the time.
 */
export function awaitProxyHeader(
  socket: Socket,
  host: { readonly clock: Clock; seat(address: string, guest: Guest): Seat },
  done: (heard: Heard) => void,
): void {
  let received: Uint8Array = new Uint8Array(0)
  const giveUp = (why: string): void => {
    settle()
    socket.destroy()
    done({ kind: 'closed', why })
  }
  const hear = (chunk: Uint8Array): void => {
    // At most `PROXY_HEADER_OCTETS` and a chunk: what is longer is refused as soon as its length is known.
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const header = readProxyHeader(received)
    if (header.kind === 'more') return
    if (header.kind === 'bad') {
      giveUp(header.why)
      return
    }
    settle()
    socket.pause()
    const rest = received.subarray(header.octets)
    if (rest.length > 0) socket.unshift(rest)
    done({ kind: 'heard', ends: header.kind === 'proxied' ? header.ends : null })
  }
  const left = (): void => giveUp('left without a header')
  const cut = (): void => giveUp('cut for others')
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const seat = host.seat('', { stop: cut, destroy: cut, closed })
  const release = host.clock.after(PROXY_HEADER_TIME, () => giveUp('no header in time'))
  const settle = (): void => {
    release()
    seat.leave()
    socket.off('data', hear)
    socket.off('end', left)
    socket.off('close', left)
  }
  socket.on('data', hear)
  socket.once('end', left)
  socket.once('close', left)
  socket.resume()
}
