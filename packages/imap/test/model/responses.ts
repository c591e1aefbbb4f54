/** What a server says, as a client reads it: a list, a string, or an atom as it stands. */
export type Value = string | readonly Value[]

/** One response; `label` is a tag, `*` or `+`. */
export interface Response {
  readonly label: string
  /** Everything behind the label. */
  readonly text: string
}

/** Cuts what the server sends into responses, literals with them (RFC 3501 §4.3). Knows nothing of the engine. */
export class ResponseReader {
  #unread = ''

  push(octets: string): Response[] {
    this.#unread += octets
    const found: Response[] = []
    for (let end = this.#end(); end >= 0; end = this.#end()) {
      const line = this.#unread.slice(0, end)
      this.#unread = this.#unread.slice(end + 2)
      const space = line.indexOf(' ')
      found.push({ label: line.slice(0, space), text: line.slice(space + 1) })
    }
    return found
  }

  /** Where the first response ends; negative when it has not come whole. */
  #end(): number {
    let from = 0
    for (;;) {
      const end = this.#unread.indexOf('\r\n', from)
      if (end < 0) return end
      const literal = /\{(\d+)\}$/.exec(this.#unread.slice(from, end))
      if (literal === null) return end
      from = end + 2 + Number(literal[1])
      if (from > this.#unread.length) return -1
    }
  }
}

/** The items of a FETCH response by name (RFC 3501 §7.4.2), from its opening parenthesis on. */
export function readItems(text: string): ReadonlyMap<string, Value> {
  const reader = new ValueReader(text)
  const list = reader.value()
  if (typeof list === 'string') throw new Error(`not a list: ${text}`)
  const items = new Map<string, Value>()
  for (let at = 0; at < list.length; at += 2) items.set(String(list[at]).toUpperCase(), list[at + 1] ?? '')
  return items
}

class ValueReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): Value {
    const first = this.#text[this.#at]
    if (first === '(') return this.#list()
    if (first === '"') return this.#match(/"((?:[^"\\]|\\.)*)"/y)
    if (first === '{') return this.#literal()
    return this.#match(/((?:[^ ()[\]]|\[[^\]]*\])+)/y)
  }

  #list(): Value {
    const values: Value[] = []
    this.#at += 1
    while (this.#text[this.#at] !== ')') {
      if (this.#at >= this.#text.length) throw new Error(`no end of the list: ${this.#text}`)
      if (this.#text[this.#at] === ' ') this.#at += 1
      else values.push(this.value())
    }
    this.#at += 1
    return values
  }

  #literal(): string {
    const octets = Number(this.#match(/\{(\d+)\}\r\n/y))
    this.#at += octets
    return this.#text.slice(this.#at - octets, this.#at)
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) throw new Error(`not to be read at ${this.#at}: ${this.#text}`)
    this.#at = pattern.lastIndex
    return found[1] ?? ''
  }
}

/** `1:3,5` as its numbers, in the order they stand. */
export function readNumbers(set: string): number[] {
  return set.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split(':').map(Number)
    return Array.from({ length: last - first + 1 }, (_, at) => first + at)
  })
}
