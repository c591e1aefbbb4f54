import type { MessageDigest, Octets, PartLayout } from '@mailwright/core'
import { skipValue } from './wire-scan.js'

/**
 * The `body` of one part, out of a message's BODYSTRUCTURE in wire form (RFC 9051 §9), with extension data.
 *
 * @param numbers `section-part`, as in BODY[1.2] (RFC 9051 §6.4.5.1); none for the message.
 * @returns `undefined` where the message has no such part.
 */
export function partStructure(digest: MessageDigest, numbers: readonly number[]): string | undefined {
  /** The message or multipart whose parts the next number counts. */
  let within: Holder | undefined = { layout: digest.sections, body: digest.bodyStructure }
  let body = digest.bodyStructure
  for (const number of numbers) {
    if (within === undefined) return undefined
    let layout: PartLayout = within.layout
    if (layout.kind === 'multipart') {
      const part = layout.parts[number - 1]
      if (part === undefined) return undefined
      layout = part
      body = valueAt(within.body, number - 1)
    } else if (number === 1) {
      // A message that is not multipart is its own part 1.
      body = within.body
    } else {
      return undefined
    }
    const [enclosed]: readonly PartLayout[] = layout.kind === 'message' ? layout.parts : []
    // body-type-msg: the body of the enclosed message follows its envelope.
    if (enclosed !== undefined) within = { layout: enclosed, body: valueAt(body, 8) }
    else within = layout.kind === 'multipart' ? { layout, body } : undefined
  }
  return body
}

/** A part that may hold others, with its `body`. */
interface Holder {
  readonly layout: PartLayout
  readonly body: string
}

/** What a part's octets are once their transfer encoding is undone. */
export interface DecodedSize {
  /** The one that changes nothing (RFC 2045 §6.2). */
  readonly encoding: '7BIT' | '8BIT' | 'BINARY'
  readonly octets: Octets
  readonly lines: number
}

/** The `body` of a part that holds no others as it is for its decoded octets (RFC 5524 §3.2). */
export function decodedStructure(body: string, { encoding, octets, lines }: DecodedSize): string {
  const type = body.slice(1, skipValue(body, 1))
  // media SP body-fld-param SP body-fld-id SP body-fld-desc, then body-fld-enc SP body-fld-octets.
  const start = skipValues(body, 1, 5)
  const isText = type.toLowerCase() === '"text"'
  const end = skipValues(body, start, isText ? 3 : 2)
  return `${body.slice(0, start)} "${encoding}" ${octets}${isText ? ` ${lines}` : ''}${body.slice(end)}`
}

/** The value at `index` of a list. */
function valueAt(list: string, index: number): string {
  const start = skipValues(list, 1, index)
  return list.slice(start, skipValue(list, start)).trimStart()
}

function skipValues(wire: string, start: number, count: number): number {
  let at = start
  for (let index = 0; index < count; index++) at = skipValue(wire, at)
  return at
}
