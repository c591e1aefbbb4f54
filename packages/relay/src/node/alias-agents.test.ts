import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { bytesHandle, fromLatin1, HostError, newRecipient, type QueuedMessage, type QueueId } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AliasAgentOptions, createAliasAgent } from './alias-agents.js'

const signal = new AbortController().signal
const { uid, gid } = userInfo()
const isRoot = uid === 0
/** Whoever runs the tests; of root's, nobody. */
const somebody = isRoot ? { uid: 65_534, gid: 65_534 } : { uid, gid }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-alias-'))
  chmodSync(folder, 0o777)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Waits for nothing: a second is over at once. */
const clock = { ...systemClock, after: (_: number, act: () => void) => systemClock.after(0, act) }

async function deliver(
  programs: readonly string[],
  text = 'Subject: x\r\n\r\nFrom here\r\nbody\r\n',
  options: Partial<AliasAgentOptions> = {},
) {
  const recipients = programs.map((address) => newRecipient({ address, originalTo: 'robot+x@here.example' }))
  const message: QueuedMessage = {
    id: 'ABC' as QueueId,
    envelope: { reversePath: 'jo@x.example' },
    recipients,
    arrived: 0,
    octets: text.length,
    isHeld: false,
    isActive: true,
  }
  const agent = createAliasAgent({ clock, as: somebody, ...options })
  const routed = recipients.map((recipient, position) => ({ position, recipient, address: recipient.address }))
  const { results } = await agent.deliver(
    { message, body: bytesHandle(fromLatin1(text)), nexthop: '', recipients: routed },
    signal,
  )
  return results.map(({ kind, status, text: words }) => `${kind} ${status} ${words}`)
}

function script(name: string, lines: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${lines}\n`)
  chmodSync(path, 0o755)
  return path
}

describe('[C14] commands of aliases', () => {
  test('get the message, know it by its alias, and see no shell', async () => {
    const out = join(folder, 'out')
    const path = script('robot', `{ for each; do echo "<$each>"; done; env | sort; id -u; cat; } > ${out}`)
    expect(await deliver([`:command:${path} "a b" 'c;d'`])).toEqual([
      `delivered 2.0.0 delivered to command: ${path} "a b" 'c;d'`,
    ])
    const said = readFileSync(out, 'utf8')
    expect(said).toMatch(/^<a b>\n<c;d>\n/)
    expect(said).toMatch(/^EXTENSION=x$/m)
    expect(said).toMatch(/^RECIPIENT=robot\+x@here\.example$/m)
    expect(said).toMatch(/^USER=nobody$/m)
    expect(said).not.toMatch(/^npm_|^VITEST/m)
    expect(said).toMatch(
      new RegExp(
        `\n${somebody.uid}\nFrom jo@x\\.example .*\nReturn-Path: <jo@x\\.example>\nX-Original-To: robot\\+x@here\\.example\nDelivered-To: robot\\+x@here\\.example\nSubject: x\n\nFrom here\nbody\n$`,
      ),
    )
  })

  test('end as sysexits.h says; one that needs a shell is not run', async () => {
    expect(await deliver([`:command:${script('later', 'exit 75')}`])).toEqual([
      expect.stringMatching(/^deferred 4\.3\.0 temporary failure/),
    ])
    expect(await deliver([':command:/bin/cat > /tmp/x'])).toEqual([
      'failed 5.3.5 a command that needs a shell is not run: /bin/cat > /tmp/x',
    ])
    expect(await deliver([':command:/nowhere/at-all'])).toEqual([expect.stringMatching(/^deferred 4\.3\.5 cannot run/)])
  })

  test('what came back from one goes no further', async () => {
    const back = 'Delivered-To: Robot+x@here.example\r\nSubject: x\r\n\r\ny\r\n'
    expect(await deliver([':command:/bin/true'], back)).toEqual([
      'failed 5.4.6 mail forwarding loop for robot+x@here.example',
    ])
  })

  test('root needs to say whose rights they have', () => {
    if (!isRoot) return expect(createAliasAgent({ clock })).toBeDefined()
    expect(() => createAliasAgent({ clock })).toThrow(HostError)
  })
})

describe('[C14] files of aliases', () => {
  test('get messages one after the other, as mbox', async () => {
    const path = join(folder, 'archive')
    expect(await deliver([`:file:${path}`, `:file:${path}`])).toEqual(
      Array(2).fill(`delivered 2.0.0 delivered to file: ${path}`),
    )
    const text = readFileSync(path, 'utf8')
    const entry =
      /From jo@x\.example .*\nReturn-Path: <jo@x\.example>\nX-Original-To: robot\+x@here\.example\nDelivered-To: robot\+x@here\.example\nSubject: x\n\n>From here\nbody\n\n/g
    expect(text.replace(entry, '.')).toBe('..')
    expect(statSync(path)).toMatchObject({ uid: somebody.uid, mode: 0o100_600 })
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  test('/dev/null takes everything', async () => {
    expect(await deliver([':file:/dev/null'])).toEqual(['delivered 2.0.0 delivered to file: /dev/null'])
  })

  test('links, folders and other people’s files are left alone', async () => {
    const link = join(folder, 'link')
    symlinkSync(join(folder, 'target'), link)
    expect(await deliver([`:file:${link}`])).toEqual([`deferred 4.2.0 cannot append to ${link}: ELOOP`])
    expect(existsSync(join(folder, 'target'))).toBe(false)
    mkdirSync(join(folder, 'folder'))
    expect(await deliver([`:file:${join(folder, 'folder')}/`])).toEqual([expect.stringMatching(/^failed 5\.3\.5/)])
    expect(await deliver([`:file:${join(folder, 'folder')}`])).toEqual([expect.stringMatching(/^deferred 4\.2\.0/)])
    const other = join(folder, 'other')
    writeFileSync(other, 'mine\n')
    const answer = await deliver([`:file:${other}`], undefined, { as: { uid: somebody.uid + 1, gid } })
    expect(answer).toEqual([`deferred 4.2.0 cannot append to ${other}: it belongs to somebody else`])
    expect(readFileSync(other, 'utf8')).toBe('mine\n')
  })

  test('a lock is waited for, and one that was forgotten is removed', async () => {
    const path = join(folder, 'locked')
    writeFileSync(`${path}.lock`, '')
    expect(await deliver([`:file:${path}`])).toEqual([`deferred 4.2.0 cannot append to ${path}: it is locked`])
    utimesSync(`${path}.lock`, 1_000, 1_000)
    expect(await deliver([`:file:${path}`])).toEqual([`delivered 2.0.0 delivered to file: ${path}`])
  })
})
