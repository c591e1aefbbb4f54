import type { Readable, Writable } from 'node:stream'
import type { Duplex, DuplexSink } from '@mailwright/core/driver'

/** A pair of streams, as standard input and output are, as one connection. It cannot be encrypted. */
export function stdioDuplex(input: Readable, output: Writable): Duplex {
  let sink: DuplexSink | null = null
  let isClosed = false
  const close = (error: unknown): void => {
    if (isClosed) return
    isClosed = true
    input.destroy()
    sink?.closed(error)
  }
  return {
    open(given) {
      sink = given
      input.on('data', (chunk: Buffer) => given.received(chunk))
      input.once('end', () => given.ended())
      input.once('error', close)
      output.on('drain', () => given.drained())
      // Whoever reads our answers left.
      output.on('error', close)
    },
    pause: () => void input.pause(),
    resume: () => void input.resume(),
    write: (bytes) => output.write(bytes),
    secure: () => Promise.reject(new Error('standard input and output cannot be encrypted')),
    end(sent = () => {}) {
      // Not `end`: standard output is not ours to close.
      output.write('', () => {
        sent()
        close(null)
      })
    },
    destroy: () => close(null),
  }
}
