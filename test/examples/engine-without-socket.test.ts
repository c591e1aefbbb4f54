import { expect, test } from 'vitest'
import { main } from '../../examples/engine-without-socket.js'

test('a delivery without any socket: replies, decisions and the message, in their order', () => {
  const lines: string[] = []
  main((line) => lines.push(line))
  const said = lines.filter((line) => line.startsWith('C: ') || !/^S: 250[- ](?!2)/.test(line))
  expect(said).toEqual([
    'S: 220 mx.example.test ESMTP Mailwright',
    'C: "EHLO client.example.org\\r\\n"',
    'C: "MAIL FROM:<you@example.org>\\r\\n"',
    'S: 250 2.1.0 Ok',
    'C: "RCPT TO:<nobody@elsewhere.test>\\r\\n"',
    '-- recipient?',
    'S: 554 5.7.1 Relay access denied',
    'C: "RCPT TO:<ada@example.test>\\r\\n"',
    '-- recipient?',
    'S: 250 2.1.5 Ok',
    'C: "DATA\\r\\n"',
    '-- message?',
    'S: 354 End data with <CR><LF>.<CR><LF>',
    'C: "Subject: Hello\\r\\n\\r\\nA line, and a dot:\\r"',
    '-- "Subject: Hello\\r\\n\\r\\nA line, and a dot:"',
    'C: "\\n..\\r\\n.\\r\\n"',
    '-- "\\r\\n.\\r\\n"',
    'S: 250 2.0.0 Ok: queued as A1',
    'C: "QUIT\\r\\n"',
    'S: 221 2.0.0 Bye',
    '-- close: logout',
  ])
  const offered = lines.flatMap((line) => /^S: 250[- ]([A-Z0-9]+)/.exec(line)?.[1] ?? [])
  expect(offered).toContain('PIPELINING')
})
