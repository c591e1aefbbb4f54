import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bin, root } from './install.mjs'

/**
 * Builds every package that changed since it was built last: ESM, CJS and, unless `types` is false, declarations.
 * Two at a time: declarations take a core each.
 */
export async function build({ types = true, width = 2 } = {}) {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const shared = ['tsup.config.ts', 'tsconfig.json', 'package-lock.json']
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join()
  const everything = workspaces.map((folder) => sourceHash(folder, shared))
  // Declarations of one package show types of others: with types, any change builds all.
  const waiting = workspaces
    .map((folder, at) => ({ folder, stamp: `${types} ${types ? everything.join() : everything[at]}` }))
    .filter(({ folder, stamp }) => !isBuilt(folder, stamp))
  let failed = 0
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (await buildOne(next.folder, types)) writeFileSync(stampOf(next.folder), next.stamp)
      else failed++
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  if (failed > 0) process.exit(1)
}

function buildOne(folder, types) {
  const { scripts } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const args = scripts.build.split(' ').slice(1)
  return new Promise((resolve) => {
    const child = spawn(bin('tsup'), [...args, '--silent', ...(types ? [] : ['--no-dts'])], {
      cwd: join(root, folder),
      stdio: 'inherit',
    })
    child.once('exit', (code) => {
      if (code !== 0) console.error(`${folder}: the build failed`)
      resolve(code === 0)
    })
  })
}

function sourceHash(folder, shared) {
  const hash = createHash('sha256')
    .update(shared)
    .update(readFileSync(join(root, folder, 'package.json')))
  const source = join(root, folder, 'src')
  for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()) {
    if (path.endsWith('.ts') && !path.endsWith('.test.ts')) hash.update(path).update(readFileSync(join(source, path)))
  }
  return hash.digest('hex')
}

function stampOf(folder) {
  return join(root, folder, 'dist', '.built')
}

/** A build with declarations serves where one without is asked for. */
function isBuilt(folder, stamp) {
  return existsSync(stampOf(folder)) && readFileSync(stampOf(folder), 'utf8') === stamp
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build()
