import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileLocked, UnsupportedHash } from './errors.js'
import { withFileLock } from './file-lock.js'
import { addUser, listUsers, removeUser, setPassword } from './passwd-file-editor.js'
import { verifyHash } from './password-hash.js'
import { rewriteFile } from './rewrite-file.js'

const scheme = 'PLAIN'
let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passwd-file-'))
  path = join(folder, 'users')
})
afterEach(() => rm(folder, { recursive: true }))
const content = (): Promise<string> => readFile(path, 'utf8')
const mode = async (file: string): Promise<number> => (await stat(file)).mode & 0o777

describe('adding a user', () => {
  test('makes the file for its owner alone, and leaves nothing else', async () => {
    expect(await addUser({ path, user: 'bob@example.com', password: 'secret', scheme })).toEqual({ kind: 'added' })
    expect(await content()).toBe('bob@example.com:{PLAIN}secret\n')
    expect(await mode(path)).toBe(0o600)
    expect(await readdir(folder)).toEqual(['users'])
  })

  test('hashes with argon2id unless told otherwise', async () => {
    await addUser({ path, user: 'bob', password: 'secret' })
    const [, hash = ''] = (await content()).trim().split(':')
    expect(hash).toMatch(/^\{ARGON2ID\}/)
    expect(await verifyHash(hash, 'secret')).toBe(true)
  })

  test.each([
    ['after a line end', 'eve:x\n', 'eve:x\nbob:{PLAIN}s\n'],
    ['after a missing line end', 'eve:x', 'eve:x\nbob:{PLAIN}s\n'],
    ['in the way of other lines', 'eve:x\r\n', 'eve:x\r\nbob:{PLAIN}s\r\n'],
  ])('appends %s', async (_, before, after) => {
    await writeFile(path, before)
    await addUser({ path, user: 'bob', password: 's', scheme })
    expect(await content()).toBe(after)
  })

  test.each(['bob:x\n', 'Bob\n', '\ufeffbob:x\n'])('refuses a user who is in %j', async (before) => {
    await writeFile(path, before)
    expect(await addUser({ path, user: 'BOB', password: 's', scheme })).toEqual({ kind: 'exists' })
    expect(await content()).toBe(before)
  })

  test.each([
    ['', 'empty'],
    ['a/b', 'slash'],
    ['a\nb', 'control'],
    ['a:b', 'reserved'],
    ['#bob', 'reserved'],
    [' bob', 'reserved'],
  ])('refuses the name %j: %s', async (user, reason) => {
    expect(await addUser({ path, user, password: 's', scheme })).toEqual({ kind: 'badName', reason })
    expect(await readdir(folder)).toEqual([])
  })

  test('refuses a password that could never be right', async () => {
    const result = await addUser({ path, user: 'bob', password: '', scheme })
    expect(result).toEqual({ kind: 'badPassword', reason: 'the password is empty' })
  })

  test('throws for costs out of bounds, and writes nothing', async () => {
    const adding = addUser({ path, user: 'bob', password: 's', scheme: 'BLF-CRYPT', costs: { bcryptCost: 30 } })
    await expect(adding).rejects.toThrow(UnsupportedHash)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('other lines', () => {
  const BEFORE = Buffer.from(
    '# caf\xe9, not UTF-8\n\nbob:{SSHA}x:1000:1000:B:/home/bob::a=b c=1:2\r\n:odd\nzoë:!\nlast:x',
    'latin1',
  )

  test('stay octet by octet when a password is set', async () => {
    await writeFile(path, BEFORE)
    expect(await setPassword({ path, user: 'BOB', password: 'n', scheme })).toEqual({ kind: 'set' })
    const after = BEFORE.toString('latin1').replace('{SSHA}x', '{PLAIN}n')
    expect(await readFile(path, 'latin1')).toBe(after)
  })

  test('stay octet by octet when a user goes', async () => {
    await writeFile(path, BEFORE)
    expect(await removeUser({ path, user: 'bob' })).toEqual({ kind: 'removed' })
    expect(await readFile(path, 'latin1')).toBe(BEFORE.toString('latin1').replace(/bob.*\r\n/, ''))
    expect(await removeUser({ path, user: 'last' })).toEqual({ kind: 'removed' })
    expect((await readFile(path, 'latin1')).endsWith(':!\n')).toBe(true)
  })

  test('stay when the user is unknown', async () => {
    await writeFile(path, BEFORE)
    expect(await setPassword({ path, user: 'joe', password: 'n', scheme })).toEqual({ kind: 'noSuchUser' })
    expect(await removeUser({ path, user: '' })).toEqual({ kind: 'noSuchUser' })
    expect(await readFile(path)).toEqual(BEFORE)
  })
})

test('a user of a name only gets a password', async () => {
  await writeFile(path, 'zoë\n')
  expect(await setPassword({ path, user: 'zoë', password: 'n', scheme })).toEqual({ kind: 'set' })
  expect(await content()).toBe('zoë:{PLAIN}n\n')
})

test('users are listed in order, without passwords', async () => {
  await writeFile(path, '# x\nbob:{SHA512-CRYPT}$6$x:1000:100:B:/home/bob:/bin/sh:a=b c=::1\nzoë:$6$x\nnone\n')
  const empty = { uid: '', gid: '', gecos: '', home: '', shell: '', extraFields: '' }
  expect(await listUsers({ path })).toEqual([
    {
      user: 'bob',
      scheme: 'SHA512-CRYPT',
      uid: '1000',
      gid: '100',
      gecos: 'B',
      home: '/home/bob',
      shell: '/bin/sh',
      extraFields: 'a=b c=::1',
    },
    { user: 'zoë', scheme: 'CRYPT', ...empty },
    { user: 'none', scheme: null, ...empty },
  ])
})

describe('the file itself', () => {
  test.each([
    [0o644, 0o640],
    [0o640, 0o640],
    [0o660, 0o640],
    [0o600, 0o600],
    [0o400, 0o600],
  ])('of mode %o becomes %o: its group may still read', async (before, after) => {
    await writeFile(path, '')
    await chmod(path, before)
    await addUser({ path, user: 'bob', password: 's', scheme })
    expect(await mode(path)).toBe(after)
  })

  test('may be reached by a symbolic link, which stays', async () => {
    await mkdir(join(folder, 'real'))
    await writeFile(join(folder, 'real', 'users'), 'eve:x\n')
    await symlink(join('real', 'users'), path)
    await addUser({ path, user: 'bob', password: 's', scheme })
    expect(await readFile(join(folder, 'real', 'users'), 'utf8')).toBe('eve:x\nbob:{PLAIN}s\n')
    expect(await readdir(join(folder, 'real'))).toEqual(['users'])
  })

  test('takes the place of what a crash has left', async () => {
    await writeFile(`${path}.new`, 'half a fi', { mode: 0o644 })
    await addUser({ path, user: 'bob', password: 's', scheme })
    expect(await readdir(folder)).toEqual(['users'])
    expect(await mode(path)).toBe(0o600)
  })

  test('is as before when the edit throws, and not locked', async () => {
    await writeFile(path, 'eve:x\n')
    const failing = rewriteFile(path, () => {
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await content()).toBe('eve:x\n')
    expect(await readdir(folder)).toEqual(['users'])
  })
})

describe('two writers', () => {
  test('lose nothing within a process', async () => {
    const users = Array.from({ length: 20 }, (_, index) => `user${index}`)
    const results = await Promise.all(users.map((user) => addUser({ path, user, password: 's', scheme })))
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['added']))
    expect((await listUsers({ path })).map(({ user }) => user).sort()).toEqual(users.sort())
  })

  test('wait for each other, and say who holds the file when it takes too long', async () => {
    await withFileLock(path, async () => {
      const second = withFileLock(path, async () => {}, { wait: 20, retry: 10 })
      await expect(second).rejects.toThrow(FileLocked)
      await expect(second).rejects.toThrow(`${path}.lock is held by process ${process.pid} on ${hostname()}`)
    })
    expect(await withFileLock(path, async () => 'free')).toBe('free')
  })

  const aged = async (holder: string, milliseconds: number): Promise<void> => {
    await writeFile(`${path}.lock`, holder)
    const then = (Date.now() - milliseconds) / 1_000
    await utimes(`${path}.lock`, then, then)
  }
  const attempt = (): Promise<string> => withFileLock(path, async () => 'taken', { wait: 20, retry: 10 })

  test('take over the lock of a process that is gone', async () => {
    const child = execFile(process.execPath, ['-e', ''])
    await new Promise((resolve) => child.once('exit', resolve))
    await aged(`${child.pid} ${hostname()}\n`, 3_000)
    expect(await attempt()).toBe('taken')
    expect(await readdir(folder)).toEqual([])
    await aged(`${child.pid} ${hostname()}\n`, 0)
    await expect(attempt()).rejects.toThrow(FileLocked)
  })

  test.each([
    ['another machine, old', '1 elsewhere.example\n', 61_000, true],
    ['another machine, young', '1 elsewhere.example\n', 50_000, false],
    ['nobody, old', '', 61_000, true],
    ['nobody, young', '', 0, false],
    ['a living process, however old', `${process.pid} ${hostname()}\n`, 3_600_000, false],
  ])('judge a lock of %s', async (_, holder, age, isTaken) => {
    await aged(holder, age)
    if (isTaken) expect(await attempt()).toBe('taken')
    else await expect(attempt()).rejects.toThrow(FileLocked)
  })

  test('take over one lock only once, however many try', async () => {
    await aged('1 elsewhere.example\n', 61_000)
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      inside++
      most = Math.max(most, inside)
      await promisify(setImmediate)()
      inside--
    }
    await Promise.all(Array.from({ length: 10 }, () => withFileLock(path, work, { retry: 1 })))
    expect(most).toBe(1)
  })
})
