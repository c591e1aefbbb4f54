/**
 * An engine without any socket: octets go in, effects come out, and each is plain data.
 *
 * The engine is a machine. It asks the host for decisions by `call` effects and waits for `complete`; it never waits for a
 * promise, reads no clock and opens nothing. So it runs wherever octets can be had: on a socket, in a test, in a browser.
 *
 *     npm run example engine-without-socket
 */
import { pathToFileURL } from 'node:url'
import { type CallId, fromLatin1, latin1 } from '@mailwright/core'
import { createSmtpServer, type Mailbox, type Verdict } from '@mailwright/smtp'

const DIALOGUE = [
  'EHLO client.example.org\r\n',
  'MAIL FROM:<you@example.org>\r\n',
  'RCPT TO:<nobody@elsewhere.test>\r\n',
  'RCPT TO:<ada@example.test>\r\n',
  'DATA\r\n',
  // Cut anywhere: the framer puts lines together.
  'Subject: Hello\r\n\r\nA line, and a dot:\r',
  '\n..\r\n.\r\n',
  'QUIT\r\n',
]

/** Plays a whole delivery and writes down what passes: `C:` from the client, `S:` to it, `--` anything else. */
export function main(print: (line: string) => void): void {
  const engine = createSmtpServer({
    role: 'mx',
    hostname: 'mx.example.test',
    peer: { address: '192.0.2.1', port: 49152, localAddress: '192.0.2.25', localPort: 25 },
  })
  let message: CallId | undefined
  /** Performs effects until the engine waits for the client. */
  const perform = (): void => {
    for (let effect = engine.next(); effect !== undefined; effect = engine.next()) {
      switch (effect.kind) {
        case 'write':
          for (const line of latin1(effect.bytes).trimEnd().split('\r\n')) print(`S: ${line}`)
          break
        case 'call':
          print(`-- ${effect.call.call}?`)
          if (effect.call.call === 'recipient') engine.complete(effect.id, { ok: verdict(effect.call.args.recipient) })
          else message = effect.id
          break
        case 'body':
          print(`-- ${JSON.stringify(latin1(effect.chunk))}`)
          engine.acknowledge(effect.body, effect.chunk.length)
          break
        case 'bodyEnd':
          if (message !== undefined) engine.complete(message, { ok: { kind: 'accepted', id: 'A1' } })
          break
        case 'close':
          print(`-- close: ${effect.reason}`)
          break
        default:
        // Events are for logs; nothing else is asked for in this dialogue.
      }
    }
  }
  perform()
  for (const piece of DIALOGUE) {
    print(`C: ${JSON.stringify(piece)}`)
    engine.receive(fromLatin1(piece))
    perform()
  }
}

/** Every decision is the host's: mail for our domain is taken, any other is refused. */
function verdict(recipient: Mailbox): Verdict {
  if (recipient.domain === 'example.test') return { kind: 'accepted' }
  return { kind: 'refused', reply: { code: 554, enhanced: '5.7.1', text: 'Relay access denied' } }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main(console.log)
