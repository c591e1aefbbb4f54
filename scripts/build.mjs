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
    .map((folder, at) => ({ folder, full: `types ${everything.join()}`, plain: `plain ${everything[at]}` }))
    .map(({ folder, full, plain }) => ({ folder, stamp: types ? full : plain, serves: types ? [full] : [full, plain] }))
    .filter(({ folder, serves }) => !isBuilt(folder, serves))
  // Declarations are made from those of the packages below: a package waits for the ones it depends on.
  const names = new Map(waiting.map(({ folder }) => [manifest(folder).name, folder]))
  const done = new Map()
  const lane = lanes(width)
  for (const { folder, stamp } of waiting) {
    const below = Object.keys(manifest(folder).dependencies ?? {}).filter((name) => names.has(name))
    // Workspaces are listed in the order of their dependencies: those below have their promise already.
    const ready = Promise.all(below.map((name) => done.get(names.get(name))))
    const built = ready.then((all) => all.every(Boolean) && lane(() => buildOne(folder, types)))
    done.set(folder, built)
    built.then((isBuilt) => {
      if (isBuilt) writeFileSync(stampOf(folder), stamp)
    })
  }
  if ((await Promise.all(done.values())).includes(false)) process.exit(1)
}

/** Runs at most `width` tasks at a time. */
function lanes(width) {
  const waiting = []
  let running = 0
  const go = () => {
    while (running < width && waiting.length > 0) {
      running++
      waiting
        .shift()()
        .finally(() => {
          running--
          go()
        })
    }
  }
  return (task) =>
    new Promise((resolve, reject) => {
      waiting.push(() => task().then(resolve, reject))
      go()
    })
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

function buildOne(folder, types) {
  const { scripts } = manifest(folder)
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
function isBuilt(folder, serves) {
  return existsSync(stampOf(folder)) && serves.includes(readFileSync(stampOf(folder), 'utf8'))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await build()
