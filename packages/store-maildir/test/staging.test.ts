import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Body, chunksBody, fromLatin1, latin1 } from '@mailwright/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contextOf } from '../src/options.js'
import { Staging } from '../src/staging.js'
import { StillClock } from './still-clock.js'
import { NEVER } from './world.js'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'maildir-staging-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const HEADER = 'Subject: a\r\n\r\n'

function stagingOf(limits: { readonly stagedOctets?: number; readonly chunk?: number } = {}): Staging {
  return new Staging(contextOf({ root, clock: new StillClock(), limits }))
}

async function staged(staging: Staging, text: string) {
  return staging.stage(root, chunksBody([fromLatin1(HEADER), fromLatin1(text)]), NEVER)
}

async function textOf(body: Body): Promise<string> {
  let text = ''
  for await (const chunk of body) text += latin1(chunk)
  return text
}

test('a small message has no file until a mailbox gets it, and then one of its own each time', async () => {
  const staging = stagingOf()
  const { id, message } = await staged(staging, 'b\r\n')
  expect(await readdir(root)).toEqual([])
  const files = [await staging.fileFor(id, 0), await staging.fileFor(id, 0)]
  expect(files.map((file) => file?.use)).toEqual(['move', 'move'])
  expect(await readdir(root)).toHaveLength(2)
  expect((await stat(files[0]?.path ?? '')).size).toBe('Subject: a\n\nb\n'.length)
  for (const file of files) if (file !== undefined) await staging.giveUp(file)
  expect(await readdir(root)).toEqual([])
  expect(await textOf(staging.bodyOf(message).read())).toBe(`${HEADER}b\r\n`)
})

test('a message that is longer than one chunk is in a file, and stays there for others', async () => {
  const staging = stagingOf({ chunk: 1_024 })
  const { id } = await staged(staging, 'x'.repeat(2_000))
  expect(await readdir(root)).toHaveLength(1)
  expect((await staging.fileFor(id, 0))?.use).toBe('link')
  await staging.discard([id])
  expect(await readdir(root)).toEqual([])
})

test('past the octets that may be in memory, small messages are in files too, until others are gone', async () => {
  const staging = stagingOf({ stagedOctets: 100 })
  const first = await staged(staging, 'x'.repeat(70))
  const second = await staged(staging, 'x'.repeat(70))
  expect([first, second].map(({ message }) => message.content.kind)).toEqual(['held', 'file'])
  await staging.discard([first.id, first.id])
  expect((await staged(staging, 'x'.repeat(70))).message.content.kind).toBe('held')
  expect((await staged(staging, 'x'.repeat(70))).message.content.kind).toBe('file')
  await staging.close()
  expect(await readdir(root)).toEqual([])
})

test('octets that are no text in lines are kept as they are, however long', async () => {
  const staging = stagingOf({ chunk: 1_024 })
  for (const text of ['bare\nline\r\r\n', `bare\n${'x'.repeat(2_000)}\r\n`]) {
    const { message } = await staged(staging, text)
    expect(message.isRaw).toBe(true)
    expect(message.wire).toBe(`${HEADER}${text}`.length + 1)
    expect(await textOf(staging.bodyOf(message).read())).toBe(HEADER + text)
  }
})
