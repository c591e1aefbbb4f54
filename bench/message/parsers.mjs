import { spawn } from 'node:child_process'
import { Digester, digestMessage } from '@mailwright/message'
import { simpleParser } from 'mailparser'
import mailsplit from 'mailsplit'
import PostalMime from 'postal-mime'

const CHUNK = 65_536

/** What is measured, and what each does with a message. All get the whole message in one buffer but where the name says otherwise. */
export const PARSERS = [
  {
    name: 'mailwright',
    does: 'structure with offsets, ENVELOPE, BODYSTRUCTURE, threading keys',
    parse: (message) => digestMessage([message]),
  },
  {
    name: 'mailwright 64K',
    does: 'the same from chunks of 64 KiB',
    parse(message) {
      const digester = new Digester()
      for (let at = 0; at < message.length; at += CHUNK) digester.push(message.subarray(at, at + CHUNK))
      return digester.end()
    },
  },
  { name: 'mailsplit', does: 'structure, header lines, raw bodies', parse: split },
  { name: 'postal-mime', does: 'headers, text and attachments decoded', parse: (message) => PostalMime.parse(message) },
  {
    name: 'mailparser',
    does: 'simpleParser: headers, text and attachments decoded, text of HTML',
    parse: (message) => simpleParser(message),
  },
]

function split(message) {
  return new Promise((resolve, reject) => {
    let parts = 0
    const splitter = new mailsplit.Splitter()
    splitter.on('data', ({ type }) => {
      if (type === 'node') parts++
    })
    splitter.on('end', () => resolve(parts))
    splitter.on('error', reject)
    splitter.end(message)
  })
}

const PYTHON = `
import email, email.policy, struct, sys, time
data = sys.stdin.buffer
messages = []
while True:
    size = data.read(4)
    if not size: break
    messages.append(data.read(struct.unpack('>I', size)[0]))
start = time.perf_counter()
for message in messages:
    email.message_from_bytes(message, policy=email.policy.compat32)
print(time.perf_counter() - start)
`

/** Seconds that Python's email package takes for the structure of all messages; `null` without a python3. */
export function python(messages) {
  return new Promise((resolve) => {
    const child = spawn('python3', ['-c', PYTHON], { stdio: ['pipe', 'pipe', 'inherit'] })
    let out = ''
    child.on('error', () => resolve(null))
    child.stdin.on('error', () => {})
    child.stdout.on('data', (chunk) => (out += chunk))
    child.on('close', (code) => resolve(code === 0 ? Number(out) : null))
    for (const message of messages) {
      const size = Buffer.alloc(4)
      size.writeUInt32BE(message.length)
      child.stdin.write(size)
      child.stdin.write(message)
    }
    child.stdin.end()
  })
}
