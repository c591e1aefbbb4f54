import { link, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Body, chunksBody, HostError } from '@mailwright/core'
import { systemClock, systemRandom } from '@mailwright/core/node'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SILENT } from '../log/logger.js'
import type { Drop } from './drop.js'
import { dropMail, makeMaildrop } from './drop-mail.js'
import { type DroppedMail, type Pickup, startPickup } from './pickup.js'

const DROP: Drop = { version: 1, sender: 'me', fullName: 'Me', recipients: ['you@example.org'] }
const MESSAGE = 'Subject: x\r\n\r\nHello\r\n'

let root: string
let pickup: Pickup | null
let taken: { readonly mail: DroppedMail; readonly text: string }[]
let told: string[]

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mailwright-drop-'))
  await makeMaildrop(root)
  pickup = null
  taken = []
  told = []
})
afterEach(async () => {
  await pickup?.close()
  await rm(root, { recursive: true, force: true })
})

function drop(body: Body = chunksBody([Buffer.from(MESSAGE)]), given: Drop = DROP): Promise<void> {
  return dropMail({ root, drop: given, body, clock: systemClock, random: systemRandom })
}

async function start(take: (mail: DroppedMail) => Promise<void> = async () => {}): Promise<void> {
  const logger = { ...SILENT, warn: (_: object, message: string) => void told.push(message) }
  const limits = { headOctets: 1_000, scan: 50, retry: 20 }
  pickup = await startPickup({
    root,
    clock: systemClock,
    logger,
    limits,
    take: async (mail) => {
      let text = ''
      for await (const chunk of mail.message) text += Buffer.from(chunk).toString()
      await take(mail)
      taken.push({ mail, text })
    },
  })
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(join(root, folder))).length === 0
}

describe('[B20] the maildrop', () => {
  test('what is dropped is taken once, with its owner, whether dropped before or after the start', async () => {
    await drop()
    await start()
    await vi.waitFor(() => expect(taken).toHaveLength(1))
    await drop()
    await vi.waitFor(() => expect(taken).toHaveLength(2))
    await vi.waitFor(async () => expect(await isEmpty('new')).toBe(true))
    for (const { mail, text } of taken) {
      expect(text).toBe(MESSAGE)
      expect(mail).toMatchObject({ ...DROP, userId: process.geteuid?.(), octets: MESSAGE.length })
    }
    expect(await isEmpty('tmp')).toBe(true)
  })

  test('what cannot be taken now is tried again', async () => {
    await drop()
    let failures = 2
    await start(async () => {
      if (failures-- > 0) throw new Error('the queue is full')
    })
    await vi.waitFor(() => expect(taken).toHaveLength(1))
    expect(failures).toBe(-1)
  })

  test('a message that breaks off leaves nothing', async () => {
    async function* broken(): Body {
      yield Buffer.from('Subject: x\r\n')
      throw new Error('the pipe broke')
    }
    await expect(drop(broken())).rejects.toThrow('the pipe broke')
    expect(await isEmpty('tmp')).toBe(true)
    expect(await isEmpty('new')).toBe(true)
  })

  test('more recipients than a first line holds', async () => {
    const recipients = Array.from({ length: 60_000 }, (_, at) => `somebody-${at}@example.org`)
    await expect(drop(undefined, { ...DROP, recipients })).rejects.toThrow(HostError)
  })

  test.each([
    ['no JSON', 'x\n'],
    ['no line end', '{}'],
    ['another version', `${JSON.stringify({ ...DROP, version: 2 })}\n`],
    ['no recipients', `${JSON.stringify({ ...DROP, recipients: [] })}\n`],
    ['a line end in an address', `${JSON.stringify({ ...DROP, recipients: ['a\r\n@x'] })}\n`],
    ['a condition that is none', `${JSON.stringify({ ...DROP, notify: ['SOMETIMES'] })}\n`],
    ['a first line past the limit', `${JSON.stringify({ ...DROP, fullName: 'x'.repeat(2_000) })}\n`],
  ])('put aside: %s', async (_, text) => {
    await writeFile(join(root, 'new', 'bad'), text)
    await start()
    await vi.waitFor(async () => expect(await readdir(join(root, 'bad'))).toEqual(['bad']))
    expect(told).toEqual(['dropUnusable'])
    expect(taken).toEqual([])
  })

  test('links lead nowhere: neither another’s file nor a second name of it is read', async () => {
    await writeFile(join(root, 'secret'), `${JSON.stringify(DROP)}\n${MESSAGE}`)
    await symlink(join(root, 'secret'), join(root, 'new', 'a'))
    await link(join(root, 'secret'), join(root, 'new', 'b'))
    await start()
    await vi.waitFor(async () => expect(await readdir(join(root, 'bad'))).toEqual(['a', 'b']))
    expect(taken).toEqual([])
  })
})
