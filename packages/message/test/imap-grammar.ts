/** A checker of the IMAP grammar, written from RFC 9051 §9 for the tests; it shares nothing with the writers. */

/** One leaf or container as BODYSTRUCTURE shows it. */
export interface CheckedBody {
  readonly kind: 'leaf' | 'multipart' | 'message'
  /** Of body-fld-octets; `null` for a multipart. */
  readonly octets: number | null
  readonly parts: readonly CheckedBody[]
}

class Cursor {
  at = 0
  constructor(readonly wire: string) {}

  fail(expected: string): never {
    throw new Error(`expected ${expected} at ${this.at}: ${JSON.stringify(this.wire.slice(this.at, this.at + 60))}`)
  }

  is(text: string): boolean {
    return this.wire.startsWith(text, this.at)
  }

  take(text: string): void {
    if (!this.is(text)) this.fail(JSON.stringify(text))
    this.at += text.length
  }

  match(pattern: RegExp, expected: string): RegExpExecArray {
    const sticky = new RegExp(pattern.source, 'y')
    sticky.lastIndex = this.at
    const match = sticky.exec(this.wire)
    if (match === null) this.fail(expected)
    this.at = sticky.lastIndex
    return match
  }

  string(): string {
    if (this.is('"')) {
      const [, text = ''] = this.match(/"((?:[\x01-\x09\x0b\x0c\x0e-\x21\x23-\x5b\x5d-\x7f]|\\["\\])*)"/, 'quoted')
      return text.replace(/\\(["\\])/g, '$1')
    }
    const count = Number(this.match(/\{(\d+)\}\r\n/, 'string')[1])
    const text = this.wire.slice(this.at, this.at + count)
    if (text.length !== count || !/^[\x01-\xff]*$/.test(text)) this.fail('literal of CHAR8')
    this.at += count
    return text
  }

  nstring(): string | null {
    if (!this.is('NIL')) return this.string()
    this.take('NIL')
    return null
  }

  number(): number {
    return Number(this.match(/\d+/, 'number')[0])
  }

  end(): void {
    if (this.at !== this.wire.length) this.fail('the end')
  }
}

/** The parts of an envelope; each address as [name, adl, mailbox, host]. */
export interface CheckedEnvelope {
  readonly date: string | null
  readonly subject: string | null
  readonly lists: readonly (readonly (readonly (string | null)[])[] | null)[]
  readonly inReplyTo: string | null
  readonly messageId: string | null
}

function addresses(c: Cursor): (string | null)[][] | null {
  if (c.is('NIL')) {
    c.take('NIL')
    return null
  }
  const list: (string | null)[][] = []
  c.take('(')
  do {
    c.take('(')
    const address = [c.nstring()]
    for (let index = 0; index < 3; index++) {
      c.take(' ')
      address.push(c.nstring())
    }
    c.take(')')
    list.push(address)
  } while (!c.is(')'))
  c.take(')')
  return list
}

function envelope(c: Cursor): CheckedEnvelope {
  c.take('(')
  const date = c.nstring()
  c.take(' ')
  const subject = c.nstring()
  const lists = []
  for (let index = 0; index < 6; index++) {
    c.take(' ')
    lists.push(addresses(c))
  }
  c.take(' ')
  const inReplyTo = c.nstring()
  c.take(' ')
  const messageId = c.nstring()
  c.take(')')
  return { date, subject, lists, inReplyTo, messageId }
}

function parameters(c: Cursor): void {
  if (c.is('NIL')) {
    c.take('NIL')
    return
  }
  c.take('(')
  for (;;) {
    c.string()
    c.take(' ')
    c.string()
    if (c.is(')')) break
    c.take(' ')
  }
  c.take(')')
}

/** body-fld-dsp SP body-fld-lang SP body-fld-loc */
function extension(c: Cursor): void {
  if (c.is('(')) {
    c.take('(')
    c.string()
    c.take(' ')
    parameters(c)
    c.take(')')
  } else c.take('NIL')
  c.take(' ')
  if (c.is('(')) {
    c.take('(')
    for (c.string(); !c.is(')'); c.string()) c.take(' ')
    c.take(')')
  } else c.nstring()
  c.take(' ')
  c.nstring()
}

function body(c: Cursor, form: 'BODY' | 'BODYSTRUCTURE'): CheckedBody {
  c.take('(')
  const parts: CheckedBody[] = []
  if (c.is('(')) {
    while (c.is('(')) parts.push(body(c, form))
    c.take(' ')
    c.string()
    if (form === 'BODYSTRUCTURE') {
      c.take(' ')
      parameters(c)
      c.take(' ')
      extension(c)
    }
    c.take(')')
    return { kind: 'multipart', octets: null, parts }
  }
  const type = c.string().toLowerCase()
  c.take(' ')
  const subtype = c.string().toLowerCase()
  c.take(' ')
  parameters(c)
  c.take(' ')
  c.nstring()
  c.take(' ')
  c.nstring()
  c.take(' ')
  c.string()
  c.take(' ')
  const octets = c.number()
  const isMessage = type === 'message' && (subtype === 'rfc822' || subtype === 'global')
  if (isMessage) {
    c.take(' ')
    envelope(c)
    c.take(' ')
    parts.push(body(c, form))
  }
  if (isMessage || type === 'text') {
    c.take(' ')
    c.number()
  }
  if (form === 'BODYSTRUCTURE') {
    c.take(' ')
    c.nstring()
    c.take(' ')
    extension(c)
  }
  c.take(')')
  return { kind: isMessage ? 'message' : 'leaf', octets, parts }
}

/** @throws {Error} unless `wire` is an `envelope` of RFC 9051 §9. */
export function checkEnvelope(wire: string): CheckedEnvelope {
  const c = new Cursor(wire)
  const checked = envelope(c)
  c.end()
  return checked
}

/** @throws {Error} unless `wire` is a `body` of RFC 9051 §9, with all its extension data or none. */
export function checkBody(wire: string, form: 'BODY' | 'BODYSTRUCTURE'): CheckedBody {
  const c = new Cursor(wire)
  const checked = body(c, form)
  c.end()
  return checked
}
