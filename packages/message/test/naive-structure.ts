import type { PartLayout } from '@mailwright/core'
import { parseContentType } from '../src/index.js'

/**
 * The structure of a message as a reader would find it who has all of it before him: by recursion over its lines, RFC 2046 §5.1 in hand. For the
 * tests; it shares with the digester only how a Content-Type is read, and knows no limits.
 */
export function naiveStructure(text: string): PartLayout {
  const reader = new NaiveReader(text)
  const root = reader.entity(0, 'message', [])
  reader.close(root.node, text.length)
  return layoutOf(root.node)
}

interface Node {
  start: number
  body: number
  end: number
  kind: PartLayout['kind']
  encoding: string
  readonly parts: Node[]
  /** The part within that an outer delimiter broke off. */
  open: Node | null
}

interface Boundary {
  readonly text: string
  readonly owner: Node
}

interface Hit {
  readonly owner: Node
  readonly isClose: boolean
}

/** Where reading stopped: at a line that is a delimiter, or behind the last line. */
interface Stop {
  readonly line: number
  readonly hit: Hit | null
}

class NaiveReader {
  readonly #text: string
  readonly #lines: readonly { readonly at: number; readonly text: string }[]

  constructor(text: string) {
    this.#text = text
    const lines: { at: number; text: string }[] = []
    for (const match of text.matchAll(/[^\n]*\n|[^\n]+$/g)) lines.push({ at: match.index, text: match[0] })
    this.#lines = lines
  }

  entity(first: number, of: 'message' | 'part', open: readonly Boundary[]): Stop & { readonly node: Node } {
    const start = this.#at(first)
    const node = nothing(start)
    const { line, hit, fields } = this.#header(first, of, open)
    node.body = this.#at(line)
    const encoding = fieldOf(fields, 'content-transfer-encoding')?.trim().toLowerCase() ?? ''
    node.encoding = /^\S+$/.test(encoding) ? encoding : '7bit'
    const written = fieldOf(fields, 'content-type')
    const isDigest = of === 'part' && open.at(-1)?.text === DIGEST
    const content = written === undefined ? null : parseContentType(written)
    const type =
      content === null
        ? written === undefined && isDigest
          ? 'message/rfc822'
          : ''
        : `${content.type}/${content.subtype}`
    const boundary = content?.parameters.find(({ name }) => name === 'boundary')?.value.trimEnd() ?? ''
    if (type.startsWith('multipart/') && boundary !== '') {
      node.kind = 'multipart'
      // A delimiter that ends its header is of a part around it, and it has none of its own.
      if (hit !== null) return { node, line, hit }
      return { node, ...this.#multipart(node, line, [...open, { text: boundary, owner: node }], open) }
    }
    if (type === 'message/rfc822' || type === 'message/global') {
      node.kind = 'message'
      const enclosed = hit === null ? this.entity(line, 'message', open) : { node: nothing(node.body), line, hit }
      node.parts.push(enclosed.node)
      node.open = enclosed.node
      return { node, line: enclosed.line, hit: enclosed.hit }
    }
    return hit === null ? { node, ...this.#pass(line, open) } : { node, line, hit }
  }

  #multipart(node: Node, body: number, within: readonly Boundary[], outside: readonly Boundary[]): Stop {
    let { line, hit } = this.#pass(body, within)
    while (hit?.owner === node) {
      if (node.open !== null) this.#closeAt(node.open, line)
      node.open = null
      if (hit.isClose || !this.#line(line).endsWith('\n')) return this.#pass(line + 1, outside)
      const part = this.entity(line + 1, 'part', within)
      node.parts.push(part.node)
      node.open = part.node
      ;({ line, hit } = part)
    }
    return { line, hit }
  }

  /** Passes lines up to a delimiter. */
  #pass(from: number, open: readonly Boundary[]): Stop {
    for (let line = from; line < this.#lines.length; line++) {
      const hit = match(this.#line(line), open)
      if (hit !== null) return { line, hit }
    }
    return { line: this.#lines.length, hit: null }
  }

  /** The line its body begins with, and its fields. */
  #header(first: number, of: 'message' | 'part', open: readonly Boundary[]): Stop & { readonly fields: string } {
    let fields = ''
    let isHeader = of === 'part'
    let isInField = false
    for (let line = first; line < this.#lines.length; line++) {
      const text = this.#line(line)
      const hit = match(text, open)
      if (hit !== null) return { line, hit, fields }
      if (text === '\n' || text === '\r\n') return { line: line + 1, hit: null, fields }
      const isField = /^[!-9;-~]+[ \t]*:/.test(text)
      const isSeparator = of === 'message' && line === first && /^>?From /.test(text)
      if (!isHeader && !isField && !isSeparator) return { line, hit: null, fields }
      isHeader ||= isField
      if (!/^[ \t]/.test(text)) isInField = isField
      if (isInField) fields += text
    }
    return { line: this.#lines.length, hit: null, fields }
  }

  /** The line end before a delimiter belongs to it, unless it ends the part's own header. */
  #closeAt(node: Node, line: number): void {
    const at = this.#at(line)
    const lineEnd = /\r?\n$/.exec(this.#text.slice(0, at))?.[0].length ?? 0
    this.close(node, Math.max(node.body, at - lineEnd))
  }

  close(node: Node, end: number): void {
    for (let within: Node | null = node; within !== null; within = within.open) {
      within.end = end
      within.body = Math.min(within.body, end)
      within.start = Math.min(within.start, end)
    }
  }

  #line(line: number): string {
    return this.#lines[line]?.text ?? ''
  }

  #at(line: number): number {
    return this.#lines[line]?.at ?? this.#text.length
  }
}

/** The body of the first field of a name, unfolded. */
function fieldOf(fields: string, name: string): string | undefined {
  const body = new RegExp(`^${name}[ \\t]*:((?:[^\\n]|\\n[ \\t])*)`, 'im').exec(fields)?.[1]
  return body?.replace(/\r?\n/g, '')
}

function nothing(at: number): Node {
  return { start: at, body: at, end: at, kind: 'leaf', encoding: '7bit', parts: [], open: null }
}

/** The boundary that the tests give digests. */
export const DIGEST = 'dig'

function match(line: string, open: readonly Boundary[]): Hit | null {
  let best: Boundary | null = null
  for (const boundary of open) {
    const isMeant = best === null || boundary.text.length >= best.text.length
    if (line.startsWith(`--${boundary.text}`) && isMeant) best = boundary
  }
  return best === null ? null : { owner: best.owner, isClose: line.startsWith('--', best.text.length + 2) }
}

function layoutOf({ start, body, end, kind, encoding, parts }: Node): PartLayout {
  const none: PartLayout = { start: end, body: end, end, kind: 'leaf', encoding: '7bit', parts: [] }
  const within = parts.map(layoutOf)
  return { start, body, end, kind, encoding, parts: kind === 'multipart' && within.length === 0 ? [none] : within }
}
