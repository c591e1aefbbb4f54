import { appendFile, mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AuthResult, accountId, type LoginContext } from '@mailwright/core'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { digestResponse } from './digest-response.js'
import { HashQueueFull, PasswdFileError } from './errors.js'
import { createHashPool, type HashPool } from './hash-pool.js'
import type { DeriveJob } from './hash-worker/derive-job.js'
import {
  createPasswdFileAuthenticator,
  type PasswdFileAuthenticator,
  type PasswdFileOptions,
} from './passwd-file-authenticator.js'

const signal = new AbortController().signal
const context: LoginContext = { service: 'imap', peerAddress: '192.0.2.1', isSecure: true }
const DAY = 86_400_000

/** Passwords `U*U` and `secret`, of libxcrypt and htpasswd; `password` of argon2. */
const BCRYPT_UU = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
const BCRYPT_SECRET = '$2y$05$nEMO.ByFId/2pzqJGbt2gePZmMtwadPODusWPhi0DEDaxAvq1D4m2'
const ARGON2_PASSWORD = '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc'

const threads = createHashPool({ threads: 1 })
afterAll(() => threads.close())

/** The real pool, with the jobs written down: work is counted, never timed. */
const jobs: DeriveJob[] = []
const pool: HashPool = {
  derive: (job, abort) => {
    jobs.push(job)
    return threads.derive(job, abort)
  },
  close: () => threads.close(),
  [Symbol.asyncDispose]: () => threads.close(),
}

let folder: string
let path: string
let now: number
let date: number
let problems: PasswdFileError[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passwd-file-'))
  path = join(folder, 'users')
  now = 0
  date = 20_000 * DAY
  problems = []
  jobs.length = 0
})
afterEach(() => rm(folder, { recursive: true }))

async function load(text: string, options: Partial<PasswdFileOptions> = {}): Promise<PasswdFileAuthenticator> {
  await writeFile(path, text)
  return await createPasswdFileAuthenticator({
    path,
    clock: { now: () => now, date: () => date },
    onProblem: (problem) => problems.push(problem),
    pool,
    ...options,
  })
}

const login = (
  authenticator: PasswdFileAuthenticator,
  user: string,
  password: string,
  more: { readonly authorize?: string; readonly context?: LoginContext } = {},
): Promise<AuthResult> => authenticator.verifyPassword({ user, password, context, ...more }, signal)

const accepted = (user: string) => ({ kind: 'accepted', user, account: accountId(user) }) as const

describe('passwords', () => {
  const FILE = `# users of the example
Bob:{BLF-CRYPT}${BCRYPT_UU}:1000:1000:Bob:/home/bob:/bin/sh:userdb_x=y

eve@example.com:${BCRYPT_SECRET}
dan:{ARGON2ID}${ARGON2_PASSWORD}\r
cat:{PLAIN}pässwörd
none:
locked:!${BCRYPT_UU}
home:${BCRYPT_UU}::::::allow_nets=192.0.2.0/24
away:${BCRYPT_UU}::::::allow_nets=198.51.100.0/24
gone@example.com:{PLAIN}x::::::nologin host=mail2.example.com
half:{PLAIN}x::::::host=mail2.example.com
proxied:{PLAIN}x::::::proxy=y host=mail2.example.com
lost:!${BCRYPT_UU}::::::nologin host=mail2.example.com
`
  test.each<readonly [string, string, string, AuthResult]>([
    ['bcrypt', 'bob', 'U*U', accepted('bob')],
    ['another case of the name', 'BOB', 'U*U', accepted('bob')],
    ['a name with a domain', 'Eve@Example.com', 'secret', accepted('eve@example.com')],
    ['argon2id, its line ended by CRLF', 'dan', 'password', accepted('dan')],
    ['clear text', 'cat', 'pässwörd', accepted('cat')],
    ['a user bound to this network', 'home', 'U*U', accepted('home')],
    ['a user bound to another network', 'away', 'U*U', { kind: 'rejected' }],
    ['a locked user, to who knows the password', 'locked', 'U*U', { kind: 'disabled' }],
    ['a locked user, to others', 'locked', 'U*V', { kind: 'rejected' }],
    [
      'a user whose mail is elsewhere',
      'gone@example.com',
      'x',
      { kind: 'referral', url: 'imap://gone%40example.com;AUTH=*@mail2.example.com/' },
    ],
    ['a user whose mail is elsewhere, a wrong password', 'gone@example.com', 'y', { kind: 'rejected' }],
    [
      'a user whose own mail is elsewhere',
      'half',
      'x',
      { ...accepted('half'), referral: 'imap://half;AUTH=*@mail2.example.com/' },
    ],
    ['a user whom another server would pass on', 'proxied', 'x', accepted('proxied')],
    ['a locked user whose mail was elsewhere', 'lost', 'U*U', { kind: 'disabled' }],
    ['a wrong password', 'bob', 'secret', { kind: 'rejected' }],
    ['an unknown user', 'joe', 'U*U', { kind: 'rejected' }],
    ['a user without password', 'none', '', { kind: 'rejected' }],
    ['an empty password', 'bob', '', { kind: 'rejected' }],
    ['a comment', '# users of the example', '', { kind: 'rejected' }],
    ['a name that may not be one', '../bob', 'U*U', { kind: 'rejected' }],
  ])('%s', async (_, user, password, expected) => {
    expect(await login(await load(FILE), user, password)).toEqual(expected)
  })

  test.each([
    ['itself', 'BOB', 'accepted'],
    ['nobody', '', 'accepted'],
    ['somebody else', 'eve@example.com', 'rejected'],
    ['a name that may not be one', 'a/b', 'rejected'],
  ])('asking to act for %s: %s is %s', async (_, authorize, kind) => {
    expect((await login(await load(FILE), 'bob', 'U*U', { authorize })).kind).toBe(kind)
  })
})

describe('login names', () => {
  test('[E4] VENTAS@MyMail.com is ventas under %Ln', async () => {
    const authenticator = await load(`ventas:${BCRYPT_UU}`, { usernameFormat: '%Ln' })
    expect(await login(authenticator, 'VENTAS@MyMail.com', 'U*U')).toEqual(accepted('ventas'))
  })

  test('with and without the local domain are one account, either way round', async () => {
    const short = await load(`bob:${BCRYPT_UU}`, { domains: ['example.com'] })
    expect(await login(short, 'bob@example.com', 'U*U')).toEqual(accepted('bob'))
    expect(await login(short, 'bob', 'U*U')).toEqual(accepted('bob'))
    expect(await login(short, 'bob@example.net', 'U*U')).toEqual({ kind: 'rejected' })
    const long = await load(`bob@example.com:${BCRYPT_UU}`, { qualifyWith: 'example.com' })
    expect(await login(long, 'bob', 'U*U')).toEqual(accepted('bob@example.com'))
    expect(await login(long, 'bob@example.com', 'U*U')).toEqual(accepted('bob@example.com'))
  })

  test('keep their case with %u', async () => {
    const authenticator = await load(`Bob:${BCRYPT_UU}\nbob:${BCRYPT_SECRET}`, { usernameFormat: '%u' })
    expect(await login(authenticator, 'Bob', 'U*U')).toEqual(accepted('Bob'))
    expect(await login(authenticator, 'bob', 'secret')).toEqual(accepted('bob'))
    expect(await login(authenticator, 'BOB', 'U*U')).toEqual({ kind: 'rejected' })
  })
})

describe('every check of a password is the same work', () => {
  const FILE = `bob:${BCRYPT_UU}\neve:${BCRYPT_SECRET}\nnone:*\nlocked:!${BCRYPT_UU}\n`
  const work = (job: DeriveJob): unknown => ({
    ...job,
    salt: job.salt.length,
    password: job.password.length > 0,
  })

  test.each([
    ['a right password', 'bob', 'U*U'],
    ['a wrong password', 'bob', 'x'],
    ['an unknown user', 'joe', 'x'],
    ['a user without password', 'none', 'x'],
    ['a locked user', 'locked', 'x'],
    ['a name that may not be one', 'a\0b', 'x'],
    ['a name too long', 'x'.repeat(10_000), 'x'],
    ['an empty password', 'bob', ''],
    ['a password too long', 'bob', 'x'.repeat(10_000)],
    ['a password that may not be one', 'bob', '\0'],
    ['an empty password for an unknown user', 'joe', ''],
  ])('%s', async (_, user, password) => {
    await login(await load(FILE), user, password)
    expect(jobs.map(work)).toEqual([{ kind: 'bcrypt', cost: 5, salt: 16, password: true }])
  })

  test('an unknown user is checked as most users are', async () => {
    const file = `a:{PLAIN}x\nb:${BCRYPT_UU}\nc:${ARGON2_PASSWORD}\nd:${ARGON2_PASSWORD}\n`
    await login(await load(file), 'joe', 'x')
    expect(jobs.map(work)).toEqual([
      { kind: 'argon2id', memory: 256, passes: 2, lanes: 2, octets: 32, salt: 8, password: true },
    ])
  })

  test('so it is when there are no users at all', async () => {
    expect(await login(await load(''), 'joe', 'x')).toEqual({ kind: 'rejected' })
    expect(jobs).toHaveLength(1)
  })
})

describe('digests', () => {
  const FILE = `bob:{PLAIN}secret\neve:${BCRYPT_SECRET}\nnologin:{PLAIN}secret::::::nologin\n`
  const challenge = '<1896.697170952@dbc.mtview.ca.us>'
  test.each([
    ['a right one', 'BOB', 'secret', accepted('bob')],
    ['a wrong one', 'bob', 'x', { kind: 'rejected' }],
    ['one for a hashed password', 'eve', 'secret', { kind: 'rejected' }],
    ['one for an unknown user', 'joe', 'secret', { kind: 'rejected' }],
    ['a right one of a locked user', 'nologin', 'secret', { kind: 'disabled' }],
  ])('%s', async (_, user, secret, expected) => {
    const authenticator = await load(FILE)
    for (const mechanism of ['APOP', 'CRAM-MD5'] as const) {
      const response = digestResponse(mechanism, challenge, secret)
      const result = await authenticator.verifyDigest({ user, mechanism, challenge, response, context }, signal)
      expect(result).toEqual(expected)
    }
  })
})

test('secrets are known where somebody has one in clear text, as of the last look at the file', async () => {
  const authenticator = await load(`eve:${BCRYPT_SECRET}\nlocked:*\n`)
  expect(authenticator.knowsSecrets).toBe(false)
  await appendFile(path, 'bob:{PLAIN}secret\n')
  await authenticator.reload()
  expect(authenticator.knowsSecrets).toBe(true)
})

test('users are found without a password, locked ones too: mail still comes for them', async () => {
  const authenticator = await load(`Bob:${BCRYPT_UU}\nlocked:*\n`)
  expect(await authenticator.lookupUser({ user: 'BOB' }, signal)).toEqual({ ...accepted('bob'), kind: 'found' })
  expect(await authenticator.lookupUser({ user: 'locked' }, signal)).toMatchObject({ kind: 'found' })
  for (const user of ['joe', 'bob/..', '']) {
    expect(await authenticator.lookupUser({ user }, signal)).toEqual({ kind: 'noSuchUser' })
  }
})

describe('shadow files', () => {
  test.each([
    [19_999, 'accepted'],
    [20_030, 'accepted'],
    [20_031, 'expired'],
    [20_035, 'expired'],
    [20_036, 'disabled'],
  ])('on day %i a password of day 20000, 30 days and 5 more, is %s', async (day, kind) => {
    const authenticator = await load(`bob:${BCRYPT_UU}:20000:0:30:7:5::`, { format: 'shadow' })
    date = day * DAY
    expect((await login(authenticator, 'bob', 'U*U')).kind).toBe(kind)
    expect((await login(authenticator, 'bob', 'x')).kind).toBe('rejected')
  })
})

describe('a file that cannot be used', () => {
  test('is refused at load, each bad line by its number, without its secrets', async () => {
    const error = await load('# x\nbob:{SSHA}c2VjcmV0\nok:{PLAIN}s\neve:$1$c2VjcmV0$x\nOK:{PLAIN}s\n').catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(PasswdFileError)
    expect(error).toMatchObject({
      code: 'BAD_PASSWD_FILE',
      message: [
        `${path}:2: user bob: the password scheme {SSHA} is not supported`,
        `${path}:4: user eve: the hash $1$ (MD5-crypt) is not supported`,
        `${path}:5: user OK stands in line 3 already`,
      ].join('\n'),
    })
  })

  test('names the first 20 lines and counts the rest', async () => {
    const error = await load('x/y:\n'.repeat(25)).catch((thrown: unknown) => thrown)
    expect(String(error).split('\n')).toHaveLength(21)
    expect(error).toMatchObject({ message: expect.stringContaining('and 5 more') })
  })

  test.each([
    ['is not there', async () => unlink(path), 'cannot be read (ENOENT)'],
    ['is a folder', async () => (path = folder), 'not a regular file'],
    ['is not UTF-8', async () => writeFile(path, Buffer.from('bob:{PLAIN}caf\xe9', 'latin1')), ':1: not UTF-8'],
  ])('%s', async (_, spoil, words) => {
    await writeFile(path, '')
    await spoil()
    const opening = createPasswdFileAuthenticator({ path, clock: { now: () => 0, date: () => 0 }, onProblem: () => {} })
    await expect(opening).rejects.toThrow(PasswdFileError)
    await expect(opening).rejects.toThrow(words)
  })
})

describe('a file that changes', () => {
  const replace = async (text: string): Promise<void> => {
    await writeFile(`${path}.other`, text)
    await rename(`${path}.other`, path)
  }

  test('is looked at once a second', async () => {
    const authenticator = await load('bob:{PLAIN}old')
    await replace('bob:{PLAIN}new')
    now = 999
    expect(await login(authenticator, 'bob', 'old')).toEqual(accepted('bob'))
    now = 1_000
    expect(await login(authenticator, 'bob', 'old')).toEqual({ kind: 'rejected' })
    expect(await login(authenticator, 'bob', 'new')).toEqual(accepted('bob'))
  })

  test('may change in place', async () => {
    const authenticator = await load('bob:{PLAIN}old\n')
    await appendFile(path, 'eve:{PLAIN}new\n')
    now = 1_000
    expect(await login(authenticator, 'eve', 'new')).toEqual(accepted('eve'))
  })

  test('is read at once when asked for', async () => {
    const authenticator = await load('bob:{PLAIN}old')
    await replace('bob:{PLAIN}new')
    await authenticator.reload()
    expect(await login(authenticator, 'bob', 'new')).toEqual(accepted('bob'))
  })

  test('is read once for many logins at the same time', async () => {
    const authenticator = await load('bob:{PLAIN}old')
    await replace('bob:{PLAIN}new')
    now = 1_000
    const results = await Promise.all(Array.from({ length: 20 }, () => login(authenticator, 'bob', 'new')))
    expect(results).toEqual(Array.from({ length: 20 }, () => accepted('bob')))
  })

  test('keeps its users while it is broken or gone, and says so once', async () => {
    const authenticator = await load('bob:{PLAIN}old')
    await replace('bob:{PLAIN}new\neve:$1$x$y')
    for (now = 1_000; now < 5_000; now += 1_000) {
      expect(await login(authenticator, 'bob', 'old')).toEqual(accepted('bob'))
    }
    expect(problems.map(({ message }) => message)).toEqual([
      `${path}:2: user eve: the hash $1$ (MD5-crypt) is not supported`,
    ])
    await unlink(path)
    for (; now < 9_000; now += 1_000) expect(await login(authenticator, 'bob', 'old')).toEqual(accepted('bob'))
    expect(problems).toHaveLength(2)
    await replace('bob:{PLAIN}new')
    expect(await login(authenticator, 'bob', 'new')).toEqual(accepted('bob'))
    expect(problems).toHaveLength(2)
  })

  test('disturbs nobody when the listener for problems throws', async () => {
    const authenticator = await load('bob:{PLAIN}old', {
      onProblem: () => {
        throw new Error('no log')
      },
    })
    await unlink(path)
    now = 1_000
    expect(await login(authenticator, 'bob', 'old')).toEqual(accepted('bob'))
  })
})

test('a large file lets other work have its turn', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `user${index}:{PLAIN}${index}\n`).join('')
  let turns = 0
  let isDone = false
  const loading = load(lines).finally(() => {
    isDone = true
  })
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve))
    turns++
  }
  expect(turns).toBeGreaterThanOrEqual(10)
  expect(await login(await loading, 'user19999', '19999')).toEqual(accepted('user19999'))
})

test('too many waiting hashes make a login unavailable, not wrong', async () => {
  const full: HashPool = { ...pool, derive: () => Promise.reject(new HashQueueFull('full')) }
  const authenticator = await load(`bob:${BCRYPT_UU}`, { pool: full })
  expect(await login(authenticator, 'bob', 'U*U')).toEqual({ kind: 'unavailable' })
})

test('a login is given up when its connection is gone', async () => {
  const authenticator = await load(`bob:${BCRYPT_UU}`)
  const gone = AbortSignal.abort(new Error('gone'))
  await expect(authenticator.verifyPassword({ user: 'bob', password: 'x', context }, gone)).rejects.toThrow('gone')
  expect(jobs).toEqual([])
})
