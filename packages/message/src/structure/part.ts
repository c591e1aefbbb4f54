import type { Octets, PartLayout } from '@mailwright/core'
import { PLAIN_TEXT } from '../fields/content.js'
import type { HeaderCollector } from '../fields/header-collector.js'
import {
  type PartDescription,
  type PartSize,
  writeLeaf,
  writeMessage,
  writeMultipart,
} from '../imap-form/body-structure.js'
import { ENCODING_CHARACTERS } from '../limits.js'

/** What a finished part leaves to its container. */
export interface FinishedPart {
  readonly layout: PartLayout
  /** `body` of RFC 9051 §9 with extension data. */
  readonly wire: string
  /** `envelope` of RFC 9051 §9; of messages only. */
  readonly envelope: string
}

/** Where a part stands: the message itself, a part of a multipart, or the message within a `message/rfc822`. */
export type PartRole = 'root' | 'part' | 'enclosed'

/** A part that is being read. */
export class OpenPart {
  readonly role: PartRole
  readonly start: Octets
  /** The part it stands in; `null` for the message itself. */
  readonly container: OpenPart | null
  /** While its header is read; `null` afterwards. */
  header: HeaderCollector | null
  body: Octets = 0
  /** Line ends of the whole message before the body. */
  linesBefore = 0
  kind: PartLayout['kind'] = 'leaf'
  envelope = ''
  description: PartDescription = NOTHING_KNOWN
  /** Of the parts within; most parts have none. */
  #layouts: PartLayout[] | null = null
  #wires: string[] | null = null
  #enclosedEnvelope = ''

  constructor(role: PartRole, start: Octets, header: HeaderCollector, container: OpenPart | null) {
    this.role = role
    this.start = start
    this.header = header
    this.container = container
  }

  /** Whether parts of this one without Content-Type are messages. RFC 2046 §5.1.5. */
  get isDigest(): boolean {
    return this.kind === 'multipart' && this.description.content.subtype === 'digest'
  }

  add(part: FinishedPart): void {
    if (this.#layouts === null || this.#wires === null) {
      this.#layouts = [part.layout]
      this.#wires = [part.wire]
    } else {
      this.#layouts.push(part.layout)
      this.#wires.push(part.wire)
    }
    this.#enclosedEnvelope = part.envelope
  }

  /** Ends the part at `end`; `lines` are the line ends of the whole message before it. */
  finish(end: Octets, lines: number): FinishedPart {
    // A header without a body may have lost its last line end to the delimiter.
    const body = Math.min(this.body, end)
    const size: PartSize = { octets: end - body, lines: body === end ? 0 : lines - this.linesBefore }
    if (this.kind === 'multipart' && this.#layouts === null) this.add(emptyPart(end))
    const encoding = this.description.encoding.slice(0, ENCODING_CHARACTERS).toLowerCase()
    const start = Math.min(this.start, end)
    const layout: PartLayout = { start, body, end, kind: this.kind, encoding, parts: this.#layouts ?? NO_PARTS }
    return { layout, wire: this.#wire(size), envelope: this.envelope }
  }

  #wire(size: PartSize): string {
    switch (this.kind) {
      case 'leaf':
        return writeLeaf(this.description, size)
      case 'message':
        return writeMessage(this.description, size, this.#enclosedEnvelope, this.#wires?.join('') ?? '')
      case 'multipart':
        return writeMultipart(this.description, this.#wires ?? [])
      default:
        return this.kind satisfies never
    }
  }
}

const NO_PARTS: readonly PartLayout[] = []

const NOTHING_KNOWN: PartDescription = {
  content: PLAIN_TEXT,
  id: null,
  description: null,
  encoding: '7bit',
  md5: null,
  disposition: null,
  languages: [],
  location: null,
}

/** The part of a multipart in which no delimiter was found: the grammar asks for one (`1*body`), and so does BODY[1]. */
function emptyPart(at: Octets): FinishedPart {
  return {
    layout: { start: at, body: at, end: at, kind: 'leaf', encoding: '7bit', parts: [] },
    wire: writeLeaf(NOTHING_KNOWN, { octets: 0, lines: 0 }),
    envelope: '',
  }
}
