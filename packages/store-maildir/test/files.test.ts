import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { FLAGGED, SEEN, uid } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { ALICE, NEVER, nameOf, World } from './world.js'

const NAME = /^\d+\.V[0-9a-f]+I[0-9a-f]+M\d{1,6}\.test,S=(\d+),W=(\d+)$/

describe('[H1] what stands on disk', () => {
  test('a delivery without flags is in new, with LF, and names device, inode and both sizes', async () => {
    await using world = await World.open()
    await world.append('Subject: a\r\n\r\nbody\r\n')
    const [name = ''] = await world.files('new')
    expect(await world.files('cur')).toEqual([])
    expect(NAME.exec(name)?.slice(1)).toEqual(['17', '20'])
    const facts = await stat(world.path('new', name), { bigint: true })
    expect(name).toContain(`.V${facts.dev.toString(16)}I${facts.ino.toString(16)}M`)
    expect(facts.mtimeMs).toBe(BigInt(world.clock.date()))
    expect(await world.content('new', name)).toBe('Subject: a\n\nbody\n')
    expect(await world.files('tmp')).toEqual([])
  })

  test('one with flags is in cur, and a change renames it', async () => {
    await using world = await World.open()
    const message = await world.append('A: b\r\n\r\n', SEEN)
    expect((await world.files('cur'))[0]).toMatch(/,W=8:2,S$/)
    await world.flag('add', message, FLAGGED)
    expect((await world.files('cur'))[0]).toMatch(/,W=8:2,FS$/)
    await world.flag('replace', message, 0)
    expect((await world.files('cur'))[0]).toMatch(/,W=8:2,$/)
  })

  test('claiming what is recent takes it from new to cur', async () => {
    await using world = await World.open()
    const message = await world.append('A: b\r\n\r\n')
    await world.store.claimRecent(await world.at(), NEVER)
    await world.reopen()
    expect(await world.files('new')).toEqual([])
    expect((await world.files('cur'))[0]).toMatch(/:2,$/)
    expect(await world.messages()).toEqual([{ uid: message, system: 0, keywords: [] }])
  })

  test('a copy is a link, and a move keeps the file', async () => {
    await using world = await World.open()
    const message = await world.append('A: b\r\n\r\n')
    const [name = ''] = await world.files('new')
    const { ino } = await stat(world.path('new', name))
    const { mailbox: to } = await world.create('Sub/Child')
    const at = await world.at()
    await world.store.copy({ ...at, uids: Uint32Array.of(message), to }, NEVER)
    await world.store.move({ ...at, uids: Uint32Array.of(message), to }, NEVER)
    const names = await world.files('.Sub.Child', 'cur')
    expect(names).toHaveLength(2)
    for (const one of names) expect((await stat(world.path('.Sub.Child', 'cur', one))).ino).toBe(ino)
    expect(await world.files('new')).toEqual([])
  })

  test('folders are Maildir++: a dot, modified UTF-7, and the marker file', async () => {
    await using world = await World.open()
    await world.create('Entwürfe/R&D')
    expect(await world.files('.Entw&APw-rfe.R&-D')).toEqual(
      ['cur', 'maildirfolder', 'mailwright-uids', 'new', 'tmp'].sort(),
    )
    await world.store.deleteMailbox({ account: ALICE, name: nameOf('Entwürfe/R&D') }, NEVER)
    expect((await world.files()).filter((name) => name.startsWith('.'))).toEqual([])
    expect(await world.files('tmp')).toEqual([])
  })

  test('a new account gets its default mailboxes, another program’s folder their special use', async () => {
    const defaults = [
      { name: nameOf('Sent'), specialUse: 'Sent' },
      { name: nameOf('Junk'), specialUse: 'Junk', isSubscribed: false },
    ] as const
    await using world = await World.open({ defaults })
    const list = async () => {
      const { mailboxes } = await world.store.mailboxes({ account: ALICE }, NEVER)
      return mailboxes.map(({ name, specialUse, isSubscribed }) => [name, specialUse, isSubscribed]).sort()
    }
    const expected = [
      ['INBOX', [], false],
      ['Junk', ['Junk'], false],
      ['Sent', ['Sent'], true],
    ]
    expect(await list()).toEqual(expected)
    await world.store.deleteMailbox({ account: ALICE, name: nameOf('Junk') }, NEVER)
    await world.reopen()
    expect(await list()).toEqual(expected.filter(([name]) => name !== 'Junk'))
  })
})

describe('line ends', () => {
  test.each([
    ['CRLF', 'A: b\r\n\r\nc\r\n', 'A: b\n\nc\n', ''],
    ['a bare CR', 'A: b\r\n\r\nc\rd\r\n', 'A: b\n\nc\rd\n', ''],
    ['a bare LF', 'A: b\r\n\r\nc\nd\r\n', 'A: b\r\n\r\nc\nd\r\n', ',S=13,W=14,R=1'],
    ['CR CR LF', 'A: b\r\n\r\nc\r\r\n', 'A: b\r\n\r\nc\r\r\n', ',S=12,W=12,R=1'],
    ['nothing', '', '', ''],
  ])('%s comes back as it was', async (_, wire, disk, mark) => {
    await using world = await World.open()
    const message = await world.append(wire)
    const [name = ''] = await world.files('new')
    expect(await world.content('new', name)).toBe(disk)
    expect(name.endsWith(mark)).toBe(true)
    expect(await world.read(message)).toBe(wire)
    expect(await world.octets(message)).toBe(wire.length)
    await world.reopen()
    expect(await world.read(message)).toBe(wire)
    await world.create('B')
    await world.store.copy(
      { ...(await world.at()), uids: Uint32Array.of(message), to: (await world.at('B')).mailbox },
      NEVER,
    )
    expect(await world.read(1, 'B')).toBe(wire)
  })

  test('a bare LF after 200 KB: what was written is written again, and nothing else stays in tmp', async () => {
    await using world = await World.open()
    const line = `${'x'.repeat(76)}\r\n`
    const wire = `${line.repeat(2_600)}\r`
    const staged = await world.stage(wire.slice(0, 100_001), wire.slice(100_001), '\nand\nmore')
    expect(await world.files('tmp')).toHaveLength(1)
    const messages = [{ staged, flags: { system: 0, keywords: [] }, internalDate: 0 }]
    await world.store.append({ ...(await world.at()), messages }, NEVER)
    await world.store.discard({ staged: [staged] }, NEVER)
    expect(await world.read(1)).toBe(`${wire}\nand\nmore`)
    expect(await world.files('tmp')).toEqual([])
  })

  test('with crlf files hold the wire form', async () => {
    await using world = await World.open({ lineEnds: 'crlf' })
    const message = await world.append('A: b\r\n\r\nc\r\n')
    const [name = ''] = await world.files('new')
    expect(await world.content('new', name)).toBe('A: b\r\n\r\nc\r\n')
    expect(NAME.exec(name)?.slice(1)).toEqual(['11', '11'])
    expect(await world.read(message)).toBe('A: b\r\n\r\nc\r\n')
  })

  test('ranges of a large message, forwards and back', async () => {
    await using world = await World.open({ limits: { chunk: 1_000 } })
    const lines = Array.from({ length: 20_000 }, (_, at) => `${at} ${randomBytes(at % 40).toString('hex')}\r\n`)
    const wire = lines.join('')
    const message = await world.append(wire)
    const found = await world.store.body({ ...(await world.at()), uid: uid(message) }, NEVER)
    if (found.kind !== 'body') throw new Error(found.kind)
    for (const start of [0, 1, 65_536, 600_001, 262_143, wire.length - 3]) {
      const end = Math.min(wire.length, start + 70_000)
      let text = ''
      for await (const chunk of found.body.read({ start, end })) text += Buffer.from(chunk).toString('latin1')
      expect(text === wire.slice(start, end)).toBe(true)
    }
  })
})

describe('keywords', () => {
  test('are letters of the file name by the table Dovecot shares, which is only added to', async () => {
    await using world = await World.open()
    const message = await world.append('A: b\r\n\r\n')
    await world.put('1 $Forwarded\n', 'dovecot-keywords')
    await world.flag('add', message, 0, ['Work', '$FORWARDED'])
    expect(await world.content('dovecot-keywords')).toBe('1 $Forwarded\n0 Work\n')
    expect((await world.files('cur'))[0]).toMatch(/:2,ab$/)
    expect(await world.files()).not.toContain('dovecot-keywords.lock')
    await world.reopen()
    expect((await world.messages())[0]?.keywords).toEqual(['$Forwarded', 'Work'])
  })

  test('past the 26 letters they live in the journal', async () => {
    await using world = await World.open()
    const keywords = Array.from({ length: 30 }, (_, at) => `k${10 + at}`)
    const message = await world.append('A: b\r\n\r\n', SEEN, keywords)
    expect((await world.files('cur'))[0]).toMatch(/:2,Sabcdefghijklmnopqrstuvwxyz$/)
    await world.flag('remove', message, 0, ['k11', 'k39'])
    expect((await world.files('cur'))[0]).toMatch(/:2,Sacdefghijklmnopqrstuvwxyz$/)
    await world.reopen()
    expect((await world.messages())[0]?.keywords).toEqual(keywords.filter((one) => one !== 'k11' && one !== 'k39'))
  })

  test('past the limit they are refused, and nothing changes', async () => {
    await using world = await World.open({ limits: { keywords: 2 } })
    const message = await world.append('A: b\r\n\r\n', 0, ['one', 'two'])
    expect(await world.flag('add', message, SEEN, ['three'])).toEqual({ kind: 'tooManyKeywords' })
    expect(await world.messages()).toEqual([{ uid: message, system: 0, keywords: ['one', 'two'] }])
    expect((await world.flag('remove', message, 0, ['two', 'three'])).kind).toBe('stored')
  })

  test('that would break a line are refused', async () => {
    await using world = await World.open()
    const message = await world.append('A: b\r\n\r\n')
    await expect(world.flag('add', message, 0, ['a\nb'])).rejects.toMatchObject({ code: 'HOST_MISUSE' })
  })
})

describe('subscriptions', () => {
  test.each([
    ['as Dovecot 2.3 writes them', 'V\t2\n\nINBOX\nSent\na\tb\nEntw&APw-rfe\n'],
    ['plain lines with dots, as before', 'INBOX\nSent\na.b\nEntw&APw-rfe\n'],
  ])('are read %s and written with tabs', async (_, content) => {
    await using world = await World.open()
    await world.create('Sent')
    await world.put(content, 'subscriptions')
    const { mailboxes, subscribedOnly } = await world.store.mailboxes({ account: ALICE }, NEVER)
    expect(mailboxes.map(({ name, isSubscribed }) => [name, isSubscribed])).toEqual([
      ['INBOX', true],
      ['Sent', true],
    ])
    expect(subscribedOnly).toEqual(['a/b', 'Entwürfe'])
    await world.store.subscribe({ account: ALICE, name: nameOf('x/ü'), subscribed: true }, NEVER)
    await world.store.subscribe({ account: ALICE, name: nameOf('a/b'), subscribed: false }, NEVER)
    expect(await world.content('subscriptions')).toBe('V\t2\n\nINBOX\nSent\nEntw&APw-rfe\nx\t&APw-\n')
  })

  test('lines that name nothing of ours stay', async () => {
    await using world = await World.open()
    await world.at()
    await world.put('V\t2\n\n&bad\nshared\t\tx\n', 'subscriptions')
    await world.store.subscribe({ account: ALICE, name: nameOf('a'), subscribed: true }, NEVER)
    expect(await world.content('subscriptions')).toBe('V\t2\n\n&bad\nshared\t\tx\na\n')
  })

  test('another program’s lock is waited for, and not for ever', async () => {
    await using world = await World.open({ limits: { dotlockStale: 200, dotlockWait: 5_000 } })
    await world.at()
    await world.put('', 'subscriptions.lock')
    await world.store.subscribe({ account: ALICE, name: nameOf('a'), subscribed: true }, NEVER)
    expect(await world.content('subscriptions')).toBe('V\t2\n\na\n')
  })
})
