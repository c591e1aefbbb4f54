import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { workspaces }: { readonly workspaces: readonly string[] } = readJson('package.json')

/** The packages as they are built, not their sources: what somebody gets who installs them. */
describe.each(workspaces)('%s', (folder) => {
  const manifest: { readonly name: string; readonly exports: object } = readJson(`${folder}/package.json`)
  const names = Object.keys(manifest.exports)
    .filter((path) => path !== './package.json')
    .map((path) => manifest.name + path.slice(1))

  test('imports as ESM and as CJS, with the same exports', () => {
    for (const name of names) {
      const esm = node(
        'module',
        `import * as all from '${name}'; console.log(Object.keys(all).filter((key) => key !== 'default').sort().join())`,
      )
      const cjs = node('commonjs', `console.log(Object.keys(require('${name}')).sort().join())`)
      expect(esm, name).toBe(cjs)
      expect(esm.length, name).toBeGreaterThan(1)
    }
  })

  test('publint finds nothing', async () => {
    const { messages } = await publint({ pkgDir: `${root}${folder}`, strict: true })
    expect(messages.map((message) => formatMessage(message, manifest, { color: false }))).toEqual([])
  })
})

function node(type: 'module' | 'commonjs', code: string): string {
  return execFileSync(process.execPath, [`--input-type=${type}`, '-e', code], { cwd: root, encoding: 'utf8' })
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(`${root}${path}`, 'utf8'))
}
