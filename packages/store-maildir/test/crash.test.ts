import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NEVER, World } from './world.js'

let built = ''

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'maildir-crash-'))
  await build({
    entry: { child: fileURLToPath(new URL('./crash-child.ts', import.meta.url)) },
    format: ['esm'],
    outDir: built,
    noExternal: [/^@mailwright\//],
    // Bundled CommonJS packages ask for Node's modules by `require`.
    banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
    tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)),
    target: 'node20',
    silent: true,
    config: false,
  })
}, 60_000)
afterAll(() => rm(built, { recursive: true, force: true }))

/** What a child was told before it was killed. */
interface Told {
  readonly groups: string[][]
  readonly uids: Map<string, number>
  readonly started: { readonly expunging: Set<string>; readonly moving: Set<string> }
  readonly done: { readonly expunged: Set<string>; readonly moved: Set<string> }
}

function tell(told: Told, line: string): void {
  const [what = '', ...words] = line.split(' ')
  const [id = ''] = words
  if (what === 'begin') told.groups.push(words)
  else if (what === 'appended') {
    for (let at = 1; at < words.length; at += 2) told.uids.set(words[at] ?? '', Number(words[at + 1]))
  } else if (what === 'expunging' || what === 'moving') told.started[what].add(id)
  else if (what === 'expunged' || what === 'moved') told.done[what].add(id)
}

/** Runs a child for a while, kills it, and answers what it said in whole lines. */
async function killAfter(root: string, round: number, wait: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(built, 'child.js'), root, `r${round}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let wrong = ''
  const isOver = new Promise((resolve) => child.once('close', resolve))
  child.stderr.on('data', (chunk) => {
    wrong += chunk
  })
  child.stdout.on('data', (chunk) => {
    // The time counts from the first sign of work, not from the start of the program.
    if (said === '') setTimeout(() => child.kill('SIGKILL'), wait)
    said += chunk
  })
  await isOver
  expect(wrong).toBe('')
  expect(child.signalCode).toBe('SIGKILL')
  return said.split('\n').slice(0, -1)
}

test('killed at any moment, nothing acknowledged is lost and nothing is there twice', { timeout: 60_000 }, async () => {
  await using world = await World.open()
  await world.create('Archive')
  const told: Told = {
    groups: [],
    uids: new Map(),
    started: { expunging: new Set(), moving: new Set() },
    done: { expunged: new Set(), moved: new Set() },
  }
  const waits = [5, 40, 90, 150, 230, 310]
  for (const [round, wait] of waits.entries()) {
    await world.store.close()
    for (const line of await killAfter(world.base, round, wait)) tell(told, line)
    world.store = await world.another()
    await verify(world, told)
  }
  expect(told.uids.size).toBeGreaterThan(20)
})

async function verify(world: World, told: Told): Promise<void> {
  const inbox = await contents(world, 'INBOX')
  const archive = await contents(world, 'Archive')
  const all = [...inbox.values(), ...archive.values()]
  expect(new Set(all).size).toBe(all.length)
  const there = new Set(all)
  for (const [id, uid] of told.uids) {
    const isTouched = told.started.expunging.has(id) || told.started.moving.has(id)
    if (!isTouched) expect([id, inbox.get(uid)]).toEqual([id, id])
    if (told.done.expunged.has(id)) expect([id, there.has(id)]).toEqual([id, false])
    if (told.started.moving.has(id)) expect([id, there.has(id)]).toEqual([id, true])
    if (told.done.moved.has(id)) expect([...archive.values()]).toContain(id)
  }
  for (const group of told.groups) {
    const touched = group.filter((id) => told.started.expunging.has(id))
    const found = group.filter((id) => there.has(id) || touched.includes(id))
    expect([0, group.length]).toContain(found.length)
  }
  const snapshot = await world.store.snapshot(await world.at(), NEVER)
  if (snapshot.kind !== 'snapshot') throw new Error(snapshot.kind)
  for (const uid of told.uids.values()) expect(snapshot.uidNext).toBeGreaterThan(uid)
  expect(await readdir(world.path('tmp'))).toEqual([])
}

/** The id of each message by its UID; every message is whole. */
async function contents(world: World, name: string): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  for (const uid of await world.uids(name)) {
    const text = await world.read(uid, name)
    const id = /^Message-ID: <(.*)>\r\n/.exec(text)?.[1] ?? ''
    expect(text.endsWith(`\r\nend of ${id}\r\n`)).toBe(true)
    found.set(uid, id)
  }
  return found
}
