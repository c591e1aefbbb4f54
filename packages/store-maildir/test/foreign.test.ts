import { execFile } from 'node:child_process'
import { link, mkdir, readdir, rename, rm, symlink, unlink, utimes } from 'node:fs/promises'
import { promisify } from 'node:util'
import { accountId, FLAGGED, type MailboxHint, SEEN, uid } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { ALICE, NEVER, World } from './world.js'

const run = promisify(execFile)

describe('what other programs do is found', () => {
  test('deliveries get UIDs in the order of their names', async () => {
    await using world = await World.open()
    await world.append('A: b\r\n\r\n')
    await world.put('X: 2\n\n', 'new', '1600000000.M20P1.h')
    await world.put('X: 1\n\n', 'new', '1600000000.M3P1.h')
    await world.put('X: 3\n\n', 'cur', '1600000001.x.h:2,FS')
    expect(await world.messages()).toEqual([
      { uid: 1, system: 0, keywords: [] },
      { uid: 2, system: 0, keywords: [] },
      { uid: 3, system: 0, keywords: [] },
      { uid: 4, system: FLAGGED | SEEN, keywords: [] },
    ])
    expect([await world.read(2), await world.read(3)]).toEqual(['X: 1\r\n\r\n', 'X: 2\r\n\r\n'])
    await world.reopen()
    expect(await world.uids()).toEqual([1, 2, 3, 4])
  })

  test('each change counts the mod-sequence up and is told once', async () => {
    await using world = await World.open()
    for (const wire of ['A: 1\r\n\r\n', 'A: 2\r\n\r\n', 'A: 3\r\n\r\n']) await world.append(wire, SEEN)
    const at = await world.at()
    const before = await world.store.snapshot(at, NEVER)
    if (before.kind !== 'snapshot') throw new Error(before.kind)
    const hints: MailboxHint[] = []
    world.bus.subscribe(at, (hint) => hints.push(hint))
    const [first, second] = [await world.fileOf('A: 1'), await world.fileOf('A: 2')]
    await rename(world.path('cur', first), world.path('cur', first.replace(/S$/, 'FS')))
    await unlink(world.path('cur', second))
    await world.put('A: 4\n\n', 'new', '1700000000.x.h')
    const told = await world.store.changesSince({ ...at, modSeq: before.highestModSeq }, NEVER)
    if (told.kind !== 'changes') throw new Error(told.kind)
    expect(Array.from(told.messages.uids)).toEqual([1, 4])
    expect(Array.from(told.messages.system)).toEqual([FLAGGED | SEEN, 0])
    expect(Array.from(told.vanished)).toEqual([2])
    expect(hints.at(-1)?.modSeq).toBe(told.highestModSeq)
    const again = await world.store.changesSince({ ...at, modSeq: told.highestModSeq }, NEVER)
    expect(again).toMatchObject({ highestModSeq: told.highestModSeq, vanished: new Uint32Array() })
  })

  test('what happened while the store was closed', async () => {
    await using world = await World.open()
    for (const wire of ['A: 1\r\n\r\n', 'A: 2\r\n\r\n']) await world.append(wire, SEEN)
    const modSeq = await world.modSeq()
    await world.store.close()
    const [first, second] = [await world.fileOf('A: 1'), await world.fileOf('A: 2')]
    await unlink(world.path('cur', first))
    await rename(world.path('cur', second), world.path('cur', second.replace(/S$/, '')))
    await world.put('A: 3\n\n', 'new', '1700000000.x.h')
    world.store = await world.another()
    expect(await world.messages()).toEqual([
      { uid: 2, system: 0, keywords: [] },
      { uid: 3, system: 0, keywords: [] },
    ])
    expect(await world.modSeq()).toBeGreaterThan(modSeq)
  })

  test('a keyword set by Dovecot', async () => {
    await using world = await World.open()
    await world.append('A: 1\r\n\r\n', SEEN)
    await world.put('0 $Label1\n', 'dovecot-keywords')
    const [name = ''] = await world.files('cur')
    await rename(world.path('cur', name), world.path('cur', `${name}a`))
    expect(await world.messages()).toEqual([{ uid: 1, system: SEEN, keywords: ['$Label1'] }])
    await world.flag('add', 1, FLAGGED)
    expect((await world.files('cur'))[0]).toMatch(/:2,FSa$/)
  })

  test('a letter nobody can name stays', async () => {
    await using world = await World.open()
    await world.at()
    await world.put('A: 1\n\n', 'cur', '1.x.h:2,Sz')
    expect(await world.messages()).toEqual([{ uid: 1, system: SEEN, keywords: [] }])
    await world.flag('add', 1, FLAGGED, ['mine'])
    expect(await world.files('cur')).toEqual(['1.x.h:2,FSaz'])
  })

  test('a message read or flagged while another program renames it is found under its new name', async () => {
    await using world = await World.open()
    await world.append('A: 1\r\n\r\n', SEEN)
    const at = await world.at()
    const found = await world.store.body({ ...at, uid: uid(1) }, NEVER)
    const [name = ''] = await world.files('cur')
    await rename(world.path('cur', name), world.path('cur', name.replace(/S$/, 'RS')))
    if (found.kind !== 'body') throw new Error(found.kind)
    const chunks: Uint8Array[] = []
    for await (const chunk of found.body.read()) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('A: 1\r\n\r\n')
    const stored = await world.flag('add', 1, FLAGGED)
    expect(stored).toMatchObject({ kind: 'stored', changed: { system: Uint8Array.of(1 | 2 | 4) } })
  })

  test('a message that is gone fails its reader, and is no failure of an expunge', async () => {
    await using world = await World.open()
    await world.append('A: 1\r\n\r\n', SEEN)
    const at = await world.at()
    const found = await world.store.body({ ...at, uid: uid(1) }, NEVER)
    await unlink(world.path('cur', (await world.files('cur'))[0] ?? ''))
    if (found.kind !== 'body') throw new Error(found.kind)
    const reading = found.body.read()[Symbol.asyncIterator]().next()
    await expect(reading).rejects.toMatchObject({ code: 'STORE_FAULT' })
    const gone = await world.store.expunge({ ...at, uids: Uint32Array.of(1), regardless: true }, NEVER)
    expect(gone).toMatchObject({ kind: 'expunged', vanished: new Uint32Array() })
  })

  test('a moved file vanishes here and is new there', async () => {
    await using world = await World.open()
    await world.append('A: 1\r\n\r\n', SEEN)
    await world.create('Archive')
    const [name = ''] = await world.files('cur')
    await rename(world.path('cur', name), world.path('.Archive', 'cur', name))
    expect([await world.uids(), await world.uids('Archive')]).toEqual([[], [1]])
    expect(await world.read(1, 'Archive')).toBe('A: 1\r\n\r\n')
  })

  test('one file under two names is one message, two files of one name are two', async () => {
    await using world = await World.open()
    await world.at()
    await world.put('A: 1\n\n', 'new', '1.a.h')
    await link(world.path('new', '1.a.h'), world.path('cur', '1.a.h:2,S'))
    await world.put('B: 1\n\n', 'new', '2.b.h')
    await world.put('B: 2\n\n', 'cur', '2.b.h:2,F')
    expect((await world.messages()).map((one) => one.system)).toEqual([SEEN, 0, FLAGGED])
    const bodies = [await world.read(2), await world.read(3)]
    expect(bodies).toEqual(['B: 1\r\n\r\n', 'B: 2\r\n\r\n'])
    await world.reopen()
    expect(await world.uids()).toEqual([1, 2, 3])
  })

  test('folders come, go and are copied', async () => {
    await using world = await World.open()
    const { mailbox } = await world.create('A')
    await world.append('A: 1\r\n\r\n', SEEN, [], 'A')
    await run('cp', ['-a', world.path('.A'), world.path('.Copy')])
    await mkdir(world.path('.Theirs', 'cur'), { recursive: true })
    await world.put('T: 1\n\n', '.Theirs', 'cur', '1.t.h:2,')
    await mkdir(world.path('.bad..name'))
    const names = async () => (await world.store.mailboxes({ account: ALICE }, NEVER)).mailboxes.map((one) => one.name)
    expect((await names()).sort()).toEqual(['A', 'Copy', 'INBOX', 'Theirs'])
    expect((await world.at('A')).mailbox).toBe(mailbox)
    expect((await world.at('Copy')).mailbox).not.toBe(mailbox)
    expect([await world.uids('Copy'), await world.uids('Theirs')]).toEqual([[1], [1]])
    expect(world.problems.map(({ kind }) => kind)).toEqual(['unusableName'])
    const theirs = await world.at('Theirs')
    await rm(world.path('.Theirs'), { recursive: true })
    expect(await world.store.snapshot(theirs, NEVER)).toEqual({ kind: 'noSuchMailbox' })
    expect((await names()).sort()).toEqual(['A', 'Copy', 'INBOX'])
  })

  test('an attended mailbox is looked at each second, until nobody attends it', async () => {
    await using world = await World.open()
    const at = await world.at()
    await world.uids()
    const heard: number[] = []
    const hint = (): Promise<void> =>
      new Promise((resolve) => {
        const release = world.bus.subscribe(at, ({ modSeq }) => {
          heard.push(modSeq)
          release()
          resolve()
        })
      })
    const [one, other] = [world.store.attend?.(at), world.store.attend?.(at)]
    await world.put('A: 1\n\n', 'new', '1.a.h')
    const told = hint()
    world.clock.advance(1_000)
    await told
    expect(heard).toEqual([await world.modSeq()])
    one?.()
    one?.()
    expect(world.clock.waiting).toBe(1)
    other?.()
    expect(world.clock.waiting).toBe(0)
  })
})

describe('names and sizes are data', () => {
  test.each([
    ['S= that is wrong', '1.a.h,S=99,W=3', 'A: b\nc\n', 9],
    ['W= that is too small', '1.a.h,S=7,W=3', 'A: b\nc\n', 9],
    ['no sizes', '1.a.h', 'A: b\nc\n', 9],
    ['CRLF in the file', '1.a.h,S=9,W=9', 'A: b\r\nc\r\n', 9],
    ['both line ends in the file', '1.a.h', 'A: b\r\nc\n', 9],
    ['R=1 with a wrong S=', '1.a.h,S=1,R=1', 'A: b\nc\n', 9],
  ])('%s', async (_, name, content, octets) => {
    await using world = await World.open()
    await world.at()
    await world.put(content, 'new', name)
    await world.uids()
    expect(await world.octets(1)).toBe(octets)
    expect((await world.read(1)).length).toBe(octets)
    await world.reopen()
    expect(await world.octets(1)).toBe(octets)
  })

  test('W= that lies is a hint for the list only: what goes out was counted', async () => {
    await using world = await World.open()
    await world.at()
    await world.put('A: b\nc\n', 'new', '1.a.h,S=7,W=4000')
    await world.uids()
    expect(await world.octets(1)).toBe(4_000)
    expect(await world.read(1)).toBe('A: b\r\nc\r\n')
    expect(await world.octets(1)).toBe(9)
  })

  test('links, folders and FIFOs are no messages', async () => {
    await using world = await World.open()
    await world.at()
    await world.put('secret', '..', 'secret')
    await symlink('../../secret', world.path('new', '1.link.h'))
    await mkdir(world.path('new', '2.folder.h'))
    await run('mkfifo', [world.path('cur', '3.fifo.h:2,S')])
    await world.put('A: 1\n\n', 'new', '.hidden')
    expect(await world.uids()).toEqual([])
  })

  test('a message that becomes a link later is not followed', async () => {
    await using world = await World.open()
    await world.append('A: 1\r\n\r\n', SEEN)
    await world.put('secret\n', '..', 'secret')
    const [name = ''] = await world.files('cur')
    await unlink(world.path('cur', name))
    await symlink('../../secret', world.path('cur', name))
    const found = await world.store.body({ ...(await world.at()), uid: uid(1) }, NEVER)
    expect(found.kind).toBe('noSuchMessage')
  })

  test('an account cannot lead out of the root', async () => {
    await using world = await World.open()
    for (const account of ['..', '../x', 'a/b', '.x', '']) {
      const args = { account: accountId(account) }
      await expect(world.store.mailboxes(args, NEVER)).rejects.toMatchObject({ code: 'HOST_MISUSE' })
    }
    expect((await readdir(world.base)).filter((name) => !name.startsWith('.mailwright-lock'))).toEqual([])
  })

  test('old files of others in tmp go, young ones stay, ours go at once', async () => {
    await using world = await World.open()
    await world.at()
    await world.create('Sub')
    await world.store.close()
    const old = new Date(Date.now() - 37 * 3_600_000)
    for (const folder of ['.', '.Sub']) {
      for (const name of ['1.old', '2.young', 'mailwright-stage-1']) await world.put('x', folder, 'tmp', name)
      await utimes(world.path(folder, 'tmp', '1.old'), old, old)
    }
    world.store = await world.another()
    await world.uids('Sub')
    expect([await world.files('tmp'), await world.files('.Sub', 'tmp')]).toEqual([['2.young'], ['2.young']])
  })
})

test('a root can be a function of the account', async () => {
  await using world = await World.open()
  await world.store.close()
  const root = (): string => world.path('elsewhere', 'Maildir')
  await using other = await World.open({ root })
  await other.append('A: 1\r\n\r\n')
  expect(await world.files('elsewhere', 'Maildir', 'new')).toHaveLength(1)
  await using third = await World.open({ root })
  await expect(third.at()).rejects.toThrow(/in use by process/)
})
