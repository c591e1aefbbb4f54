import { fork } from 'node:child_process'
import { appendFile, readdir, readFile, rename, truncate, unlink, utimes, writeFile } from 'node:fs/promises'
import { SEEN } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { writeLine } from '../src/journal-line.js'
import { ALICE, NEVER, nameOf, World } from './world.js'

const JOURNAL = 'mailwright-uids'

describe('journals', () => {
  test('a torn last line is as if it were never written', async () => {
    await using world = await World.open()
    await world.append('A: 1\r\n\r\n', SEEN)
    await world.store.close()
    await appendFile(world.path(JOURNAL), 'A 2 3 0 5 5 0 0 half.a.li')
    world.store = await world.another()
    expect(await world.messages()).toEqual([{ uid: 1, system: SEEN, keywords: [] }])
    expect(await world.append('A: 2\r\n\r\n')).toBe(2)
    await world.reopen()
    expect(await world.uids()).toEqual([1, 2])
    expect(world.problems.map(({ kind }) => kind)).toEqual(['damagedJournal'])
  })

  test('a file whose line is lost gets a new UID, at the end', async () => {
    await using world = await World.open()
    for (const wire of ['A: 1\r\n\r\n', 'A: 2\r\n\r\n', 'A: 3\r\n\r\n']) await world.append(wire)
    await world.store.close()
    const lines = (await readFile(world.path(JOURNAL), 'utf8')).split('\n')
    lines[2] = `${lines[2]?.slice(0, -1)}!`
    await writeFile(world.path(JOURNAL), lines.join('\n'))
    world.store = await world.another()
    expect(await world.uids()).toEqual([1, 3, 4])
    expect(await world.read(4)).toBe('A: 2\r\n\r\n')
  })

  test('a line whose file is lost vanishes, and its UID is not given again', async () => {
    await using world = await World.open()
    await world.append('A: 1\r\n\r\n')
    const highest = await world.modSeq()
    await world.store.close()
    await unlink(world.path('new', (await world.files('new'))[0] ?? ''))
    world.store = await world.another()
    expect(await world.uids()).toEqual([])
    expect(await world.modSeq()).toBeGreaterThan(highest)
    expect(await world.append('A: 2\r\n\r\n')).toBe(2)
  })

  test('a first line that cannot be read makes another mailbox, and the old journal is kept', async () => {
    await using world = await World.open()
    await world.append('A: 1\r\n\r\n')
    const before = await world.store.snapshot(await world.at(), NEVER)
    await world.store.close()
    await truncate(world.path(JOURNAL), 10)
    world.store = await world.another()
    const after = await world.store.snapshot(await world.at(), NEVER)
    if (before.kind !== 'snapshot' || after.kind !== 'snapshot') throw new Error('no snapshot')
    expect(after.uidValidity).toBeGreaterThan(before.uidValidity)
    expect(await world.uids()).toEqual([1])
    expect(await world.files()).toContain(`${JOURNAL}.damaged`)
  })

  test('files of a group that was never committed go, and only they', async () => {
    await using world = await World.open()
    await world.append('A: 1\r\n\r\n')
    await world.store.close()
    await appendFile(world.path(JOURNAL), writeLine({ kind: 'begin', group: 9, bases: ['5.a.h', '6.b.h'] }))
    await world.put('B: 1\n\n', 'new', '5.a.h')
    await world.put('B: 2\n\n', 'new', '7.c.h')
    world.store = await world.another()
    expect(await Promise.all((await world.uids()).map((uid) => world.read(uid)))).toEqual([
      'A: 1\r\n\r\n',
      'B: 2\r\n\r\n',
    ])
    // A later group must not be taken for the one that failed.
    await world.reopen()
    await world.put('B: 3\n\n', 'new', '6.b.h')
    expect(await world.uids()).toHaveLength(3)
  })

  test('is rewritten when it grew long, and says the same', async () => {
    await using world = await World.open()
    const message = await world.append('A: 1\r\n\r\n')
    for (let turn = 0; turn < 2_100; turn++) await world.flag(turn % 2 === 0 ? 'add' : 'remove', message, SEEN)
    const length = (await world.content(JOURNAL)).split('\n').length
    expect(length).toBeLessThan(200)
    const before = [await world.messages(), await world.modSeq()]
    await world.reopen()
    expect([await world.messages(), await world.modSeq()]).toEqual(before)
  })
})

test('a rename of a folder with children that a crash interrupted is finished', async () => {
  await using world = await World.open()
  const { mailbox } = await world.create('a')
  const child = await world.create('a/b')
  await world.store.close()
  await writeFile(world.path('mailwright-rename'), '[[".a",".z"],[".a.b",".z.b"],["../x","../y"]]')
  await rename(world.path('.a'), world.path('.z'))
  world.store = await world.another()
  const { mailboxes } = await world.store.mailboxes({ account: ALICE }, NEVER)
  expect(mailboxes.map(({ name }) => name).sort()).toEqual(['INBOX', 'z', 'z/b'])
  expect([(await world.at('z')).mailbox, (await world.at('z/b')).mailbox]).toEqual([mailbox, child.mailbox])
  expect(await world.files()).not.toContain('mailwright-rename')
})

describe('one owner', () => {
  test('a second store on the same root is refused in words', async () => {
    await using world = await World.open()
    await expect(world.another()).rejects.toThrow(`in use by process ${process.pid}`)
    await world.reopen()
  })

  test('the lock of a dead process, of one that was given its id again, and of an old boot counts for nothing', async () => {
    await using world = await World.open()
    await world.store.close()
    const lock = (await lockFiles(world))[0] ?? ''
    await world.reopen()
    const held = await readFile(`${world.base}/${(await lockFiles(world))[0]}`, 'utf8')
    await world.store.close()
    const [host = '', space = '', pid = '', start = ''] = (held.split('\n')[0] ?? '').split(' ')
    const dead = fork('-e', [], { execArgv: ['-e', ''], stdio: 'ignore' })
    await new Promise((resolve) => dead.once('exit', resolve))
    const stale = [`${host} ${space} ${dead.pid} ${start}`, `${host} ${space} ${pid} ${Number(start) + 1}`]
    for (const line of stale) {
      await writeFile(`${world.base}/${(await lockFiles(world))[0]}`, `${line}\nx\n`)
      world.store = await world.another()
      await world.store.close()
    }
    expect(await lockFiles(world)).toHaveLength(1)
    expect((await lockFiles(world))[0]).not.toBe(lock)
    world.store = await world.another()
  })

  test('an owner in another place is believed while its heartbeat is young', async () => {
    await using world = await World.open()
    await world.store.close()
    const path = `${world.base}/${(await lockFiles(world))[0]}`
    await writeFile(path, 'elsewhere boot/1 7 9\nx\n')
    await expect(world.another()).rejects.toThrow('in use by process 7 on elsewhere')
    const old = new Date(Date.now() - 60_000)
    await utimes(path, old, old)
    world.store = await world.another()
  })
})

async function lockFiles(world: World): Promise<string[]> {
  return (await readdir(world.base)).filter((name) => name.startsWith('.mailwright-lock'))
}

test('default mailboxes a crash kept from being made are made the next time, and only then', async () => {
  await using world = await World.open({ defaults: [{ name: nameOf('Sent') }, { name: nameOf('Trash') }] })
  const names = async () => (await world.store.mailboxes({ account: ALICE }, NEVER)).mailboxes.map((one) => one.name)
  expect((await names()).sort()).toEqual(['INBOX', 'Sent', 'Trash'])
  await world.store.deleteMailbox({ account: ALICE, name: nameOf('Trash') }, NEVER)
  await world.store.close()
  await world.put('', 'mailwright-new')
  world.store = await world.another()
  expect((await names()).sort()).toEqual(['INBOX', 'Sent', 'Trash'])
  await world.store.deleteMailbox({ account: ALICE, name: nameOf('Trash') }, NEVER)
  await world.reopen()
  expect((await names()).sort()).toEqual(['INBOX', 'Sent'])
})
