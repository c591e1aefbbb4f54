import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, unlink } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type ClaimedMessage, HostError, type MailQueue, type QueueId, StoreFault } from '@mailwright/core'
import { FOLDER_MODE, unlessMissing } from '../disk.js'
import { LeaseTable } from './lease-table.js'
import type { OwnedQueue } from './owned-queue.js'

/** What the owner tells instead of a body: where in the message's file it is. */
export interface InFile {
  readonly headOctets: number
  readonly octets: number
}

export interface RemoteClaims {
  readonly claimed: readonly (Omit<ClaimedMessage, 'body'> & InFile)[]
  readonly nextDue: number | null
}

/** Calls that another process may make of the owner; bodies go by files. */
export type RemoteCall =
  | 'adopt'
  | 'resume'
  | 'claim'
  | 'settle'
  | 'extend'
  | 'release'
  | 'hold'
  | 'requeue'
  | 'remove'
  | 'list'
  | 'open'

const CALLS: ReadonlySet<string> = new Set<RemoteCall>([
  'adopt',
  'resume',
  'claim',
  'settle',
  'extend',
  'release',
  'hold',
  'requeue',
  'remove',
  'list',
  'open',
])

/** A Unix socket's path has 107 octets at most (unix(7)). */
const PATH_OCTETS = 100

/** Where the owner of a queue listens: in its folder, or, where that path is too long, in a folder of the same user's below the system's own. */
export function socketPath(root: string): string {
  const near = join(resolve(root), 'owner.sock')
  if (Buffer.byteLength(near) <= PATH_OCTETS) return near
  const digest = createHash('sha256').update(resolve(root)).digest('hex').slice(0, 16)
  return join(tmpdir(), `mailwright-${process.geteuid?.() ?? 0}`, `${digest}.sock`)
}

/** Whether nobody else can have put a socket there: below the system's own folder, anybody may have made ours before us. */
async function isSafe(path: string, root: string): Promise<boolean> {
  if (dirname(path) === resolve(root)) return true
  const facts = await lstat(dirname(path)).catch(unlessMissing)
  return facts?.isDirectory() === true && facts.uid === process.geteuid?.() && (facts.mode & 0o022) === 0
}

/** Serves other processes of the same user, one JSON object a line each way, as long as the queue is owned. */
export async function serveQueue(queue: OwnedQueue, root: string): Promise<{ close(): Promise<void> }> {
  const path = socketPath(root)
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE })
  if (!(await isSafe(path, root))) throw new HostError(`${dirname(path)} is not ours alone`)
  // The lock says that nobody else owns the queue: whose socket it was is gone.
  await unlink(path).catch(unlessMissing)
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    serveOne(queue, socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(path, done)
  })
  await chmod(path, 0o600)
  server.unref()
  return {
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((done) => server.close(() => done()))
      await unlink(path).catch(unlessMissing)
    },
  }
}

function serveOne(queue: OwnedQueue, socket: Socket): void {
  socket.unref()
  const signal = new AbortController().signal
  const say = (value: object): void => void socket.write(`${JSON.stringify(value)}\n`)
  // A hint for who listens: who reads no more needs none, and must not cost memory.
  const unwatch = queue.watch(() => {
    if (!socket.writableNeedDrain) say({ news: true })
  })
  socket.on('error', () => socket.destroy())
  const leases = new LeaseTable()
  socket.once('close', () => {
    unwatch()
    // Who is gone works at nothing any more.
    const left = leases.outstanding().map(({ lease }) => lease)
    if (left.length > 0) queue.release({ leases: left }, signal).catch(() => undefined)
  })
  readLines(socket, (line) => {
    const { n, call, args } = parseRequest(line)
    perform(queue, leases, call, args, signal).then(
      (ok) => say({ n, ok }),
      (reason: unknown) => say({ n, fault: reason instanceof Error ? reason.message : String(reason) }),
    )
  })
}

interface Request {
  readonly n: number
  readonly call: string
  readonly args: never
}

/** Whoever can write to the socket is us: only what was torn must not do harm. */
function parseRequest(line: string): Request {
  try {
    return JSON.parse(line) as Request
  } catch {
    return { n: -1, call: '', args: undefined as never }
  }
}

async function perform(
  queue: OwnedQueue,
  leases: LeaseTable,
  call: string,
  args: never,
  signal: AbortSignal,
): Promise<unknown> {
  if (!CALLS.has(call)) throw new StoreFault(`there is no call ${call}`)
  switch (call as RemoteCall) {
    case 'adopt':
      await queue.adopt(args as QueueId)
      return {}
    case 'resume':
      queue.resume(args)
      leases.resumed(args)
      return {}
    case 'claim': {
      const answer = await claimFor(queue, args, signal)
      leases.claimed(args, answer.claimed)
      return answer
    }
    case 'settle': {
      const result = await queue.settle(args, signal)
      leases.settled(args, result)
      return result
    }
    case 'extend': {
      const result = await queue.extend(args, signal)
      leases.extended(args, result)
      return result
    }
    case 'release':
      leases.released(args)
      return queue.release(args, signal)
    case 'open': {
      const found = await queue.open(args, signal)
      if (found.kind === 'noSuchMessage') return found
      const { body, ...rest } = found
      return { ...rest, headOctets: await queue.moveOut(found.message.id), octets: body.octets }
    }
    default:
      return queue[call as 'hold' | 'requeue' | 'remove' | 'list'](args, signal)
  }
}

/** Who is told of a message reads its file himself. */
async function claimFor(
  queue: OwnedQueue,
  args: Parameters<MailQueue['claim']>[0],
  signal: AbortSignal,
): Promise<RemoteClaims> {
  const { claimed, nextDue } = await queue.claim(args, signal)
  const told = claimed.map(async ({ body, ...claim }) => {
    const headOctets = await queue.moveOut(claim.message.id)
    return { ...claim, headOctets, octets: body.octets }
  })
  try {
    return { claimed: await Promise.all(told), nextDue }
  } catch (reason) {
    await Promise.allSettled(told)
    await queue.release({ leases: claimed.map(({ lease }) => lease) }, signal)
    throw reason
  }
}

interface ConnectionListeners {
  /** Something may be due. */
  readonly news: () => void
  /** The owner has ended, or we have closed. */
  readonly gone: (connection: QueueConnection) => void
}

/** A connection to the owner of a queue. */
export class QueueConnection {
  readonly #socket: Socket
  readonly #waiting = new Map<
    number,
    { readonly done: (value: unknown) => void; readonly fail: (reason: unknown) => void }
  >()
  #count = 0
  #isClosed = false

  private constructor(socket: Socket, { news: onNews, gone }: ConnectionListeners) {
    this.#socket = socket
    socket.unref()
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      this.#isClosed = true
      for (const { fail } of this.#waiting.values()) fail(new OwnerGone())
      this.#waiting.clear()
      gone(this)
    })
    readLines(socket, (line) => {
      const { n, ok, fault, news } = JSON.parse(line) as { n: number; ok: unknown; fault?: string; news?: true }
      if (news === true) onNews()
      const waiting = this.#waiting.get(n)
      this.#waiting.delete(n)
      if (this.#waiting.size === 0) socket.unref()
      if (fault === undefined) waiting?.done(ok)
      else waiting?.fail(new StoreFault(fault))
    })
  }

  /** @returns `undefined` when nobody listens. */
  static async connect(root: string, listeners: ConnectionListeners): Promise<QueueConnection | undefined> {
    const path = socketPath(root)
    if (!(await isSafe(path, root))) return undefined
    return new Promise((resolve) => {
      const socket = connect(path)
      socket.once('error', () => resolve(undefined))
      socket.once('connect', () => resolve(new QueueConnection(socket, listeners)))
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** @throws {OwnerGone} when the owner ends before it answers. */
  call(call: RemoteCall, args: unknown): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new OwnerGone())
    const n = ++this.#count
    // A process that waits for an answer goes on.
    this.#socket.ref()
    this.#socket.write(`${JSON.stringify({ n, call, args })}\n`)
    return new Promise((done, fail) => this.#waiting.set(n, { done, fail }))
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** The process that owned the queue is gone: somebody else must own it now. */
export class OwnerGone extends Error {
  override readonly name = 'OwnerGone'
}

function readLines(socket: Socket, take: (line: string) => void): void {
  let unfinished = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (unfinished + text).split('\n')
    unfinished = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}
