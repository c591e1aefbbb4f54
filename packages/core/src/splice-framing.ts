import { view } from './bytes.js'
import { DotStuffer } from './dot-stuffing.js'
import type { SpliceFraming } from './engine.js'

/** Frames a body that goes from store to peer, chunk by chunk. */
export interface SpliceFramer {
  /** What to send for a chunk: views of it where nothing changes. To be taken to its end before the next. */
  frame(chunk: Uint8Array): Iterable<Uint8Array>
  /** What to send behind the last. */
  end(): Uint8Array
}

const NOTHING = new Uint8Array(0)
const NUL = 0
/** What Dovecot sends for NUL: an octet that clients take for one character, so that counts stay true. */
const IN_PLACE_OF_NUL = 0x80

export function spliceFramer(framing: SpliceFraming): SpliceFramer {
  switch (framing) {
    case 'octets':
      return { frame: (chunk) => [chunk], end: () => NOTHING }
    case 'withoutNul':
      return { frame: (chunk) => [withoutNul(chunk)], end: () => NOTHING }
    case 'dotStuffed': {
      const stuffer = new DotStuffer()
      return { frame: (chunk) => stuffer.stuff(chunk), end: () => stuffer.end() }
    }
    default:
      return framing satisfies never
  }
}

/** The chunk itself where it has no NUL: by far most of what mail is made of. */
function withoutNul(chunk: Uint8Array): Uint8Array {
  const bytes = view(chunk)
  const first = bytes.indexOf(NUL)
  if (first < 0) return chunk
  const clean = view(new Uint8Array(bytes))
  for (let at = first; at >= 0; at = clean.indexOf(NUL, at + 1)) clean[at] = IN_PLACE_OF_NUL
  return clean
}
