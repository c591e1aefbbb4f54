import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ANSWERED, FLAGGED, fromLatin1, latin1, SEEN, toBase64 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { ALICE, NEVER, nameOf, World } from './world.js'

const run = promisify(execFile)

/** Runs a program on the Maildir at `path`, with `mailbox.Maildir` open as `box`; answers what it prints as JSON. */
async function python(path: string, program: string): Promise<unknown> {
  const head = 'import mailbox, json, sys, base64\nbox = mailbox.Maildir(sys.argv[1], factory=None, create=False)\n'
  const { stdout } = await run('python3', ['-c', head + program, path], { maxBuffer: 1 << 26 })
  return JSON.parse(stdout)
}

const MESSAGES = [
  'From: a@example.org\r\nSubject: one\r\n\r\nHello\r\n',
  'Subject: 8-bit \xe4\xf6\r\n\r\n\xff\xfe\x00 octets\r\n.\r\n..\r\nFrom here\r\n',
  'Subject: no end\r\n\r\nlast line',
  `Subject: long\r\n\r\n${'x'.repeat(100_000)}\r\n`,
]

describe("Python's mailbox.Maildir", () => {
  test('reads ours octet for octet, with flags and folders', async () => {
    await using world = await World.open()
    for (const wire of MESSAGES) await world.append(wire)
    await world.append('A: b\r\n\r\n', SEEN | FLAGGED | ANSWERED)
    await world.store.createMailbox({ account: ALICE, name: nameOf('Sub/Child') }, NEVER)
    const found = await python(
      world.path(),
      `print(json.dumps({
  'bytes': sorted(base64.b64encode(box.get_bytes(key)).decode() for key in box.keys()),
  'flags': sorted(message.get_subdir() + ' ' + message.get_flags() for message in box),
  'folders': box.list_folders(),
}))`,
    )
    const files = [...MESSAGES, 'A: b\r\n\r\n'].map((wire) => wire.replaceAll('\r\n', '\n'))
    expect(found).toEqual({
      bytes: files.map((text) => toBase64(fromLatin1(text))).sort(),
      flags: ['cur FRS', 'new ', 'new ', 'new ', 'new '],
      folders: ['Sub.Child'],
    })
  })

  test('adds, flags, files and removes, and we see it', async () => {
    await using world = await World.open()
    await world.append(MESSAGES[0] ?? '')
    await python(
      world.path(),
      `for raw in [b'Subject: py\\n\\nfrom python\\n', b'Subject: \\xe4\\n\\n\\xff\\x00\\n']:
  box.add(raw)
message = mailbox.MaildirMessage(b'Subject: flagged\\n\\nx\\n')
message.set_subdir('cur')
message.set_flags('FS')
box.add(message)
box.add_folder('Py').add(b'Subject: in a folder\\n\\n')
print('null')`,
    )
    const bodies = await Promise.all((await world.uids()).map((uid) => world.read(uid)))
    expect(bodies.sort()).toEqual(
      [
        MESSAGES[0],
        'Subject: py\r\n\r\nfrom python\r\n',
        'Subject: \xe4\r\n\r\n\xff\0\r\n',
        'Subject: flagged\r\n\r\nx\r\n',
      ].sort(),
    )
    expect((await world.messages()).filter((one) => one.system === (FLAGGED | SEEN))).toHaveLength(1)
    expect(await world.read(1, 'Py')).toBe('Subject: in a folder\r\n\r\n')

    await python(
      world.path(),
      `for key in box.keys():
  if box[key]['Subject'] == 'py': box.remove(key)
  elif box[key]['Subject'] == 'one':
    message = box[key]
    message.set_subdir('cur')
    message.set_flags('RS')
    box[key] = message
print('null')`,
    )
    const after = await world.messages()
    expect(after.map((one) => one.system).sort()).toEqual([0, ANSWERED | SEEN, FLAGGED | SEEN].sort())
    expect(after.find((one) => one.system === (ANSWERED | SEEN))?.uid).toBe(1)
    expect(await world.read(1)).toBe(MESSAGES[0])
  })

  test('reads a message that had to be kept as it came', async () => {
    await using world = await World.open()
    const wire = 'Subject: mixed\r\n\r\nbare\nline\r\n'
    await world.append(wire)
    const found = await python(
      world.path(),
      'print(json.dumps([base64.b64encode(box.get_bytes(key)).decode() for key in box.keys()]))',
    )
    expect(found).toEqual([toBase64(fromLatin1(wire))])
    expect(latin1(fromLatin1(await world.read(1)))).toBe(wire)
  })
})
