import { changedFlags, type ModelChange, writeFlags } from './mailbox-model.js'
import { type Response, ResponseReader, readItems, readNumbers, type Value } from './responses.js'

/** How a client follows a mailbox: by sequence numbers alone, with mod-sequences, or with UIDs and mod-sequences. */
export type ClientKind = 'plain' | 'condstore' | 'qresync'

/** What a client knows of one message. `modSeq` is 0 for unknown. */
export interface Known {
  readonly flags: string
  readonly modSeq: number
}

/** What a client keeps of a mailbox while it is not connected (RFC 4549 §4, RFC 7162 §6). */
export interface Cache {
  uidValidity: number
  modSeq: number | null
  readonly messages: Map<number, Known>
}

/** A command as the client means it. */
export interface Command {
  readonly text: string
  /** Expunges may not be told meanwhile: FETCH, STORE and SEARCH by number (RFC 3501 §7.4.1). */
  readonly holdsExpunges?: boolean
  /** FETCH of flags without MODSEQ: its answers tell what was asked for. */
  readonly asksWithoutModSeq?: boolean
  /** STORE with `.SILENT`: the client reckons the outcome itself (RFC 3501 §6.4.6). */
  readonly silent?: { readonly uids: ReadonlySet<number>; readonly change: ModelChange }
  /** The flags on which a conditional STORE relies, by UID. */
  readonly relies?: ReadonlyMap<number, string>
  readonly opens?: { readonly mailbox: string; readonly resumes: boolean }
  readonly leaves?: boolean
  /** Afterwards the view is that of one moment. */
  readonly looks?: boolean
  readonly idles?: boolean
}

interface Running extends Command {
  readonly tag: string
  readonly toldFlags: Set<number>
  highestModSeq: number | null
  maxModSeq: number
  isIdling: boolean
}

/** While SELECT with QRESYNC is answered: the cache is brought up to date before positions are known. */
interface Opening {
  count: number | null
  /** UIDs that were told with their numbers, since those moved last. */
  readonly told: Map<number, number>
}

function nothingNoted(): { highestModSeq: number | null; maxModSeq: number } {
  return { highestModSeq: null, maxModSeq: 0 }
}

/** What a client must never see, or never be left believing. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/**
 * A client that believes everything it is told, and nothing else: RFC 3501 §7 and RFC 7162 §6, read from the client's side and
 * written without a look at the engine.
 */
export class Client {
  readonly kind: ClientKind
  readonly caches = new Map<string, Cache>()
  /** Positions as they were when each mailbox was left. */
  readonly lastPositions = new Map<string, readonly (number | null)[]>()
  /** The selected mailbox. */
  mailbox: string | null = null
  /** UIDs by sequence number; `null` where the client does not know. */
  positions: (number | null)[] = []
  isReadOnly = false
  /** Every position was filled once, and the mod-sequence taken (RFC 7162 §6). */
  isSynchronised = false
  running: Running | null = null
  /** The command that was answered last. */
  last: Command | null = null
  #reader = new ResponseReader()
  #opening: Opening | null = null
  /** What was told between commands counts with the next tagged reply (RFC 7162 §6). */
  #between: { highestModSeq: number | null; maxModSeq: number } = nothingNoted()
  /** The HIGHESTMODSEQ to take once the client is synchronised. */
  #pendingModSeq: number | null = null
  #step: 'uids' | 'changes' | 'flags' | 'done' = 'done'
  #tags = 0

  constructor(kind: ClientKind) {
    this.kind = kind
  }

  /** A new connection: what was learned is kept, what was being said is not. */
  reconnected(): void {
    this.#reader = new ResponseReader()
    this.#left()
    this.running = null
  }

  /** The selected mailbox's cache. */
  get cache(): Cache {
    return this.cacheOf(this.mailbox ?? '')
  }

  cacheOf(mailbox: string): Cache {
    let cache = this.caches.get(mailbox)
    if (cache === undefined) this.caches.set(mailbox, (cache = { uidValidity: 0, modSeq: null, messages: new Map() }))
    return cache
  }

  /** Positions whose UID or flags are not known, as sequence numbers. */
  get unknown(): number[] {
    const { messages } = this.cache
    return this.positions.flatMap((uid, at) => (uid === null || !messages.has(uid) ? [at + 1] : []))
  }

  /** Octets to send. */
  send(command: Command): string {
    const tag = `a${++this.#tags}`
    this.running = { ...command, tag, toldFlags: new Set(), ...this.#between, isIdling: false }
    this.#between = nothingNoted()
    const { opens } = command
    if (opens !== undefined && this.mailbox === null) this.#open(opens)
    return `${tag} ${command.text}\r\n`
  }

  /** What the client has to ask before it is synchronised; `null` when it is. */
  nextStep(): Command | null {
    const { messages } = this.cache
    const known = [...messages.keys()]
    if (this.#step === 'uids') return { text: 'FETCH 1:* (UID)', holdsExpunges: true }
    if (this.#step === 'changes' && known.length > 0) {
      return { text: `UID FETCH ${known.join(',')} (FLAGS) (CHANGEDSINCE ${this.cache.modSeq})` }
    }
    const uids = this.positions.filter((uid) => uid !== null && !messages.has(uid))
    if (this.#step !== 'done' && uids.length > 0) {
      this.#step = 'flags'
      return { text: `UID FETCH ${uids.join(',')} (UID FLAGS${this.kind === 'plain' ? '' : ' MODSEQ'})` }
    }
    this.#synchronised()
    return null
  }

  /** @throws {Violation} for what no server may say. */
  receive(octets: string): void {
    for (const response of this.#reader.push(octets)) {
      try {
        this.#response(response)
      } catch (error) {
        if (error instanceof Violation) throw new Violation(`${error.message}: ${response.label} ${response.text}`)
        throw error
      }
    }
  }

  #response({ label, text }: Response): void {
    const { running } = this
    if (label === '+') {
      if (running?.idles !== true || running.isIdling) throw new Violation('a continuation nobody waits for')
      running.isIdling = true
      return
    }
    if (label === '*') {
      this.#untagged(text)
      return
    }
    if (running === null || label !== running.tag) throw new Violation('a reply to no command')
    this.#code(text, running)
    this.running = null
    this.last = running
    this.#finished(running, text.slice(0, text.indexOf(' ')))
  }

  #untagged(text: string): void {
    const [first = '', second = ''] = text.split(' ')
    if (/^\d+$/.test(first)) {
      this.#numbered(Number(first), second.toUpperCase(), text)
      return
    }
    switch (first) {
      case 'BYE':
        throw new Violation('sent away')
      case 'OK':
        if (text.startsWith('OK [CLOSED]')) this.#closed()
        else this.#code(text, this.running ?? this.#between)
        if (text.startsWith('OK [UIDVALIDITY')) this.cache.uidValidity = Number.parseInt(text.slice(16), 10)
        return
      case 'VANISHED':
        if (this.kind !== 'qresync') throw new Violation('VANISHED without QRESYNC')
        if (second === '(EARLIER)') this.#vanishedEarlier(readNumbers(text.slice(19)))
        else this.#vanished(readNumbers(second))
    }
  }

  #numbered(number: number, name: string, text: string): void {
    switch (name) {
      case 'EXISTS':
        this.#exists(number)
        return
      case 'EXPUNGE':
        this.#expunge(number)
        return
      case 'FETCH':
        this.#fetch(number, readItems(text.slice(text.indexOf('('))))
    }
  }

  #exists(count: number): void {
    if (this.#opening !== null) {
      if (count < (this.#opening.count ?? 0)) throw new Violation('EXISTS fell')
      this.#opening.count = count
      return
    }
    if (count < this.positions.length) throw new Violation('EXISTS fell')
    while (this.positions.length < count) this.positions.push(null)
  }

  #expunge(seq: number): void {
    this.#mayExpunge()
    if (this.kind === 'qresync') throw new Violation('EXPUNGE with QRESYNC')
    if (seq < 1 || seq > this.positions.length) throw new Violation('EXPUNGE of no message')
    const [uid = null] = this.positions.splice(seq - 1, 1)
    if (uid !== null) this.cache.messages.delete(uid)
  }

  #mayExpunge(): void {
    const { running } = this
    if (running === null) throw new Violation('an expunge while no command runs')
    if (running.holdsExpunges === true) throw new Violation(`an expunge during ${running.text}`)
  }

  #vanished(uids: readonly number[]): void {
    this.#mayExpunge()
    const opening = this.#opening
    for (const uid of uids) {
      this.cache.messages.delete(uid)
      if (opening === null) this.#vanish(uid)
      else opening.count = (opening.count ?? 0) - 1
    }
    opening?.told.clear()
  }

  /** Takes the message out of its place; of one never heard of it is known between which others it stood. */
  #vanish(uid: number): void {
    const known = this.positions.indexOf(uid)
    if (known >= 0) {
      this.positions.splice(known, 1)
      return
    }
    const above = this.positions.findIndex((other) => other !== null && other > uid)
    const before = (above < 0 ? this.positions.length : above) - 1
    if (before < 0 || this.positions[before] !== null) throw new Violation(`UID ${uid} was not counted`)
    this.positions.splice(before, 1)
  }

  #vanishedEarlier(uids: readonly number[]): void {
    for (const uid of uids) {
      if (this.#opening === null && this.positions.includes(uid)) {
        throw new Violation(`VANISHED (EARLIER) of UID ${uid}, which is counted`)
      }
      this.cache.messages.delete(uid)
    }
  }

  #fetch(seq: number, items: ReadonlyMap<string, Value>): void {
    const { running } = this
    const flags = items.get('FLAGS')
    const modSeq = Number(items.get('MODSEQ') ?? 0)
    const noted = running ?? this.#between
    noted.maxModSeq = Math.max(noted.maxModSeq, modSeq)
    const uid = this.#uidOf(seq, items.get('UID'))
    this.#checkItems(items)
    if (uid === null) return
    const { messages } = this.cache
    const known = messages.get(uid)
    if (flags !== undefined) {
      running?.toldFlags.add(uid)
      messages.set(uid, {
        flags: writeFlags(typeof flags === 'string' ? [flags] : flags.map(String)),
        modSeq: modSeq > 0 ? modSeq : (known?.modSeq ?? 0),
      })
    } else if (known !== undefined && modSeq > 0) {
      const isReckoned = running?.silent?.uids.has(uid) === true
      messages.set(uid, {
        flags: isReckoned ? changedFlags(known.flags, running.silent.change) : known.flags,
        modSeq,
      })
    }
  }

  #uidOf(seq: number, told: Value | undefined): number | null {
    const uid = told === undefined ? null : Number(told)
    if (this.#opening !== null) {
      if (uid === null) throw new Violation('a message without UID')
      this.#opening.told.set(seq, uid)
      return uid
    }
    if (seq < 1 || seq > this.positions.length) throw new Violation('FETCH of no message')
    const known = this.positions[seq - 1] ?? null
    if (uid === null) return known
    if (known !== null && known !== uid) throw new Violation(`message ${seq} has UID ${known}`)
    this.positions[seq - 1] = uid
    const uids = this.positions.filter((other) => other !== null)
    if (uids.some((other, at) => other <= (uids[at - 1] ?? 0))) throw new Violation('UIDs do not ascend')
    return uid
  }

  /** RFC 7162 §3.2.4: who uses mod-sequences is told them, and UIDs with them, whenever flags changed. */
  #checkItems(items: ReadonlyMap<string, Value>): void {
    if (this.kind === 'plain') {
      if (items.has('MODSEQ')) throw new Violation('MODSEQ to a client that never heard of it')
      return
    }
    if (this.running?.asksWithoutModSeq === true || !items.has('FLAGS')) return
    if (!items.has('MODSEQ')) throw new Violation('flags without MODSEQ')
    if (!items.has('UID')) throw new Violation('flags without UID')
  }

  /** HIGHESTMODSEQ counts wherever it comes (RFC 7162 §6). */
  #code(text: string, running: { highestModSeq: number | null }): void {
    const code = /^\w+ \[HIGHESTMODSEQ (\d+)\]/.exec(text)
    if (code !== null) running.highestModSeq = Number(code[1])
  }

  #finished(command: Running, status: string): void {
    if (status === 'BAD') throw new Violation(`BAD to ${command.text}`)
    const isOk = status === 'OK'
    const { silent } = command
    if (silent !== undefined && this.kind === 'plain' && isOk) this.#reckon(silent, command.toldFlags)
    if (command.opens !== undefined) this.#opened(command, isOk)
    else if (command.leaves === true && isOk) this.#left()
    else if (this.mailbox !== null) this.#learnModSeq(command)
    if (command.text.startsWith('FETCH 1:* (UID)') && this.#step === 'uids') this.#haveUids()
    else if (command.text.includes('CHANGEDSINCE') && this.#step === 'changes') this.#step = 'flags'
  }

  #reckon({ uids, change }: NonNullable<Command['silent']>, told: ReadonlySet<number>): void {
    const { messages } = this.cache
    for (const uid of uids) {
      const known = messages.get(uid)
      if (known !== undefined && !told.has(uid)) {
        messages.set(uid, { ...known, flags: changedFlags(known.flags, change) })
      }
    }
  }

  /** RFC 7162 §6: at the tagged reply, and not before. */
  #learnModSeq({ highestModSeq, maxModSeq }: Running): void {
    if (this.kind === 'plain') return
    if (!this.isSynchronised) {
      this.#pendingModSeq = highestModSeq ?? this.#pendingModSeq
      return
    }
    const { cache } = this
    cache.modSeq = highestModSeq ?? Math.max(cache.modSeq ?? 0, maxModSeq)
  }

  #open({ mailbox, resumes }: NonNullable<Command['opens']>): void {
    this.mailbox = mailbox
    this.positions = []
    this.isSynchronised = false
    this.#step = 'uids'
    this.#opening = resumes && this.kind === 'qresync' ? { count: null, told: new Map() } : null
    if (!resumes) this.caches.delete(mailbox)
  }

  /** RFC 7162 §3.2.11: what follows is about the other mailbox. */
  #closed(): void {
    const opens = this.running?.opens
    if (opens === undefined) throw new Violation('CLOSED without SELECT')
    this.#left()
    this.#open(opens)
  }

  #left(): void {
    this.#between = nothingNoted()
    if (this.mailbox !== null && this.#opening === null) this.lastPositions.set(this.mailbox, this.positions)
    this.mailbox = null
    this.positions = []
    this.isSynchronised = false
    this.#opening = null
    this.#step = 'done'
  }

  #opened(command: Running, isOk: boolean): void {
    const opening = this.#opening
    this.#opening = null
    if (!isOk) throw new Violation('SELECT refused')
    this.isReadOnly = command.text.startsWith('EXAMINE')
    this.#pendingModSeq = command.highestModSeq
    if (opening === null) {
      if (this.positions.length === 0) this.#haveUids()
      return
    }
    const { cache } = this
    const uids = [...cache.messages.keys()].sort((one, other) => one - other)
    const count = opening.count ?? 0
    if (uids.length > count) throw new Violation(`${count} messages, but the client still has ${uids.join()}`)
    if (uids.length < count) {
      this.positions = new Array<null>(count).fill(null)
      for (const [seq, uid] of opening.told) this.positions[seq - 1] = uid
      return
    }
    for (const [seq, uid] of opening.told) {
      if (uids[seq - 1] !== uid) throw new Violation(`message ${seq} is ${uids[seq - 1]}, but was told as ${uid}`)
    }
    this.positions = uids
    this.#synchronised()
  }

  /** All UIDs are known, but for those of messages that are about to go. */
  #haveUids(): void {
    const { cache } = this
    if (this.kind !== 'qresync') {
      const present = new Set(this.positions)
      for (const uid of [...cache.messages.keys()]) if (!present.has(uid)) cache.messages.delete(uid)
    }
    this.#step = this.kind === 'condstore' && cache.modSeq !== null ? 'changes' : 'flags'
  }

  #synchronised(): void {
    if (this.isSynchronised) return
    this.isSynchronised = true
    this.#step = 'done'
    if (this.kind !== 'plain') this.cache.modSeq = this.#pendingModSeq
  }
}
