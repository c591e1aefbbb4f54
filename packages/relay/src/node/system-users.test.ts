import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findSystemUser } from './system-users.js'

let folder = ''
let passwd = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-passwd-'))
  passwd = join(folder, 'passwd')
  writeFileSync(
    passwd,
    'root:x:0:0:root:/root:/bin/bash\nann:x:1000:100:Ann,,,:/home/ann:/bin/zsh\nbob:x:1001:1001::/home/bob:\n' +
      'toor:x:0:1000::/home/toor:/bin/sh\nwheel:x:1002:0::/home/wheel:/bin/sh\nlost:x:1003:1003:::\nbroken:x\n\n',
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['ann', { name: 'ann', home: '/home/ann', shell: '/bin/zsh', as: { uid: 1_000, gid: 100 } }],
  ['bob', { name: 'bob', home: '/home/bob', as: { uid: 1_001, gid: 1_001 } }],
  ['root', undefined],
  ['toor', undefined],
  ['wheel', undefined],
  ['lost', undefined],
  ['broken', undefined],
  ['an', undefined],
  ['ann:x', undefined],
  ['', undefined],
])('[I1] the user %j of this machine', async (name, user) => {
  expect(await findSystemUser(name, passwd)).toEqual(user)
})

test('a file that cannot be read is a fault', async () => {
  await expect(findSystemUser('ann', join(folder, 'nothing'))).rejects.toThrow('ENOENT')
})
