import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { HASH_WORKER_HASH_WASM, HASH_WORKER_SOURCES } from './hash-worker-code.js'

test('the generated code is of the sources beside it: else run `npm run generate -w packages/auth`', async () => {
  const folder = new URL('./hash-worker/', import.meta.url)
  const now: Record<string, string> = {}
  for (const file of await readdir(folder)) {
    if (file.endsWith('.test.ts')) continue
    now[file] = createHash('sha256')
      .update(await readFile(new URL(file, folder)))
      .digest('hex')
  }
  expect(HASH_WORKER_SOURCES).toEqual(now)
})

test('the generated code holds the hash-wasm that is installed', () => {
  const manifest: unknown = createRequire(import.meta.url)('hash-wasm/package.json')
  expect(manifest).toMatchObject({ version: HASH_WORKER_HASH_WASM })
})
