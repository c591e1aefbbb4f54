import { compress as compressConnection, type Flow, type Identity } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { bad, no, ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/**
 *     compress  = "COMPRESS" SP algorithm
 *     algorithm = "DEFLATE"
 *
 * RFC 4978 §3, §5. What follows the tagged OK is deflated in both directions; a client that does not wait for it has deflated what it
 * sent already.
 */
export function* compress(session: Session, _identity: Identity, command: CommandOf<'COMPRESS'>): Flow<Reply> {
  if (command.algorithm !== 'DEFLATE') return bad(`Unknown compression mechanism ${command.algorithm}.`)
  if (session.isCompressed) return no('COMPRESSION=DEFLATE already enabled.', 'COMPRESSIONACTIVE')
  session.isCompressed = true
  return { ...ok('Begin compression.'), afterwards: compressConnection }
}
