import type { BodyAssembler, BodyPiece } from '../adapters/body-assembler.js'
import type { MailStore } from '../adapters/mail-store.js'
import type { Body } from '../body.js'
import { concat, fromLatin1, toBase64 } from '../bytes.js'
import { StoreFault } from '../errors.js'

/** Octets of a line of base64: 76 characters (RFC 2045 §6.8). */
const LINE_OCTETS = 57

/** Answers `stageAssembled` by a store's `stage`. */
export function bodyAssembler(stage: MailStore['stage']): BodyAssembler {
  return {
    stageAssembled: ({ pieces, ...args }, signal) => stage({ ...args, body: assembled(pieces, signal) }, signal),
  }
}

/** The octets of all pieces. @throws {StoreFault} when a source yields others than it was asked for. */
export async function* assembled(pieces: readonly BodyPiece[], signal: AbortSignal): Body {
  for (const piece of pieces) {
    if (piece.kind === 'octets') yield piece.octets
    else if (piece.form === 'base64') yield* inBase64(range(piece, signal))
    else yield* range(piece, signal)
  }
}

async function* range(piece: Extract<BodyPiece, { readonly kind: 'range' }>, signal: AbortSignal): Body {
  const { source, start, end } = piece
  const wanted = end - start
  if (wanted === 0) return
  let octets = 0
  for await (const chunk of source.read({ start, end }, signal)) {
    octets += chunk.length
    if (octets > wanted) break
    yield chunk
  }
  if (octets !== wanted) throw new StoreFault(`a body yielded ${octets} octets of ${wanted}`)
}

async function* inBase64(body: Body): Body {
  let held: Uint8Array = new Uint8Array(0)
  let lineEnd = ''
  for await (const chunk of body) {
    const octets = held.length === 0 ? chunk : concat([held, chunk])
    const whole = octets.length - (octets.length % LINE_OCTETS)
    // A copy: the chunk may be written over when the next is asked for.
    held = octets.slice(whole)
    if (whole === 0) continue
    yield fromLatin1(lineEnd + encodedLines(octets.subarray(0, whole)))
    lineEnd = '\r\n'
  }
  if (held.length > 0) yield fromLatin1(lineEnd + toBase64(held))
}

function encodedLines(octets: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < octets.length; at += LINE_OCTETS) lines.push(toBase64(octets.subarray(at, at + LINE_OCTETS)))
  return lines.join('\r\n')
}
