import { connect, type Socket } from 'node:net'
import type { Clock } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { type PolicyServices, readPolicyReply } from '../restrictions/policy-service.js'
import { POLICY_LIMITS, type PolicyLimits } from './policy-limits.js'

export interface PolicyClientOptions {
  readonly limits?: Partial<PolicyLimits>
  readonly clock?: Pick<Clock, 'now' | 'after'>
}

/** Asks policy services by TCP and Unix sockets. A connection is kept and used again, one question at a time. */
export function policyClient({ limits = {}, clock = systemClock }: PolicyClientOptions = {}): PolicyServices {
  const bounds = { ...POLICY_LIMITS, ...limits }
  const idle = new Map<string, Idle[]>()

  const take = (service: string): Socket | undefined => {
    const kept = idle.get(service)?.pop()
    kept?.release()
    return kept?.socket
  }
  const keep = (service: string, socket: Socket): void => {
    const list = idle.get(service) ?? []
    if (list.length >= bounds.idleConnections) return void socket.destroy()
    const drop = (): void => {
      list.splice(list.indexOf(entry), 1)
      socket.destroy()
    }
    // Nothing keeps the process alive for a connection that nobody uses.
    socket.unref()
    socket.once('close', drop)
    const wake = clock.after(bounds.idleTime, drop)
    const entry: Idle = {
      socket,
      release() {
        wake()
        socket.off('close', drop)
        socket.ref()
      },
    }
    list.push(entry)
    idle.set(service, list)
  }

  return {
    async askPolicy({ service, request, timeout }, signal) {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
      const answered = (socket: Socket, action: string) => {
        keep(service, socket)
        return { kind: 'answered', action } as const
      }
      try {
        const kept = take(service)
        if (kept !== undefined) {
          // It may have been closed meanwhile; a new one then says what is the matter.
          const action = await converse(kept, request, deadline, bounds).catch(() => undefined)
          if (action !== undefined) return answered(kept, action)
        }
        const socket = await opened(service, deadline)
        return answered(socket, await converse(socket, request, deadline, bounds))
      } catch (error) {
        signal.throwIfAborted()
        return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}

interface Idle {
  readonly socket: Socket
  release(): void
}

function opened(service: string, signal: AbortSignal): Promise<Socket> {
  const [, path] = /^unix:(.*)$/.exec(service) ?? []
  const [, ipv6, host = '', port = ''] = /^inet:(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(service) ?? []
  const socket = path === undefined ? connect({ host: ipv6 ?? host, port: Number(port) }) : connect({ path })
  // A failure that nobody waits for ends no process.
  socket.on('error', () => {})
  return ended(socket, signal, (resolve) => socket.once('connect', () => resolve(socket)))
}

/** One question and its answer. */
function converse(
  socket: Socket,
  request: string,
  signal: AbortSignal,
  { replyOctets }: PolicyLimits,
): Promise<string> {
  return ended(socket, signal, (resolve, reject) => {
    let text = ''
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (text.length > replyOctets) reject(new Error('its answer is too long'))
      if (!/\r?\n\r?\n$/.test(text)) return
      const action = readPolicyReply(text)
      if (action === undefined) reject(new Error('no action in its answer'))
      else resolve(action)
    }
    socket.on('data', onData)
    socket.write(request)
    return () => socket.off('data', onData)
  })
}

/** A promise about a socket, which is destroyed unless it is kept. */
function ended<T>(
  socket: Socket,
  signal: AbortSignal,
  begin: (resolve: (value: T) => void, reject: (reason: unknown) => void) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      signal.removeEventListener('abort', onAbort)
      socket.off('error', fail)
      socket.off('close', onClose)
      if (typeof stop === 'function') stop()
    }
    const fail = (reason: unknown): void => {
      finish()
      socket.destroy()
      reject(reason)
    }
    const onAbort = (): void => fail(signal.reason)
    const onClose = (): void => fail(new Error('it closed the connection'))
    signal.addEventListener('abort', onAbort)
    socket.on('error', fail)
    socket.on('close', onClose)
    const stop = begin((value) => {
      finish()
      resolve(value)
    }, fail)
    if (signal.aborted) onAbort()
  })
}
